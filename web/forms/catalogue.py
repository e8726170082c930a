"""What the page of the catalogue asks: a new edition, or the day its titles were compared."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from indicators.editions import MAX_BYTES

from .fields import Form, day


class EditionForm(Form):
    """An edition as a file."""

    file = forms.FileField(label=_("Danh mục (.csv hoặc .yaml)"), allow_empty_file=True)
    edition = forms.CharField(label=_("Tên phiên bản"), max_length=40)
    compared_on = day(
        label=_("Ngày đối chiếu với TCVN"),
        required=False,
        help_text=_("Để trống nếu chưa đối chiếu; mọi trang sẽ ghi rõ điều đó."),
    )

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, auto_id="edition-%s")
        self.fields["file"].widget.attrs["accept"] = ".csv,.yaml,.yml"
        for name in ("file", "edition"):
            self.fields[name].is_asked = True

    def clean_file(self) -> Any:
        if self.cleaned_data["file"].size > MAX_BYTES:
            raise forms.ValidationError(_("Tệp quá lớn để là danh mục 39 chỉ số."))
        return self.cleaned_data["file"]

    def clean_edition(self) -> str:
        """The name as it will be kept, so that the preview knows which edition it replaces."""
        return " ".join(self.cleaned_data["edition"].split())


class ComparedForm(Form):
    """The titles in force were compared with the text of the standard."""

    compared_on = day(label=_("Ngày đối chiếu với TCVN"))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="compared-%s")
