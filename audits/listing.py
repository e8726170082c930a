"""The ratings behind a number: what was said of which indicators, unit by unit, a few units a page."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from indicators.models import Colour, Indicator, Period, RatingQuerySet
from organisations.models import Unit, UnitQuerySet

from .heat import Cell, heat_map
from .ratings import counted, is_of, of_colour, was_there
from .trend import trend

#: Units of one page.
UNITS = 20


class Line(NamedTuple):
    """One indicator of a unit: its cell of the heat map, whose rating that is, and what was found."""

    indicator: Indicator
    cell: Cell
    rater: str
    finding: str


class Listed(NamedTuple):
    """The units of a page with their lines, how many lines there are in all, and where to go on."""

    units: list[tuple[Unit, list[Line]]]
    total: int
    after: int | None


def rating_list(
    units: UnitQuerySet,
    indicators: list[Indicator],
    *,
    period: Period,
    rated: str,
    colour: str,
    after: int | None,
    on: date,
) -> Listed:
    """The lines of one colour, or of all; a fixed number of questions whatever their number."""
    said = counted(units, rated).filter(assessment__period=period, indicator__in=indicators)
    found = _with_any(units.filter(was_there(period, on)), said, colour, len(indicators))
    page = list(_further(found, after).order_by("sort_key", "pk").values_list("pk", flat=True)[: UNITS + 1])
    told = {
        (unit, indicator): (rater, finding)
        for unit, indicator, rater, finding in said.filter(assessment__unit__in=page[:UNITS]).values_list(
            "assessment__unit_id", "indicator_id", "assessment__kind", "finding"
        )
    }
    rows = heat_map(
        units.filter(pk__in=page[:UNITS]).order_by("sort_key", "pk"),
        indicators,
        period=period,
        rated=rated,
        on=on,
    )
    listed = [
        (
            row.unit,
            [
                Line(indicator, cell, *told.get((row.unit.pk, indicator.pk), ("", "")))
                for indicator, cell in zip(indicators, row.cells, strict=True)
                if is_of(cell.colour, colour)
            ],
        )
        for row in rows
    ]
    counts = trend(units, [period], rated=rated, indicators=indicators, on=on)[0].colours
    count = sum(number for name, number in counts.items() if is_of(name, colour))
    return Listed(listed, count, page[UNITS - 1] if len(page) > UNITS else None)


def _with_any(units: UnitQuerySet, said: RatingQuerySet, colour: str, places: int) -> UnitQuerySet:
    """Units that have an indicator of the colour; not rated is also what nobody spoke of."""
    if not colour:
        return units
    of_unit = said.filter(assessment__unit=OuterRef("pk")).order_by()
    if colour != Colour.NOT_RATED:
        return units.filter(Exists(of_colour(of_unit, colour)))
    spoken_of = of_unit.exclude(colour=Colour.NOT_RATED).values("assessment__unit")
    number = Subquery(spoken_of.annotate(n=Count("pk")).values("n"))
    asked: dict[str, Any] = {"spoken_of": number}
    return units.annotate(**asked).filter(Q(spoken_of=None) | Q(spoken_of__lt=places))


def _further(units: UnitQuerySet, after: int | None) -> UnitQuerySet:
    """The units that come after one, by name."""
    last = Unit.objects.filter(pk=after).first() if after else None
    if last is None:
        return units
    return units.filter(Q(sort_key__gt=last.sort_key) | Q(sort_key=last.sort_key, pk__gt=last.pk))
