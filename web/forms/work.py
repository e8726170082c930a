"""The forms of the work inside a case: analysis, corrective actions, evidence, comments."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from actions.models import CauseAnalysis, CauseCategory, CorrectiveAction
from actions.operations import MAX_WHYS
from workflow.models import Case

from .fields import CHOOSE, Form, day, people_of, text, yes_or_no

WHYS_AT_FIRST = 5
WHYS = [f"why_{n}" for n in range(1, MAX_WHYS + 1)]


class AnalysisForm(Form):
    """Correction, whys, root cause, similar cases, criterion: what the standard asks to see."""

    most_whys = MAX_WHYS

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    correction = text(required=False, label=_("Xử lý ngay"))
    root_cause = text(required=False, label=_("Nguyên nhân gốc"))
    cause_category = forms.ChoiceField(
        label=_("Nhóm nguyên nhân"), required=False, choices=[("", "—"), *CauseCategory.choices]
    )
    similar_cases_found = yes_or_no(required=False, label=_("Có trường hợp tương tự ở nơi khác không?"))
    similar_cases = text(required=False, rows=2, label=_("Đã rà soát ở đâu, thấy gì"))
    effectiveness_criterion = text(required=False, rows=2, label=_("Tiêu chí đánh giá hiệu lực"))
    no_action_reason = text(
        required=False, rows=2, label=_("Lý do không cần hành động khắc phục (chỉ với mức Vàng)")
    )

    def __init__(self, case: Case, data: Any = None) -> None:
        analysis = getattr(case, "analysis", None)
        super().__init__(data, auto_id="analysis-%s", initial=_said(analysis) if analysis else {})
        for number, name in enumerate(WHYS, start=1):
            self.fields[name] = forms.CharField(
                required=False, label=_("Vì sao? (%(number)s)") % {"number": number}
            )
        self.fields["correction"].help_text = _("Đã làm gì ngay để chặn hậu quả.")
        self.fields["root_cause"].help_text = _("Nêu nguyên nhân của quy trình, không nêu tên người.")
        self.fields["effectiveness_criterion"].help_text = _(
            "Một điều quan sát được, ví dụ: ba tháng liền 98 % hồ sơ đúng hạn."
        )

    def whys(self) -> list[Any]:
        """Five to begin with; when they are used up, one more each time."""
        answered = sum(bool(self[name].value()) for name in WHYS)
        return [self[name] for name in WHYS[: max(WHYS_AT_FIRST, answered + 1)]]

    def given(self) -> dict[str, Any]:
        """What the person gave, for the operation; the whys without the empty ones."""
        given = {n: v for n, v in self.cleaned_data.items() if n not in WHYS and n != "version"}
        whys = [self.cleaned_data[name].strip() for name in WHYS]
        return given | {"whys": [why for why in whys if why]}


def _said(analysis: CauseAnalysis) -> dict[str, Any]:
    said = {name: getattr(analysis, name) for name in AnalysisForm.base_fields if name != "version"}
    said["similar_cases_found"] = {True: "yes", False: "no", None: ""}[analysis.similar_cases_found]
    return said | dict(zip(WHYS, analysis.whys, strict=False))


class ActionForm(Form):
    """A corrective action: what, who, until when."""

    description = text(required=False, rows=2, label=_("Việc cần làm"))
    owner: Any = forms.ModelChoiceField(
        queryset=None, required=False, label=_("Người thực hiện"), empty_label=CHOOSE
    )
    due_on = day(required=False, label=_("Hạn"))

    def __init__(
        self,
        case: Case,
        data: Any = None,
        *,
        on: date,
        action: CorrectiveAction | None = None,
        people: list[Any] | None = None,
    ) -> None:
        key = f"action-{action.number}" if action else "action"
        initial: dict[str, Any] = {"due_on": case.due_on}
        if action:
            initial = {"description": action.description, "owner": action.owner_id, "due_on": action.due_on}
        super().__init__(data, auto_id=f"{key}-%s", initial=initial)
        self.fields["owner"].queryset = people_of(case.unit_id, on)
        if people:
            self.fields["owner"].choices = people
        for field in self.fields.values():
            field.is_asked = True
            field.widget.attrs["required"] = True

    def clean(self) -> None:
        for name in self.fields:
            if name not in self.errors and not self.cleaned_data.get(name):
                self.add_error(name, _("Không để trống."))


class NoteForm(Form):
    """A few words: a result, a reason, a comment. `name` is what the operation calls them."""

    def __init__(
        self, key: str, data: Any = None, *, name: str = "note", label: Any, asked: bool = True
    ) -> None:
        super().__init__(data, auto_id=f"{key}-%s")
        self.fields[name] = text(required=False, rows=2, label=label)
        if asked:
            self.fields[name].is_asked = True
            self.fields[name].widget.attrs["required"] = True


class FilesField(forms.FileField):
    """One file or several, chosen at once."""

    widget = type("FilesInput", (forms.ClearableFileInput,), {"allow_multiple_selected": True})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        clean_one = super().clean
        return [clean_one(file, initial) for file in data or ()]


class EvidenceForm(Form):
    """Files that prove what was done, with what they prove."""

    file = FilesField(label=_("Tệp"), required=False, allow_empty_file=True)
    description = forms.CharField(label=_("Chứng minh điều gì"), required=False, max_length=300)

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, auto_id="evidence-%s")
        self.fields["file"].help_text = _(
            "Một hay nhiều tệp: PDF, ảnh, Word (.docx), Excel (.xlsx), mỗi tệp tối đa %(limit)s MB."
        ) % {"limit": settings.EVIDENCE_MAX_BYTES // 1024 // 1024}
        self.fields["file"].is_asked = True
        self.fields["file"].widget.attrs |= {
            "required": True,
            "accept": ".pdf,.png,.jpg,.jpeg,.webp,.docx,.xlsx",
        }

    def clean_file(self) -> list[Any]:
        if not self.cleaned_data["file"]:
            raise forms.ValidationError(_("Hãy chọn một tệp."))
        return self.cleaned_data["file"]
