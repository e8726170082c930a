"""What the register may be narrowed by; what cannot be understood narrows nothing."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.dispatches import Outcome, with_outcome
from notifications.models import NotificationQuerySet
from workflow.deadlines import LOCAL
from workflow.queries import words_of

from .fields import Form, day


class DispatchFilter(Form):
    search = forms.CharField(label=_("Người hoặc số hồ sơ"), required=False)
    unit = forms.CharField(label=_("Đơn vị"), required=False)
    since = day(label=_("Từ ngày"), required=False)
    until = day(label=_("Đến hết ngày"), required=False)
    outcome = forms.ChoiceField(
        label=_("Kết quả"), required=False, choices=[("", _("Tất cả")), *Outcome.choices]
    )
    after = forms.IntegerField(required=False, widget=forms.HiddenInput, max_value=2**63 - 1)

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="filter-%s")
        self.fields["search"].widget.attrs |= {"type": "search", "autocomplete": "off"}
        self.is_valid()
        self.given = {name: value for name, value in self.cleaned_data.items() if value}

    def is_narrowed(self) -> bool:
        return bool(self.given.keys() - {"after"})

    def apply(self, told: NotificationQuerySet) -> NotificationQuerySet:
        for word in words_of(self.given.get("search", "")):
            told = told.filter(Q(recipient__search_text__contains=word) | Q(case__number__contains=word))
        for word in words_of(self.given.get("unit", "")):
            told = told.filter(unit__search_text__contains=word)
        if since := self.given.get("since"):
            told = told.filter(created_at__gte=datetime.combine(since, time.min, LOCAL))
        if until := self.given.get("until"):
            told = told.filter(created_at__lt=datetime.combine(until + timedelta(days=1), time.min, LOCAL))
        outcome = self.given.get("outcome")
        return with_outcome(told, outcome) if outcome else told

    def this_page(self, told: NotificationQuerySet) -> NotificationQuerySet:
        key = self.given.get("after")
        return told.filter(pk__lt=key) if key else told

    def address_after(self, key: int | None) -> str:
        """The query of the next page, or without a key of the first."""
        query: Any = self.data.copy()  # type: ignore[attr-defined]
        query.pop("after", None)
        if key:
            query["after"] = str(key)
        return "?" + query.urlencode()
