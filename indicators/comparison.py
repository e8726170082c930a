"""What a rating is compared with: what the same rater said before, and what the other rater says."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from organisations.models import Unit

from .models import Assessment, Colour, Period, Rating

#: Of two colours that say how something stands, the one further on is the better.
_ORDER = (Colour.RED, Colour.YELLOW, Colour.GREEN)


class Change(models.TextChoices):
    """How an indicator has moved from one rating to the next."""

    BETTER = "better", _("Tốt lên")
    WORSE = "worse", _("Xấu đi")
    SAME = "same", _("Như trước")
    NONE = "", _("Không so được")


def change(before: str, now: str) -> Change:
    """From one colour to another; what was not rated or does not apply compares with nothing."""
    if before not in _ORDER or now not in _ORDER:
        return Change.NONE
    then, today = _ORDER.index(Colour(before)), _ORDER.index(Colour(now))
    return Change.SAME if then == today else Change.BETTER if today > then else Change.WORSE


def last_before(units: Iterable[int], *, period: Period, kind: str) -> dict[int, Assessment]:
    """By unit, the same rater's last assessment of an earlier period; two statements for any number."""
    earlier = Assessment.objects.filter(unit=OuterRef("pk"), kind=kind)
    earlier = earlier.filter(period__starts_on__lt=period.starts_on)
    last = earlier.order_by("-period__starts_on", "-period__ends_on").values("pk")[:1]
    keys = Unit.objects.filter(pk__in=set(units)).annotate(last=Subquery(last)).values_list("last", flat=True)
    found = Assessment.objects.filter(pk__in=[key for key in keys if key]).select_related("period")
    return {assessment.unit_id: assessment for assessment in found}


def ratings_of(assessments: Iterable[Assessment]) -> dict[tuple[int, int], Rating]:
    """What is in force in these assessments, by unit and indicator."""
    units = {assessment.pk: assessment.unit_id for assessment in assessments}
    found = Rating.objects.in_force().filter(assessment__in=units) if units else []
    return {(units[rating.assessment_id], rating.indicator_id): rating for rating in found}
