"""What the calendar page asks: which days, whether they are worked, why."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workflow.calendar import working_days
from workflow.models import CalendarDay
from workflow.rescheduling import LONGEST, MAX_DAYS, Day, days_from

from .fields import Form, day

REST, WORKED, TAKEN_BACK = "rest", "worked", "taken_back"


class DaysForm(Form):
    """One day or several in a row."""

    what = forms.ChoiceField(
        label=_("Những ngày này"),
        choices=[
            (REST, _("Nghỉ")),
            (WORKED, _("Làm việc (làm bù)")),
            (TAKEN_BACK, _("Như lịch chung: bỏ ngày đã khai")),
        ],
        widget=forms.RadioSelect,
        initial=REST,
    )
    first = day(label=_("Từ ngày"))
    last = day(label=_("Đến hết ngày"), required=False, help_text=_("Để trống nếu chỉ một ngày."))
    name = forms.CharField(
        label=_("Lý do"), required=False, max_length=LONGEST["name"], help_text=_("Ví dụ: Tết Nguyên đán.")
    )
    source = forms.CharField(label=_("Căn cứ (số văn bản)"), required=False, max_length=LONGEST["source"])
    is_certain = forms.BooleanField(label=_("Đã có văn bản chính thức"), required=False)

    def __init__(self, data: Any = None, **given: Any) -> None:
        super().__init__(data, auto_id="days-%s", **given)
        for name in ("what", "first"):
            self.fields[name].is_asked = True
        self.fields["first"].widget.attrs["required"] = True

    def clean(self) -> None:
        first = self.cleaned_data.get("first")
        last = self.cleaned_data.get("last") or first
        if first is None or last is None or self.errors:
            return
        if last < first:
            self.add_error("last", _("Ngày cuối phải sau ngày đầu."))
        elif (last - first).days >= MAX_DAYS:
            self.add_error("last", _("Mỗi lần không quá %(count)s ngày.") % {"count": MAX_DAYS})
        elif not self._days(first, last):
            self.add_error("first", _("Những ngày này đã như vậy trong lịch."))

    def days(self) -> list[Day]:
        """What the calendar is to say; of several in a row only those that are not so already."""
        given = self.cleaned_data
        is_working = {REST: False, WORKED: True, TAKEN_BACK: None}[given["what"]]
        return [
            Day(on, is_working, given["name"], given["source"], given["is_certain"])
            for on in self._days(given["first"], given["last"] or given["first"])
        ]

    def _days(self, first: date, last: date) -> list[date]:
        if not hasattr(self, "_found"):
            declared = set(CalendarDay.objects.filter(on__range=(first, last)).values_list("on", flat=True))
            days, what = working_days(), self.cleaned_data["what"]
            self._found = [
                on
                for on in days_from(first, last)
                if on in declared or (what != TAKEN_BACK and days.is_working(on) != (what == WORKED))
            ]
        return self._found


def of_a_day(on: date) -> dict[str, Any]:
    """The form filled in with what the calendar says of a day."""
    row = CalendarDay.objects.filter(on=on).first()
    if row is None:
        return {"first": on, "what": REST if working_days().is_working(on) else WORKED}
    return {
        "first": on,
        "what": WORKED if row.is_working else REST,
        "name": row.name,
        "source": row.source,
        "is_certain": row.is_certain,
    }
