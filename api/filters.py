"""What a list of cases may be narrowed by; an unknown name is refused, not ignored."""

from __future__ import annotations

from typing import Any

import django_filters
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from audits.cohorts import has_passed, is_done, opened_from, opened_until, with_days, with_post
from audits.vocabulary import Done, Post, Stage
from indicators.models import Colour, Group, Period
from organisations.models import UnitKind
from workflow.models import Case
from workflow.queries import CaseQuerySet
from workflow.vocabulary import State

from .fields import is_key

#: Orders a list can be asked in; the running deadline is that of live cases only.
ORDERS = {
    "number": ("id",),
    "-number": ("-id",),
    "turn_due_on": ("turn_due_on", "id"),
    "-turn_due_on": ("-turn_due_on", "-id"),
    "opened_at": ("id",),
    "-opened_at": ("-id",),
}
_PAGING = {"cursor", "page_size", "ordering", "format"}


class CaseFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=State.choices)
    colour = django_filters.ChoiceFilter(choices=Colour.choices)
    unit = django_filters.CharFilter(field_name="unit__code")
    indicator = django_filters.CharFilter(field_name="indicator__code")
    assignee = django_filters.CharFilter(method="led_by", help_text="me, a key or an e-mail")
    turn = django_filters.ChoiceFilter(choices=[("me", "me")], method="awaiting_me")
    overdue = django_filters.BooleanFilter(method="is_overdue")
    due_before = django_filters.DateFilter(field_name="turn_due_on", lookup_expr="lt")
    period = django_filters.CharFilter(field_name="rating__assessment__period__code")
    recurrence = django_filters.BooleanFilter(field_name="recurrence_of", lookup_expr="isnull", exclude=True)
    period_from = django_filters.ModelChoiceFilter(
        queryset=Period.objects.all(), to_field_name="code", method="from_period"
    )
    period_to = django_filters.ModelChoiceFilter(
        queryset=Period.objects.all(), to_field_name="code", method="until_period"
    )
    kind = django_filters.ChoiceFilter(field_name="unit__kind", choices=UnitKind.choices)
    group = django_filters.ChoiceFilter(field_name="indicator__group", choices=Group.choices)
    done = django_filters.ChoiceFilter(choices=Done.choices, method="is_done")
    passed = django_filters.ChoiceFilter(choices=Stage.choices, method="has_passed")
    held = django_filters.ChoiceFilter(choices=Post.choices, method="is_held")
    search = django_filters.CharFilter(method="searched")

    class Meta:
        model = Case
        fields: list[str] = []

    def led_by(self, cases: CaseQuerySet, name: str, value: str) -> CaseQuerySet:
        if value == "me":
            return cases.filter(assignee=self.request.user)
        return cases.filter(assignee=value) if is_key(value) else cases.filter(assignee__email=value)

    def awaiting_me(self, cases: CaseQuerySet, name: str, value: str) -> CaseQuerySet:
        return cases.awaiting(self.request.user)

    def is_overdue(self, cases: CaseQuerySet, name: str, value: bool) -> CaseQuerySet:
        late = cases.overdue(on=timezone.localdate())
        return late if value else cases.exclude(pk__in=late.values("pk"))

    def from_period(self, cases: CaseQuerySet, name: str, value: Period) -> CaseQuerySet:
        return opened_from(cases, value)

    def until_period(self, cases: CaseQuerySet, name: str, value: Period) -> CaseQuerySet:
        return opened_until(cases, value)

    def is_done(self, cases: CaseQuerySet, name: str, value: str) -> CaseQuerySet:
        return with_days(cases).filter(is_done(value))

    def has_passed(self, cases: CaseQuerySet, name: str, value: str) -> CaseQuerySet:
        return with_days(cases).filter(has_passed(value))

    def is_held(self, cases: CaseQuerySet, name: str, value: str) -> CaseQuerySet:
        return with_post(cases, on=timezone.localdate()).filter(post=value)

    def searched(self, cases: CaseQuerySet, name: str, value: str) -> CaseQuerySet:
        return cases.search(value)


def order_of(request: Request) -> tuple[str, ...]:
    asked = request.query_params.get("ordering", "-number")
    if asked not in ORDERS:
        said = _("Không sắp xếp được theo “%(asked)s”; dùng: %(orders)s.")
        raise ValidationError({"ordering": [said % {"asked": asked, "orders": ", ".join(ORDERS)}]})
    return ORDERS[asked]


def refuse_unknown(request: Request, known: Any) -> None:
    unknown = set(request.query_params) - set(known) - _PAGING
    if unknown:
        raise ValidationError({name: [_("Không có bộ lọc này.")] for name in sorted(unknown)})
