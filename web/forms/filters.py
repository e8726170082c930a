"""What a list of cases may be narrowed by; what cannot be understood narrows nothing."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from indicators.models import NEEDS_WORK, Indicator
from organisations.models import Unit, UnitQuerySet, User
from web.ordering import Heading, Order, after, headings, order_of, ordered
from workflow.models import Case
from workflow.queries import CaseQuerySet
from workflow.vocabulary import State
from workflow.words import words_of

from .figures import FigureFields

LIVE = "live"
#: With more units than this a list to choose from is no help.
UNITS_SUGGESTED = 200


def with_affairs(units: UnitQuerySet, *, on: date) -> UnitQuerySet:
    """Of these units those that stand, and of the dissolved ones those that left cases."""
    return units.filter(
        Q(pk__in=Unit.objects.standing(on)) | Exists(Case.objects.filter(unit=OuterRef("pk")))
    )


class CaseFilter(FigureFields):
    search = forms.CharField(label=_("Tìm"), required=False)
    state = forms.ChoiceField(
        label=_("Trạng thái"),
        required=False,
        choices=[("", _("Tất cả")), (LIVE, _("Đang xử lý")), *State.choices],
    )
    colour = forms.ChoiceField(
        label=_("Mức khi mở"),
        required=False,
        choices=[("", _("Tất cả")), *((c.value, c.label) for c in NEEDS_WORK)],
    )
    unit = forms.CharField(label=_("Đơn vị"), required=False)
    indicator: Any = forms.ModelChoiceField(
        label=_("Chỉ số"), required=False, queryset=None, to_field_name="code", empty_label=_("Tất cả")
    )
    overdue = forms.BooleanField(label=_("Quá hạn"), required=False)
    mine = forms.BooleanField(label=_("Chờ tôi xử lý"), required=False)
    ordering = forms.CharField(required=False, widget=forms.HiddenInput)
    after = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, units: UnitQuerySet, suggested: UnitQuerySet | None = None) -> None:
        super().__init__(data, auto_id="filter-%s")
        self.fields["indicator"].queryset = Indicator.objects.all()
        self.visible = units
        self.units: list[Unit] = list((units if suggested is None else suggested)[: UNITS_SUGGESTED + 1])
        self.has_many_units = len(self.units) > 1
        if len(self.units) > UNITS_SUGGESTED:
            self.units = []
        self.fields["search"].widget.attrs |= {"type": "search", "autocomplete": "off"}
        self.fields["unit"].widget.attrs |= {"list": "units", "autocomplete": "off"}

    def is_narrowed(self) -> bool:
        return bool(self.given().keys() - {"after", "ordering"})

    def apply(self, cases: CaseQuerySet, *, user: User, on: date) -> CaseQuerySet:
        given = self.given()
        if state := given.get("state"):
            cases = cases.live() if state == LIVE else cases.filter(state=state)
        if "colour" in given:
            cases = cases.filter(colour=given["colour"])
        for word in words_of(given.get("unit", "")):
            cases = cases.filter(unit__search_text__contains=word)
        if "indicator" in given:
            cases = cases.filter(indicator=given["indicator"])
        if "overdue" in given:
            cases = cases.overdue(on=on)
        if "mine" in given:
            cases = cases.awaiting(user)
        cases = self.apply_figures(cases, on=on)
        return cases.search(given["search"]) if "search" in given else cases

    @property
    def order(self) -> Order:
        return order_of(self.given().get("ordering", ""))

    def this_page(self, cases: CaseQuerySet) -> CaseQuerySet:
        """In their order the cases that come after the last one of the page before."""
        key = self.given().get("after")
        last = Case.objects.select_related("unit", "indicator").filter(pk=key).first() if key else None
        return ordered(after(cases, self.order, last), self.order)

    def query(self, **changed: str) -> str:
        """The query of the same list, some of it changed, from its first page on."""
        query: Any = self.data.copy()  # type: ignore[attr-defined]
        query.pop("after", None)
        for name, value in changed.items():
            query[name] = value
        return "?" + query.urlencode()

    def address_after(self, case: Case | None) -> str:
        """The query of the next page, or without a case of the first."""
        return self.query(after=str(case.pk)) if case else self.query()

    def headings(self) -> list[tuple[Heading, str]]:
        """What the list may be ordered by, with the address of each order."""
        return [(heading, self.query(ordering=heading.order)) for heading in headings(self.order)]
