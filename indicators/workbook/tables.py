"""A file of either kind as a table of cells, opened with care: it comes from anywhere."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from openpyxl import load_workbook

from organisations.vietnamese import fold

from ..refusals import Fault, Refused
from .form import SHEET


class Formula(str):
    """What a cell computes instead of says."""


def read_table(file: Any, *, name: str) -> list[list[Any]]:
    """All rows of a .csv or .xlsx file; Refused where it is too large or cannot be opened."""
    if file.seek(0, io.SEEK_END) > settings.WORKBOOK_MAX_BYTES:
        raise Refused([Fault(name, _("Tệp quá lớn để là một phiếu đánh giá."))])
    file.seek(0)
    rows = _csv_rows if name.lower().endswith(".csv") else _xlsx_rows
    return list(rows(file, name))


def _csv_rows(file: Any, name: str) -> Iterator[list[Any]]:
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused([Fault(name, _("Tệp CSV phải lưu ở bảng mã UTF-8."))]) from None
    try:
        dialect: Any = csv.Sniffer().sniff(text[:4096], delimiters=",;\t")
    except csv.Error:
        dialect = csv.excel
    try:
        yield from csv.reader(io.StringIO(text, newline=""), dialect)
    except csv.Error:
        raise Refused([Fault(name, _("Không đọc được tệp CSV; hãy lưu lại từ Excel."))]) from None


def _xlsx_rows(file: Any, name: str) -> Iterator[list[Any]]:
    try:
        with zipfile.ZipFile(file) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
        # A small file may unpack to gigabytes: it is weighed before it is opened.
        if unpacked > settings.WORKBOOK_MAX_UNPACKED_BYTES:
            raise Refused([Fault(name, _("Tệp giải nén ra quá lớn."))])
        file.seek(0)
        book = load_workbook(file)
        sheets = book.worksheets
        sheet = next((s for s in sheets if fold(s.title) == fold(SHEET)), None) or sheets[0]
        rows = [[_value(cell) for cell in row] for row in sheet.iter_rows()]
        _fill_down_merged(rows, sheet)
    except Refused:
        raise
    except Exception:
        # A damaged workbook fails inside the library in a dozen ways; to the person it is one.
        sentence = _("Không mở được tệp. Hãy lưu lại ở dạng .xlsx hoặc .csv rồi tải lên.")
        raise Refused([Fault(name, sentence)]) from None
    yield from rows


def _value(cell: Any) -> Any:
    return Formula(cell.value) if cell.data_type == "f" else cell.value


def _fill_down_merged(rows: list[list[Any]], sheet: Any) -> None:
    """A cell merged over several rows holds for each of them."""
    for merged in sheet.merged_cells.ranges:
        column = merged.min_col - 1
        value = rows[merged.min_row - 1][column]
        for number in range(merged.min_row, merged.max_row):
            rows[number][column] = value
