"""What is asked for a new token of the API: a name, what it may do, and how long."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organisations.access import LONGEST_NAME, Scope
from organisations.tokens import MOST_DAYS, USUAL_DAYS

from .fields import Form


class TokenForm(Form):
    name = forms.CharField(
        label=_("Tên mã"),
        max_length=LONGEST_NAME,
        help_text=_("Để sau này nhận ra phần mềm nào dùng mã, ví dụ “Phần mềm quản lý văn bản”."),
    )
    scope = forms.ChoiceField(
        label=_("Quyền của mã"), choices=Scope.choices, widget=forms.RadioSelect, initial=Scope.READ
    )
    days = forms.IntegerField(
        label=_("Dùng được trong (ngày)"), min_value=1, max_value=MOST_DAYS, initial=USUAL_DAYS
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="token-%s")
        self.fields["name"].widget.attrs["autocomplete"] = "off"
        for name in ("name", "days"):
            self.fields[name].is_asked = True
