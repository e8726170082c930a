"""The 39 ratings of an assessment as one form: colour, finding and proof of each."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from indicators.models import Colour, Indicator
from indicators.operations import Row

from .fields import Form, text

#: As the API has it.
LONGEST = 10_000
#: How forms and rows of ratings call the same three things.
SAID = ("colour", "finding", "evidence_note")


class RatingForm(Form):
    """One indicator; `seen` is the key of the rating it was drawn from, 0 for none."""

    colour = forms.ChoiceField(
        label=_("Mức đánh giá"),
        choices=Colour.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Chọn một mức đánh giá.")},
    )
    finding = text(2, label=_("Phát hiện"), required=False, max_length=LONGEST)
    evidence_note = text(2, label=_("Minh chứng"), required=False, max_length=LONGEST)
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**63 - 1, required=False)

    def __init__(self, indicator: Indicator, data: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, prefix=indicator.code, initial=initial)
        self.indicator = indicator

    def clean_seen(self) -> int:
        return self.cleaned_data["seen"] or 0

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("colour") == Colour.NOT_APPLICABLE and not given.get("finding", "").strip():
            self.add_error("finding", _("“Không áp dụng” cần lý do ở cột Phát hiện."))
        return given

    def said(self) -> tuple[str, str, str]:
        """What was typed, as a rating has it; line ends as they are kept, not as browsers send them."""
        colour, *texts = (self.cleaned_data[name] for name in SAID)
        finding, evidence = (words.replace("\r\n", "\n") for words in texts)
        return colour, finding, evidence

    def row(self, unit: str) -> Row:
        code = self.indicator.code
        return Row(unit, code, *self.said(), where=code, seen=self.cleaned_data["seen"])
