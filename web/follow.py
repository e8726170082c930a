"""Follow-through as a page shows it: a table that sorts by any column, each number with its list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from audits.export import COLUMNS
from audits.follow_through import Figures, Row
from audits.vocabulary import Stage
from indicators.models import Period
from organisations.models import Unit

from .charts import Series, stacked
from .forms.overview import FollowFilter, address
from .overview import Figure

#: The query of the list behind each count.
BEHIND: dict[str, dict[str, str]] = {
    "opened": {},
    "on_time": {"done": "on_time"},
    "late": {"done": "late"},
    "open_late": {"state": "live", "overdue": "on"},
    "closed": {"state": "closed"},
    "recurring": {"recurrence": "on"},
    **{stage.value: {"passed": stage.value} for stage in Stage},
}


class Column(NamedTuple):
    """A column that the table sorts by, and how it is sorted now."""

    key: str
    name: Any
    href: str
    sorted: str


def columns(filters: FollowFilter) -> list[Column]:
    sort = filters.given.get("sort", "")
    ways = {"unit": "ascending"} if not sort else {}
    ways |= {sort.lstrip("-"): "descending" if sort.startswith("-") else "ascending"}
    named = {"unit": _("Đơn vị"), **{key: name for key, name, _value in COLUMNS}}
    return [Column(key, name, filters.sorted_by(key), ways.get(key, "")) for key, name in named.items()]


def in_order(rows: list[Row], sort: str) -> list[Row]:
    """The rows as the address asks, by name where it does not; where there is no number, last."""
    values = {key: value for key, _name, value in COLUMNS}
    key, is_down = sort.lstrip("-"), sort.startswith("-")
    if key not in values:
        return rows[::-1] if sort == "-unit" else rows
    known = [row for row in rows if values[key](row.figures) is not None]
    known.sort(key=lambda row: values[key](row.figures), reverse=is_down)
    return known + [row for row in rows if values[key](row.figures) is None]


def linked(figures: Figures, keys: Iterable[str] | None = None, **scope: Any) -> list[Figure]:
    """The numbers of a row, each with the list behind it; a median leads to what it was taken of."""
    wanted = None if keys is None else set(keys)
    return [
        Figure(str(name), number, address(reverse("cases"), **scope | BEHIND[key]) if is_of_any else "")
        for key, name, value in COLUMNS
        for number in [value(figures)]
        for is_of_any in [number is not None if key in Stage.values else bool(number)]
        if wanted is None or key in wanted
    ]


def unit_rows(rows: list[Row], filters: FollowFilter) -> list[tuple[Unit, list[Figure]]]:
    return [(row.unit, linked(row.figures, unit_key=row.unit.pk, **filters.scope())) for row in rows]


def period_rows(followed: list[tuple[Period, Figures]], **scope: Any) -> list[tuple[str, list[Figure]]]:
    """Each period with its counts, each with the list behind it."""
    keys = [key for key in BEHIND if key not in Stage.values]
    return [(period.code, linked(figures, keys, period=period.code, **scope)) for period, figures in followed]


def follow_chart(followed: list[tuple[Period, Figures]]) -> str:
    """What became of the cases of each period: in time, late, late and open, and the rest."""
    layers = (
        ("chart-green", _("Hoàn thành đúng hạn"), lambda f: f.on_time),
        ("chart-yellow", _("Hoàn thành trễ hạn"), lambda f: f.late),
        ("chart-red", _("Chưa hoàn thành, quá hạn"), lambda f: f.unfinished_late),
        ("chart-grey", _("Còn lại"), lambda f: f.others),
    )
    return stacked(
        _("Kết quả của hồ sơ mở theo từng kỳ"),
        [period.code for period, _figures in followed],
        [Series(dress, name, [value(f) for _period, f in followed]) for dress, name, value in layers],
    )
