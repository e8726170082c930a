"""What the page of webhooks asks: where to, of which unit, of which kinds of events."""

from __future__ import annotations

from functools import cache
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.subscriptions import LONGEST_URL
from workflow.arrows import arrows
from workflow.vocabulary import CLOCK_KINDS, Kind

from .fields import Form


@cache
def groups() -> dict[str, list[Kind]]:
    """Every kind of event, by the field it is chosen in: what steps leave, work inside, the clock."""
    steps = [Kind.OPENED, Kind.RATED_AGAIN, *dict.fromkeys(arrow.leaves for arrow in arrows())]
    work = [kind for kind in Kind if kind not in (*steps, *CLOCK_KINDS)]
    return {"steps": steps, "work": work, "clock": list(CLOCK_KINDS)}


def _kinds(label: Any, **given: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, required=False, widget=forms.CheckboxSelectMultiple, **given
    )


class WebhookForm(Form):
    """A new webhook; with no kind chosen it is told of all."""

    url = forms.CharField(
        label=_("Địa chỉ nhận"),
        max_length=LONGEST_URL,
        help_text=_("Bắt đầu bằng https://, không có tên hay mật khẩu."),
    )
    unit: Any = forms.ModelChoiceField(
        label=_("Đơn vị"),
        queryset=None,
        empty_label=None,
        help_text=_("Chọn thành phố để nhận của mọi đơn vị trực thuộc."),
    )
    steps = _kinds(_("Bước của hồ sơ"), help_text=_("Không chọn loại nào ở cả ba mục là nhận tất cả."))
    work = _kinds(_("Việc trong hồ sơ"))
    clock = _kinds(_("Nhắc hạn"))

    def __init__(self, units: Any, data: Any = None) -> None:
        super().__init__(data, auto_id="webhook-%s")
        self.fields["unit"].queryset = units
        self.fields["url"].widget.attrs |= {"autocomplete": "off", "inputmode": "url"}
        for name, kinds in groups().items():
            self.fields[name].choices = [(kind.value, kind.label) for kind in kinds]
        for name in ("url", "unit"):
            self.fields[name].is_asked = True

    def asked(self) -> dict[str, Any]:
        """What the operation is asked, once the form is right."""
        given = self.cleaned_data
        kinds = [kind for name in groups() for kind in given[name]]
        return {"url": given["url"], "unit": given["unit"], "kinds": kinds}


def told_of(kinds: list[str]) -> list[str]:
    """What kinds are called, for reading."""
    return [str(Kind(kind).label) for kind in kinds]
