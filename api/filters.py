"""What a list of cases may be narrowed by; an unknown name is refused, not ignored."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from audits.cohorts import has_passed, is_done, opened_from, opened_until, with_days, with_post
from audits.vocabulary import Done, Post, Stage
from indicators.models import Colour, Group, Period
from organisations.models import UnitKind
from workflow.models import Case
from workflow.queries import CaseQuerySet
from workflow.vocabulary import State

from .fields import MAX_KEY, Strict, is_day, is_key


class _FlagField(forms.Field):
    """true or false, as JSON spells them."""

    def to_python(self, value: Any) -> bool | None:
        if value in self.empty_values:
            return None
        # Clients in Python spell it True.
        if value.lower() not in ("true", "false"):
            raise forms.ValidationError(_("Cần true hoặc false."))
        return value.lower() == "true"


class Flag(django_filters.BooleanFilter):
    field_class = _FlagField


class _DayField(forms.CharField):
    """A day as the API has it, whatever the reader's language would make of it."""

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        try:
            if not is_day(value):
                raise ValueError
            return date.fromisoformat(value)
        except ValueError:
            raise forms.ValidationError(_("Cần một ngày dạng YYYY-MM-DD.")) from None


class Day(django_filters.DateFilter):
    field_class = _DayField


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": MAX_KEY})
class Key(django_filters.NumberFilter):
    """The key of a row."""

    field_class = forms.IntegerField

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=MAX_KEY, **options)


#: Orders a list can be asked in; the running deadline is that of live cases only.
ORDERS = {
    "number": ("id",),
    "-number": ("-id",),
    "turn_due_on": ("turn_due_on", "id"),
    "-turn_due_on": ("-turn_due_on", "-id"),
    "opened_at": ("id",),
    "-opened_at": ("-id",),
}


USUAL_ORDER = "-number"


class CaseOrder(Strict):
    """In which order a list of cases is asked for."""

    ordering = serializers.ChoiceField(
        choices=[(name, name) for name in ORDERS],
        default=USUAL_ORDER,
        help_text="theo turn_due_on chỉ có hồ sơ đang có hạn",
    )


class CaseFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=State.choices, distinct=False)
    colour = django_filters.ChoiceFilter(choices=Colour.choices)
    unit = django_filters.CharFilter(field_name="unit__code")
    indicator = django_filters.CharFilter(field_name="indicator__code")
    assignee = django_filters.CharFilter(method="led_by", help_text="me, a key or an e-mail")
    turn = django_filters.ChoiceFilter(choices=[("me", "me")], method="awaiting_me")
    overdue = Flag(method="is_overdue")
    due_before = Day(field_name="turn_due_on", lookup_expr="lt")
    period = django_filters.CharFilter(field_name="rating__assessment__period__code")
    recurrence = Flag(field_name="recurrence_of", lookup_expr="isnull", exclude=True)
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
    base_filters: dict[str, django_filters.Filter]

    class Meta:
        model = Case
        fields: list[str] = []

    def __init__(self, data: Any = None, *args: Any, **options: Any) -> None:
        # What is not asked for narrows nothing; to copy all of it costs more than the rows of a page.
        self.base_filters = {name: one for name, one in self.base_filters.items() if name in (data or ())}
        super().__init__(data, *args, **options)

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
