"""The ratings that figures count: of some units, in force, and of one rater or the newer of both."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q

from indicators.models import NEEDS_WORK, Assessment, Colour, Period, Rating, RatingQuerySet
from organisations.models import UnitQuerySet, UnitVersion
from workflow.models import Case

from .vocabulary import Rated

#: What the colours red and yellow are asked for by together.
PROBLEM = "problem"
RATED_COLOURS = (Colour.RED, Colour.YELLOW, Colour.GREEN, Colour.NOT_APPLICABLE)


def counted(units: UnitQuerySet, rated: str) -> RatingQuerySet:
    """The rating in force of each unit, indicator and period, as one rater has it, or the newer of two."""
    found = Rating.objects.in_force().filter(assessment__unit__in=units.order_by().values("pk"))
    if rated != Rated.NEWEST:
        return found.filter(assessment__kind=rated)
    # Asked assessment by assessment: a database that starts from the indicator reads all units for each.
    others = Assessment.objects.filter(
        unit=OuterRef(OuterRef("assessment__unit")), period=OuterRef(OuterRef("assessment__period"))
    )
    newer = Rating.objects.in_force().filter(
        assessment__in=others.exclude(kind=OuterRef(OuterRef("assessment__kind"))).values("pk"),
        indicator=OuterRef("indicator"),
        pk__gt=OuterRef("pk"),
    )
    return found.filter(~Exists(newer))


def of_colour(ratings: RatingQuerySet, colour: str) -> RatingQuerySet:
    return ratings.filter(colour__in=NEEDS_WORK) if colour == PROBLEM else ratings.filter(colour=colour)


def is_of(colour: str, asked: str) -> bool:
    """The same of one colour; all are asked for where none is."""
    return asked in ("", colour) or (asked == PROBLEM and colour in NEEDS_WORK)


def was_there(period: Period, today: date) -> Q:
    """Of a unit: it stood at the end of a period, or stands today where that is earlier; or it was rated."""
    on = min(period.ends_on, today)
    stood = Q(dissolved_on=None) | Q(dissolved_on__gt=on)
    versions = UnitVersion.objects.filter(unit=OuterRef("pk"))
    begun = Exists(versions.filter(since__lte=on)) | ~Exists(versions)
    rated = Assessment.objects.filter(unit=OuterRef("pk"), period=period)
    return stood & begun | Q(Exists(rated))


def has_a_live_case() -> Q:
    """Of a unit: something is open there now, whatever the period asked for."""
    return Q(Exists(Case.objects.live().filter(unit=OuterRef("pk"))))


def rated_periods(units: UnitQuerySet, *, most: int) -> list[Period]:
    """The periods in which any of these units was rated, newest first."""
    rated = Assessment.objects.filter(period=OuterRef("pk"), unit__in=units.order_by().values("pk"))
    return list(Period.objects.filter(Exists(rated))[:most])
