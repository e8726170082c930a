"""The 39 ratings of an assessment as one form: colour, finding and proof of each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from indicators.models import Colour, Indicator
from indicators.operations import LONGEST, Row, as_lines, too_long

from .fields import Form, text

#: How forms and rows of ratings call the same three things.
SAID = ("colour", "finding", "evidence_note")


class RatingForm(Form):
    """One indicator; `seen` is the key of the rating it was drawn from, 0 for none.

    `kept` is what is on record: it may stay as it is even where nobody could write it today.
    """

    colour = forms.ChoiceField(
        label=_("Mức đánh giá"),
        choices=Colour.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Chọn một mức đánh giá.")},
    )
    finding = text(2, label=_("Phát hiện"), required=False)
    evidence_note = text(2, label=_("Minh chứng"), required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**63 - 1, required=False)

    def __init__(
        self, indicator: Indicator, data: Any = None, *, initial: Any = None, kept: Iterable[str] = ()
    ) -> None:
        super().__init__(data, prefix=indicator.code, initial=initial)
        self.indicator, self.kept = indicator, set(kept)
        for name in SAID[1:]:
            self.fields[name].widget.attrs["maxlength"] = LONGEST

    def clean_seen(self) -> int:
        return self.cleaned_data["seen"] or 0

    def clean_finding(self) -> str:
        return self._words("finding")

    def clean_evidence_note(self) -> str:
        return self._words("evidence_note")

    def _words(self, name: str) -> str:
        words = as_lines(self.cleaned_data[name])
        if len(words) > LONGEST and words not in self.kept:
            raise forms.ValidationError(too_long())
        return words

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("colour") == Colour.NOT_APPLICABLE and not given.get("finding", "").strip():
            self.add_error("finding", _("“Không áp dụng” cần lý do ở cột Phát hiện."))
        return given

    def said(self) -> tuple[str, str, str]:
        """What was typed, as a rating has it."""
        colour, finding, evidence = (self.cleaned_data[name] for name in SAID)
        return colour, finding, evidence

    def row(self, unit: str) -> Row:
        code = self.indicator.code
        return Row(unit, code, *self.said(), where=code, seen=self.cleaned_data["seen"])
