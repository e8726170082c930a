"""The city at a glance as a page shows it: cells with a letter, a name and the list behind them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from audits.heat import Cell, Row
from indicators.models import NEEDS_WORK, Colour, Group, Indicator
from organisations.models import Unit
from workflow.vocabulary import State

from .forms.overview import OverviewFilter, address

#: Colours as the tables count them.
COUNTED = (Colour.RED, Colour.YELLOW, Colour.GREEN, Colour.NOT_RATED, Colour.NOT_APPLICABLE)
_SIGNS = {Colour.NOT_RATED: "–", Colour.NOT_APPLICABLE: "/", None: "·"}


class ShownCell(NamedTuple):
    """A cell as drawn: how it is dressed, what it shows and is called, and where it leads."""

    dress: str
    sign: str
    name: str
    href: str


class Figure(NamedTuple):
    """A number with its name and the list behind it."""

    name: str
    number: Any
    href: str
    dress: str = ""


class ShownRow(NamedTuple):
    name: str
    href: str
    cells: list[ShownCell]
    figures: list[Figure]


def groups(columns: Iterable[Indicator]) -> list[tuple[str, int]]:
    """The groups of the standard over the columns, each with how many it spans."""
    found = groupby(columns, key=lambda column: column.group)
    return [(str(Group(group).label), len(list(inside))) for group, inside in found]


def shown_rows(rows: Iterable[Row], columns: list[Indicator], filters: OverviewFilter) -> list[ShownRow]:
    """The rows that have anything the filters ask for."""
    is_asked = filters.given.keys() & {"colour", "late"}
    return [
        ShownRow(
            row.unit.name_on(filters.chosen_period.ends_on),
            address(reverse("overview-ratings"), **filters.scope() | {"unit": row.unit.pk}),
            list(_cells(row, columns, filters)),
            figures([row], filters, unit=row.unit),
        )
        for row in rows
        if not is_asked or any(_is_asked_for(cell, filters) for cell in row.cells)
    ]


def _is_asked_for(cell: Cell, filters: OverviewFilter) -> bool:
    return filters.has(cell.colour) and (cell.is_late or "late" not in filters.given)


def _cells(row: Row, columns: list[Indicator], filters: OverviewFilter) -> Iterator[ShownCell]:
    for cell, column in zip(row.cells, columns, strict=True):
        if _is_asked_for(cell, filters):
            yield _shown(cell, row.unit, column, filters)
        else:
            yield ShownCell("", "", "", "")


def _shown(cell: Cell, unit: Unit, column: Indicator, filters: OverviewFilter) -> ShownCell:
    if not cell.colour and not cell.case:
        return ShownCell("", "", "", "")
    colour = Colour(cell.colour) if cell.colour else None
    name = str(colour.label) if colour else str(State(cell.state).label)
    sign = name if filters.zoom == "wide" else _SIGNS.get(colour, name[0])
    dress = f"c-{colour}" if colour else ""
    if cell.case:
        dress += " c-live"
        name += f", {State(cell.state).label}" if colour else ""
    if cell.is_late:
        sign += "!"
        name += ", " + _("quá hạn")
    return ShownCell(dress.strip(), sign, name, _behind(cell, unit, column, filters))


def _behind(cell: Cell, unit: Unit, column: Indicator, filters: OverviewFilter) -> str:
    """The live case; or the cases there were; or what the rating said."""
    if cell.case:
        return reverse("case", args=[cell.case])
    if cell.colour in NEEDS_WORK:
        return address(reverse("cases"), about=unit.pk, indicator=column.code)
    query = {
        "period": filters.chosen_period.code,
        "rated": filters.given.get("rated"),
        "unit": unit.pk,
        "indicator": column.code,
    }
    return address(reverse("overview-ratings"), **query)


def figures(rows: list[Row], filters: OverviewFilter, *, unit: Unit | None = None) -> list[Figure]:
    """The counts of some rows, each leading to the list behind it."""
    ratings, cases = reverse("overview-ratings"), reverse("cases")
    of_unit = {"unit": unit.pk} if unit else {}
    colours = [
        Figure(
            str(colour.label),
            sum(row.colours[colour] for row in rows),
            address(ratings, **filters.scope() | of_unit | {"colour": colour.value}),
            colour.value,
        )
        for colour in COUNTED
    ]
    narrowed = {"unit_kind": filters.given.get("kind"), "group": filters.given.get("group")}
    narrowed |= {"unit_key": unit.pk} if unit else {}
    live = address(cases, state="live", **narrowed)
    late = address(cases, state="live", overdue="on", **narrowed)
    return [
        *colours,
        Figure(_("Hồ sơ đang xử lý"), sum(row.live for row in rows), live, "clock"),
        Figure(_("Quá hạn"), sum(row.late for row in rows), late, "overdue"),
    ]
