"""The city at a glance as a page shows it: cells with a letter, a name and the list behind them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from audits.heat import Cell, Row
from audits.late import Holder
from audits.trend import Counted, Mover
from audits.vocabulary import Post
from indicators.models import NEEDS_WORK, Colour, Group, Indicator
from organisations.models import Unit
from workflow.vocabulary import State

from .charts import Series, stacked
from .forms.overview import OverviewFilter, address

#: Colours as the tables count them.
COUNTED = (Colour.RED, Colour.YELLOW, Colour.GREEN, Colour.NOT_RATED, Colour.NOT_APPLICABLE)
_SIGNS = {Colour.NOT_RATED: "–", Colour.NOT_APPLICABLE: "/"}


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
    colour = Colour(cell.colour)
    name = str(colour.label)
    sign = name if filters.zoom == "wide" else _SIGNS.get(colour, name[0])
    dress = f"c-{colour}"
    if cell.case:
        dress += " c-live"
        name += f", {State(cell.state).label}"
    if cell.is_late:
        sign += "!"
        name += ", " + _("quá hạn")
    return ShownCell(dress, sign, name, _behind(cell, unit, column, filters))


def _behind(cell: Cell, unit: Unit, column: Indicator, filters: OverviewFilter) -> str:
    """The live case; or the cases there were; or what the rating said."""
    if cell.case:
        return reverse("case", args=[cell.case])
    if cell.colour in NEEDS_WORK:
        return address(reverse("cases"), unit_key=unit.pk, indicator=column.code)
    query = {
        "period": filters.chosen_period.code,
        "rated": filters.whose,
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


def trend_rows(told: list[Counted], filters: OverviewFilter) -> list[tuple[str, list[Figure]]]:
    """Each period with its counts, each leading to the ratings behind it."""
    path = reverse("overview-ratings")
    return [
        (
            one.period.code,
            [
                Figure(
                    str(colour.label),
                    one.colours[colour],
                    address(path, **filters.scope() | {"period": one.period.code, "colour": colour.value}),
                )
                for colour in COUNTED
            ],
        )
        for one in told
    ]


def trend_chart(told: list[Counted]) -> str:
    """What is not green, period by period: green would leave the rest too small to be seen."""
    dresses = {Colour.RED: "chart-red", Colour.YELLOW: "chart-yellow", Colour.NOT_RATED: "chart-grey"}
    return stacked(
        _("Số chỉ số Đỏ, Vàng và chưa đánh giá theo kỳ"),
        [one.period.code for one in told],
        [Series(dress, str(c.label), [one.colours[c] for one in told]) for c, dress in dresses.items()],
    )


def mover_rows(movers: Iterable[Mover], periods: tuple[str, str], filters: OverviewFilter) -> list[Any]:
    """(unit, change, figure before, figure now) of each unit that moved."""
    path = reverse("overview-ratings")

    def figure(mover: Mover, period: str, number: int) -> Figure:
        asked = {"period": period, "unit": mover.unit.pk, "colour": "problem"}
        return Figure(period, number, address(path, **filters.scope() | asked))

    return [(m.unit, m.change, figure(m, periods[0], m.before), figure(m, periods[1], m.now)) for m in movers]


def holder_rows(holders: Iterable[Holder], filters: OverviewFilter) -> list[tuple[Holder, Figure]]:
    """Each holder with the number of late cases and the list of them."""
    path, query = reverse("cases"), {"state": "live", "overdue": "on"}
    return [
        (
            holder,
            Figure(
                "",
                holder.cases,
                address(
                    path,
                    **query,
                    unit_key=holder.unit.pk,
                    held=holder.post.value,
                    assignee=holder.person.pk if holder.person and holder.post == Post.ASSIGNEE else None,
                    group=filters.given.get("group"),
                ),
            ),
        )
        for holder in holders
    ]
