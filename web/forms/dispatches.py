"""What the register may be narrowed by; what cannot be understood narrows nothing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.dispatches import Outcome
from notifications.entries import entries, of_units, searched, told_between, with_outcome
from notifications.models import NotificationQuerySet
from organisations.hands import Hand

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

    def apply(self, hand: Hand) -> NotificationQuerySet:
        """What the hand sees of the register, narrowed."""
        told = searched(entries(hand), self.given.get("search", ""), hand=hand)
        told = of_units(told, self.given.get("unit", ""))
        told = told_between(told, self.given.get("since"), self.given.get("until"))
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
