"""The file of people as CSV: in as Excel and others leave it, out to be filled in."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.utils.translation import gettext as _

from .refusals import Fault, Refused
from .roster import HEADERS

#: Ten thousand people take two megabytes.
MAX_BYTES = 5 * 1024 * 1024


def table_of_csv(content: bytes) -> list[list[Any]]:
    """The cells of a CSV as Excel and others leave it: any separator, UTF-8 or UTF-16."""
    sixteen = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = content.decode("utf-16" if sixteen else "utf-8-sig")
    except UnicodeDecodeError:
        said = _("Tệp không phải UTF-8; trong Excel, hãy lưu dạng “CSV UTF-8 (phân tách bằng dấu phẩy)”.")
        raise Refused([Fault("", said)]) from None
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    try:
        if "\0" in text:
            raise csv.Error
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise Refused([Fault("", _("Tệp không phải CSV đọc được."))]) from None


def write_template() -> str:
    """A file to fill in."""
    out = io.StringIO()
    out.write("\ufeff")  # without it Excel reads Vietnamese as noise
    csv.writer(out).writerow(HEADERS.values())
    return out.getvalue()
