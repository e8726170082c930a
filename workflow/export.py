"""A list as a table to take away: Excel or CSV, row by row, never a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from .deadlines import LOCAL
from .refusals import Invalid
from .vocabulary import DATES

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Rows of one Excel file: more is nothing to read, and is to be had as CSV.
MAX_XLSX_ROWS = 20_000
#: Rows read from the database at a time.
_CHUNK = 2000
#: What a list is made of: rows of the database, or figures already counted.
Found = QuerySet[Any] | Sequence[Any]
#: A spreadsheet takes a text that begins like this for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Table(NamedTuple):
    """What a file is called, what its sheet, and what each column says of a row."""

    file: str
    sheet: Any
    columns: tuple[tuple[Any, Any], ...]


CASES = Table(
    "ho-so",
    gettext_lazy("Hồ sơ"),
    (
        (gettext_lazy("Số hồ sơ"), lambda c: c.number),
        (gettext_lazy("Mã đơn vị"), lambda c: c.unit.code),
        (gettext_lazy("Đơn vị"), lambda c: c.unit_name),
        (gettext_lazy("Mã chỉ số"), lambda c: c.indicator.code),
        (gettext_lazy("Chỉ số"), lambda c: c.indicator.title),
        (gettext_lazy("Mức khi mở"), lambda c: c.get_colour_display()),
        (gettext_lazy("Trạng thái"), lambda c: c.get_state_display()),
        (gettext_lazy("Giữ hồ sơ"), lambda c: str(c.held_by.label)),
        (gettext_lazy("Chủ trì"), lambda c: str(c.assignee or "")),
        (gettext_lazy("Mở lúc"), lambda c: c.opened_at.astimezone(LOCAL).date()),
        (DATES["original_due_on"], lambda c: c.original_due_on),
        (DATES["due_on"], lambda c: c.due_on),
        (gettext_lazy("Số lần gia hạn"), lambda c: c.extension_count),
        (gettext_lazy("Hạn đề nghị"), lambda c: c.requested_due_on),
        (gettext_lazy("Thời hạn đang chạy"), lambda c: c.turn_due_on),
        (gettext_lazy("Tái diễn lần"), lambda c: c.recurrence_count),
        (gettext_lazy("Kết thúc lúc"), lambda c: c.closed_at and c.closed_at.astimezone(LOCAL).date()),
    ),
)


def as_table(table: Table, found: Found, kind: str, *, on: date) -> HttpResponseBase:
    """What was found as a file to download; `kind` is "xlsx" or "csv". Invalid for any other."""
    writers: dict[str, Callable[[Table, Found], HttpResponseBase]] = {"xlsx": _xlsx, "csv": _csv}
    if kind not in writers:
        raise Invalid(errors={"as": [_("Chọn xlsx hoặc csv.")]})
    response = writers[kind](table, found)
    response["Content-Disposition"] = f'attachment; filename="{table.file}-{on:%Y-%m-%d}.{kind}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _rows(table: Table, found: Found) -> Iterator[list[Any]]:
    yield [str(name) for name, _value in table.columns]
    for one in found.iterator(chunk_size=_CHUNK) if isinstance(found, QuerySet) else found:
        yield [value(one) for _name, value in table.columns]


def _xlsx(table: Table, found: Found) -> HttpResponse:
    if isinstance(found, QuerySet) and found[: MAX_XLSX_ROWS + 1].count() > MAX_XLSX_ROWS:
        said = _("Hơn %(count)s dòng: hãy lọc bớt hoặc tải dạng CSV.") % {"count": MAX_XLSX_ROWS}
        raise Invalid(errors={"as": [said]})
    book = Workbook(write_only=True)
    sheet = book.create_sheet(str(table.sheet))
    sheet.freeze_panes = "A2"
    for number, row in enumerate(_rows(table, found)):
        sheet.append([_cell(sheet, value, is_head=number == 0) for value in row])
    out = io.BytesIO()
    book.save(out)
    return HttpResponse(out.getvalue(), content_type=XLSX)


def _cell(sheet: Any, value: Any, *, is_head: bool) -> WriteOnlyCell:
    if isinstance(value, datetime):  # a spreadsheet knows no time zones
        value = value.astimezone(LOCAL).replace(tzinfo=None)
    if isinstance(value, str):  # without what no cell can hold: one name must not spoil everybody's file
        value = ILLEGAL_CHARACTERS_RE.sub("", value)
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "s"
    elif isinstance(value, datetime):
        cell.number_format = "dd/mm/yyyy hh:mm"
    elif isinstance(value, date):
        cell.number_format = "dd/mm/yyyy"
    if is_head:
        cell.font = Font(bold=True)
    return cell


class _Line:
    """What csv.writer writes to: each line goes straight out."""

    def write(self, line: str) -> str:
        return line


def _csv(table: Table, found: Found) -> StreamingHttpResponse:
    writer = csv.writer(_Line())
    lines = (writer.writerow([plain(value) for value in row]) for row in _rows(table, found))
    # The mark by which Excel knows UTF-8.
    return StreamingHttpResponse(_marked(lines), content_type="text/csv; charset=utf-8")


def _marked(lines: Iterator[str]) -> Iterator[str]:
    yield "\ufeff"
    yield from lines


def plain(value: Any) -> str:
    """A value in a cell of a CSV file, which no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(LOCAL).isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
