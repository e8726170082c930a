"""The heat map: what each unit's indicators were rated in a period, and how their live cases stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from indicators.models import Colour, Group, Indicator, Period
from organisations.models import Unit, UnitQuerySet, with_versions
from workflow.models import Case

from .ratings import counted, was_there


class Cell(NamedTuple):
    """One indicator of one unit: its colour, and the live case where there is one."""

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
        return Counter(cell.colour for cell in self.cells)

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
    shown = units.filter(was_there(period, on))
    cells = _cells(shown, columns, period, rated, on)
    empty = Cell(Colour.NOT_RATED)
    return [
        Row(unit, [cells.get((unit.pk, column.pk), empty) for column in columns])
        for unit in shown.prefetch_related(with_versions())
    ]


def _cells(
    units: UnitQuerySet, columns: list[Indicator], period: Period, rated: str, on: date
) -> dict[tuple[int, int], Cell]:
    keys = units.order_by().values("pk")
    live = Case.objects.live().filter(unit__in=keys, indicator__in=columns).order_by()
    cases = {
        (unit, indicator): (number, state, due_on is not None and due_on < on)
        for unit, indicator, number, state, due_on in live.values_list(
            "unit_id", "indicator_id", "number", "state", "turn_due_on"
        )
    }
    said = counted(units, rated).filter(assessment__period=period, indicator__in=columns).order_by()
    colours = {
        (unit, indicator): colour
        for unit, indicator, colour in said.values_list("assessment__unit_id", "indicator_id", "colour")
    }
    return {
        place: Cell(colours.get(place, Colour.NOT_RATED), *cases.get(place, ()))
        for place in colours.keys() | cases.keys()
    }
