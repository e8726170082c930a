"""The form of an audit note: what was seen, and what it comes to."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from audits.vocabulary import Verdict

from .fields import Form, text


class AuditNoteForm(Form):
    note = text(required=False, label=_("Điều đã kiểm tra và nhận thấy"))
    verdict = forms.ChoiceField(
        label=_("Kết luận"), required=False, choices=[("", _("Chưa kết luận")), *Verdict.choices]
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="audit-%s")
        self.fields["note"].is_asked = True
        self.fields["note"].widget.attrs["required"] = True
