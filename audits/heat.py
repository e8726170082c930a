"""The heat map: what each unit's indicators were rated in a period, and how their live cases stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Q

from indicators.models import Colour, Group, Indicator, Period
from organisations.models import Unit, UnitQuerySet, with_versions
from workflow.models import Case

from .ratings import counted, has_a_live_case, was_there


class Cell(NamedTuple):
    """One indicator of one unit: its colour, and the live case where there is one.

    A unit that was not there in the period has no colours, which is not the same as not rated.
    """

    colour: str
    case: str = ""
    state: str = ""
    is_late: bool = False


class Row(NamedTuple):
    """A unit with its cells in the order of the indicators, and how many there are of each colour."""

    unit: Unit
    cells: list[Cell]

    @property
    def colours(self) -> Counter[str]:
        return Counter(cell.colour for cell in self.cells if cell.colour)

    @property
    def live(self) -> int:
        return sum(bool(cell.case) for cell in self.cells)

    @property
    def late(self) -> int:
        return sum(cell.is_late for cell in self.cells)


def indicators_of(group: Group | int | None) -> list[Indicator]:
    """The indicators of a group of the standard, or all 39."""
    found = Indicator.objects.all()
    return list(found.filter(group=group) if group else found)


def heat_map(
    units: UnitQuerySet, indicators: Iterable[Indicator], *, period: Period, rated: str, on: date
) -> list[Row]:
    """Units by name, each with a cell an indicator; four questions to the database whatever their number."""
    columns = list(indicators)
    asked: dict[str, Any] = {"was_there": was_there(period, on)}
    shown = units.annotate(**asked).filter(Q(was_there=True) | has_a_live_case())
    colours, cases = _colours(shown, columns, period, rated), _cases(shown, columns, on)

    def cell(unit: Any, column: Indicator) -> Cell:
        place = (unit.pk, column.pk)
        return Cell(colours.get(place, Colour.NOT_RATED if unit.was_there else ""), *cases.get(place, ()))

    return [
        Row(unit, [cell(unit, column) for column in columns])
        for unit in shown.prefetch_related(with_versions())
    ]


def _cases(
    units: UnitQuerySet, columns: list[Indicator], on: date
) -> dict[tuple[int, int], tuple[str, str, bool]]:
    """Number and state of each live case, and whether it is late."""
    keys = units.order_by().values("pk")
    live = Case.objects.live().filter(unit__in=keys, indicator__in=columns).order_by()
    return {
        (unit, indicator): (number, state, due_on is not None and due_on < on)
        for unit, indicator, number, state, due_on in live.values_list(
            "unit_id", "indicator_id", "number", "state", "turn_due_on"
        )
    }


def _colours(
    units: UnitQuerySet, columns: list[Indicator], period: Period, rated: str
) -> dict[tuple[int, int], str]:
    said = counted(units, rated).filter(assessment__period=period, indicator__in=columns).order_by()
    return {
        (unit, indicator): colour
        for unit, indicator, colour in said.values_list("assessment__unit_id", "indicator_id", "colour")
    }
