"""What the pages of a reorganisation ask: which day, by which resolution, which plan, who takes the cases."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from organisations.plan import FINISH
from workflow.reorganisation import Choice

from .fields import Form, day


class PlanForm(Form):
    """A plan to look at before anything is done."""

    on = day(label=_("Có hiệu lực từ ngày"))
    legal_instrument = forms.CharField(label=_("Văn bản quyết định"), max_length=200)
    file = forms.FileField(label=_("Phương án đã điền (.csv)"), allow_empty_file=True)

    def __init__(self, data: Any = None, files: Any = None, *, today: date) -> None:
        super().__init__(data, files, auto_id="plan-%s")
        self.fields["on"].help_text = _("Hôm nay hoặc một ngày đã qua.")
        self.fields["on"].widget.attrs["max"] = today.isoformat()
        self.fields["legal_instrument"].help_text = _("Ví dụ: NQ 1669/NQ-UBTVQH15.")
        self.fields["file"].widget.attrs["accept"] = ".csv"
        for field in self.fields.values():
            field.is_asked = True

    def clean_file(self) -> Any:
        if self.cleaned_data["file"].size > settings.WORKBOOK_MAX_BYTES:
            limit = settings.WORKBOOK_MAX_BYTES // 1024 // 1024
            raise forms.ValidationError(_("Tệp lớn hơn %(limit)s MB.") % {"limit": limit})
        return self.cleaned_data["file"]


class TakersForm(Form):
    """For each old unit with several successors and live cases: who takes them."""

    def __init__(self, data: Any = None, *, choices: list[Choice]) -> None:
        super().__init__(data, auto_id="takers-%s")
        self.codes = [choice.unit.code for choice in choices]
        for choice in choices:
            self.fields[_name(choice.unit.code)] = forms.ChoiceField(
                label=_("%(unit)s (%(code)s): %(count)s hồ sơ đang xử lý")
                % {"unit": choice.unit, "code": choice.unit.code, "count": choice.live},
                choices=[
                    ("", _("Chọn đơn vị nhận hồ sơ")),
                    *((code, f"{name} ({code})") for code, name in choice.successors),
                    (FINISH, _("Không đơn vị nào: kết thúc các hồ sơ này")),
                ],
                initial=choice.chosen,
            )
            self.fields[_name(choice.unit.code)].is_asked = True

    def takers(self) -> dict[str, str]:
        """Old code → code of who takes its cases, or FINISH, as far as it has been said."""
        if not self.is_bound:
            chosen = {code: self.fields[_name(code)].initial for code in self.codes}
        else:
            self.is_valid()
            chosen = {code: self.cleaned_data.get(_name(code), "") for code in self.codes}
        return {code: taker for code, taker in chosen.items() if taker}

    def is_settled(self) -> bool:
        return len(self.takers()) == len(self.codes)


def _name(code: str) -> str:
    return f"takes_{code}"
