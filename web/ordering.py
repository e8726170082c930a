"""In which order a list of cases stands, and where its next page begins: by key, never by counting off."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from workflow.models import Case
from workflow.queries import CaseQuerySet


class Column(NamedTuple):
    """What a list may be ordered by: its name in the address, its heading, and the column it means."""

    name: str
    label: Any
    column: str


COLUMNS = (
    Column("number", _("Số hồ sơ"), "id"),
    Column("colour", _("Mức"), "colour"),
    Column("indicator", _("Chỉ số"), "indicator__position"),
    Column("unit", _("Đơn vị"), "unit__sort_key"),
    Column("state", _("Trạng thái"), "state"),
    Column("due", _("Thời hạn"), "turn_due_on"),
)
#: Newest first, where nothing is asked.
USUAL = "-number"
CHOICES = [sign + column.name for column in COLUMNS for sign in ("", "-")]


class Order(NamedTuple):
    column: Column
    is_descending: bool

    @property
    def name(self) -> str:
        return ("-" if self.is_descending else "") + self.column.name


class Heading(NamedTuple):
    """A heading to press: the order it gives, and how the list stands by it now, if it does."""

    label: Any
    order: str
    stands: str  # "ascending", "descending" or ""


def order_of(asked: str) -> Order:
    """The order of a name; the usual one for what is no name."""
    name = asked if asked in CHOICES else USUAL
    column = next(c for c in COLUMNS if c.name == name.lstrip("-"))
    return Order(column, name.startswith("-"))


def headings(order: Order) -> list[Heading]:
    found = []
    for column in COLUMNS:
        stands = ""
        if column == order.column:
            stands = "descending" if order.is_descending else "ascending"
        turned = Order(column, stands == "ascending" or (not stands and column.name == "number"))
        found.append(Heading(column.label, turned.name, stands))
    return found


def ordered(cases: CaseQuerySet, order: Order) -> CaseQuerySet:
    """Cases without a running deadline stand at the end, whichever way the list is turned."""
    if order.column.column == "id":
        return cases.order_by("-id" if order.is_descending else "id")
    by = F(order.column.column)
    turned = by.desc(nulls_last=True) if order.is_descending else by.asc(nulls_last=True)
    return cases.order_by(turned, "-id" if order.is_descending else "id")


def after(cases: CaseQuerySet, order: Order, last: Case | None) -> CaseQuerySet:
    """Those that come after a case in this order.

    Written as "not before, and beyond": the usual "beyond, or equal and beyond" reads the whole index.
    """
    if last is None:
        return cases
    beyond = "lt" if order.is_descending else "gt"
    by_key = Q(**{f"id__{beyond}": last.pk})
    column = order.column.column
    if column == "id":
        return cases.filter(by_key)
    value = _value(last, column)
    if value is None:
        return cases.filter(by_key, **{column: None})
    further = Q(**{f"{column}__{beyond}e": value}) & (Q(**{f"{column}__{beyond}": value}) | by_key)
    return cases.filter(further | Q(**{column: None})) if column == "turn_due_on" else cases.filter(further)


def _value(case: Case, column: str) -> Any:
    found: Any = case
    for name in column.split("__"):
        found = getattr(found, name)
    return found
