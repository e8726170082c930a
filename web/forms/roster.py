"""What the import of people asks: a file, and whether those who are new are to be written to."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organisations.rosterfile import MAX_BYTES

from .fields import Form


class RosterForm(Form):
    file = forms.FileField(label=_("Danh sách đã điền (.csv hoặc .xlsx)"), allow_empty_file=True)

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, auto_id="roster-%s")
        self.fields["file"].widget.attrs["accept"] = ".csv,.xlsx"
        self.fields["file"].is_asked = True

    def clean_file(self) -> Any:
        if self.cleaned_data["file"].size > MAX_BYTES:
            limit = MAX_BYTES // 1024 // 1024
            raise forms.ValidationError(_("Tệp lớn hơn %(limit)s MB.") % {"limit": limit})
        return self.cleaned_data["file"]


class ConfirmForm(Form):
    invite = forms.BooleanField(
        label=_("Gửi thư mời đặt mật khẩu cho người mới"), required=False, initial=True
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="confirm-%s")
