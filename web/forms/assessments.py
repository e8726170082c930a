"""What the assessment pages ask: which unit, which period, whose rating, which file."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from indicators.models import Assessment, Period, Rater
from indicators.periods import period_named
from indicators.refusals import Refused
from indicators.rules import may_record
from organisations.hands import Hand
from organisations.models import Unit
from workflow.words import words_of

from .fields import Form

#: Stands for "the workbook says which unit each row is of".
MANY = ""


def recordable(hand: Hand) -> dict[str, list[Unit]]:
    """The units a person may record ratings for today, by whose rating it would be."""
    here = Q(pk__in=hand.own_units | hand.units_chaired) | Q(parent__in=hand.cities)
    units = list(Unit.objects.standing(hand.on).filter(here).select_related("parent"))
    return {kind: [u for u in units if may_record(hand, u, kind)] for kind in Rater.values}


def current_period(on: date) -> str:
    """The quarter a day lies in, which is what is rated where nobody says otherwise."""
    return f"{on.year}-Q{(on.month + 2) // 3}"


class SheetForm(Form):
    """Which unit, in which period, rated by whom."""

    unit = forms.ChoiceField(label=_("Đơn vị"), required=False)
    period = forms.CharField(label=_("Kỳ đánh giá"), max_length=10)
    kind = forms.ChoiceField(label=_("Bên đánh giá"), required=False)

    prefix_id = "sheet"
    #: The unit of a person who has no choice to make.
    only_unit: Unit | None = None

    def __init__(
        self, data: Any = None, files: Any = None, *, units: dict[str, list[Unit]], on: date
    ) -> None:
        super().__init__(data, files, auto_id=f"{self.prefix_id}-%s", initial={"period": current_period(on)})
        self.raters = [(kind, Rater(kind).label) for kind in units if units[kind]]
        self.units = {u.code: u for listed in units.values() for u in listed}
        choices = sorted(self.units.values(), key=lambda unit: unit.sort_key)
        self.fields["unit"].choices = [(u.code, f"{u} ({u.code})") for u in choices]
        if len(choices) == 1:
            self.only_unit = choices[0]
            self.fields["unit"].widget = forms.HiddenInput()
            self.initial["unit"] = choices[0].code
        self.fields["kind"].choices = self.raters
        if len(self.raters) == 1:
            self.fields["kind"].widget = forms.HiddenInput()
            self.initial["kind"] = self.raters[0][0]
        self.fields["period"].widget.attrs["list"] = "periods"
        self.fields["period"].help_text = _("Ví dụ: 2026-Q4 (quý), 2026-H1 (nửa năm), 2026 (năm).")
        self.periods = list(Period.objects.values_list("code", flat=True)[:20])

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or (self.raters[0][0] if self.raters else "")

    def clean_period(self) -> str:
        code = self.cleaned_data["period"].strip().upper()
        try:
            period_named(code)
        except Refused as refused:
            raise forms.ValidationError([fault.sentence for fault in refused.faults]) from None
        return code


class AssessmentFilter(Form):
    """What the list of assessments may be narrowed by."""

    unit = forms.CharField(label=_("Đơn vị"), required=False)
    period = forms.CharField(label=_("Kỳ đánh giá"), required=False, max_length=10)
    kind = forms.ChoiceField(
        label=_("Bên đánh giá"), required=False, choices=[("", _("Tất cả")), *Rater.choices]
    )
    after = forms.IntegerField(required=False, widget=forms.HiddenInput, max_value=2**63 - 1)

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="filter-%s")
        self.fields["period"].widget.attrs["list"] = "periods"
        self.is_valid()

    def apply(self, assessments: QuerySet[Assessment]) -> QuerySet[Assessment]:
        given = self.cleaned_data
        for word in words_of(given.get("unit", "")):
            assessments = assessments.filter(unit__search_text__contains=word)
        if given.get("period"):
            assessments = assessments.filter(period__code=given["period"].strip().upper())
        if given.get("kind"):
            assessments = assessments.filter(kind=given["kind"])
        return assessments

    def is_narrowed(self) -> bool:
        return any(self.cleaned_data.get(name) for name in ("unit", "period", "kind"))

    def this_page(self, assessments: QuerySet[Assessment]) -> QuerySet[Assessment]:
        after = self.cleaned_data.get("after")
        return assessments.filter(pk__lt=after) if after else assessments

    def address_after(self, assessment: Assessment | None) -> str:
        query: Any = self.data.copy()  # type: ignore[attr-defined]
        query.pop("after", None)
        if assessment:
            query["after"] = str(assessment.pk)
        return "?" + query.urlencode()


class UploadForm(SheetForm):
    """A filled-in workbook."""

    file = forms.FileField(label=_("Phiếu đã điền (.xlsx hoặc .csv)"), allow_empty_file=True)

    prefix_id = "upload"

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        if self.only_unit is None:
            many = (MANY, _("Nhiều đơn vị: theo cột Mã đơn vị"))
            self.fields["unit"].choices = [many, *self.fields["unit"].choices]
        self.fields["file"].widget.attrs["accept"] = ".xlsx,.csv"

    def clean_file(self) -> Any:
        if self.cleaned_data["file"].size > settings.WORKBOOK_MAX_BYTES:
            limit = settings.WORKBOOK_MAX_BYTES // 1024 // 1024
            raise forms.ValidationError(_("Tệp lớn hơn %(limit)s MB.") % {"limit": limit})
        return self.cleaned_data["file"]

    def clean_unit(self) -> str:
        return self.cleaned_data["unit"] or (self.only_unit.code if self.only_unit else MANY)
