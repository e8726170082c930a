"""How ratings move: counts by colour over the periods, and the units that moved most between two."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, F, Q

from indicators.models import NEEDS_WORK, Colour, Indicator, Period
from organisations.models import Unit, UnitQuerySet, with_versions

from .ratings import RATED_COLOURS, counted, was_there

#: Units named at either end.
MOVERS = 5


class Counted(NamedTuple):
    """How many indicators of all units had each colour in a period; what nobody rated is not rated."""

    period: Period
    colours: dict[str, int]


class Mover(NamedTuple):
    """A unit with its number of red and yellow indicators before and now."""

    unit: Unit
    before: int
    now: int

    @property
    def change(self) -> int:
        return self.now - self.before


def trend(
    units: UnitQuerySet, periods: list[Period], *, rated: str, indicators: list[Indicator], on: date
) -> list[Counted]:
    """Counts of each period, oldest first; two questions to the database."""
    if not periods:
        return []
    said = counted(units, rated).filter(assessment__period__in=periods, indicator__in=indicators)
    rows = said.order_by().values_list("assessment__period", "colour").annotate(n=Count("pk"))
    counts = {(period, colour): n for period, colour, n in rows}
    there = _units_there(units, periods, on)
    return [
        Counted(period, _with_unrated(period, counts, there[period.pk] * len(indicators)))
        for period in reversed(periods)
    ]


def _units_there(units: UnitQuerySet, periods: list[Period], on: date) -> dict[int, int]:
    asked: dict[str, Any] = {f"p{p.pk}": Count("pk", filter=was_there(p, on)) for p in periods}
    found = units.order_by().aggregate(**asked)
    return {period.pk: found[f"p{period.pk}"] for period in periods}


def _with_unrated(period: Period, counts: dict[tuple[int, str], int], places: int) -> dict[str, int]:
    colours = {str(colour): counts.get((period.pk, colour), 0) for colour in RATED_COLOURS}
    return colours | {str(Colour.NOT_RATED): places - sum(colours.values())}


def movers(
    units: UnitQuerySet, before: Period, now: Period, *, rated: str, indicators: list[Indicator]
) -> tuple[list[Mover], list[Mover]]:
    """Of the units rated in both periods those with the most more, and the most fewer, red and yellow."""
    said = counted(units, rated).filter(assessment__period__in=[before, now], indicator__in=indicators)
    problem = Q(colour__in=NEEDS_WORK)
    rows = (
        said.order_by()
        .values("assessment__unit")
        .annotate(
            was=Count("pk", filter=problem & Q(assessment__period=before)),
            became=Count("pk", filter=problem & Q(assessment__period=now)),
            periods=Count("assessment__period", distinct=True),
        )
        .filter(periods=2)
        .annotate(change=F("became") - F("was"))
    )
    worse = list(rows.filter(change__gt=0).order_by("-change", "assessment__unit")[:MOVERS])
    better = list(rows.filter(change__lt=0).order_by("change", "assessment__unit")[:MOVERS])
    named = Unit.objects.prefetch_related(with_versions()).in_bulk(
        [row["assessment__unit"] for row in (*worse, *better)]
    )
    return _movers(worse, named), _movers(better, named)


def _movers(rows: list[Any], named: dict[int, Unit]) -> list[Mover]:
    return [Mover(named[row["assessment__unit"]], row["was"], row["became"]) for row in rows]
