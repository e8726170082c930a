"""A file of either kind as a table of cells, opened with care: it comes from anywhere."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from openpyxl import load_workbook

from organisations.rosterfile import table_of_csv
from organisations.vietnamese import fold

from ..refusals import Fault, Refused
from .form import SHEET
from .weight import weigh

#: The whole country fills 130,000 rows of six columns.
MAX_ROWS, MAX_CELLS = 500_000, 5_000_000


class Formula(str):
    """What a cell computes instead of says."""


def read_table(file: Any, *, name: str) -> list[list[Any]]:
    """All rows of a .csv or .xlsx file; Refused where it is too large or cannot be opened."""
    if file.seek(0, io.SEEK_END) > settings.WORKBOOK_MAX_BYTES:
        raise Refused([Fault(name, _("Tệp quá lớn để là một phiếu đánh giá."))])
    file.seek(0)
    rows = _csv_rows if name.lower().endswith(".csv") else _xlsx_rows
    return rows(file, name)


def table_of(content: bytes, name: str) -> list[list[Any]]:
    """The cells of a list of people in a file of either kind; Refused where it cannot be opened."""
    if name.lower().endswith((".xlsx", ".xlsm")):
        return read_table(io.BytesIO(content), name=name)
    return table_of_csv(content)


def _csv_rows(file: Any, name: str) -> list[list[Any]]:
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused([Fault(name, _("Tệp CSV phải lưu ở bảng mã UTF-8."))]) from None
    if text.count("\n") > MAX_ROWS:
        raise Refused([Fault(name, _("Tệp có quá nhiều dòng."))])
    try:
        dialect: Any = csv.Sniffer().sniff(text[:4096], delimiters=",;\t")
    except csv.Error:
        dialect = csv.excel
    try:
        if "\0" in text:  # no text has it, and PostgreSQL takes none that does
            raise csv.Error
        return list(csv.reader(io.StringIO(text, newline=""), dialect))
    except csv.Error:
        raise Refused([Fault(name, _("Không đọc được tệp CSV; hãy lưu lại từ Excel."))]) from None


def _xlsx_rows(file: Any, name: str) -> list[list[Any]]:
    try:
        with zipfile.ZipFile(file) as archive:
            weigh(archive, name)
        file.seek(0)
        book = load_workbook(file)
        sheets = book.worksheets
        sheet = next((s for s in sheets if fold(s.title) == fold(SHEET)), None) or sheets[0]
        rows = _filled_rows(sheet)
        _fill_down_merged(rows, sheet)
        return rows
    except Refused:
        raise
    except Exception:
        # A damaged workbook fails inside the library in a dozen ways; to the person it is one.
        sentence = _("Không mở được tệp. Hãy lưu lại ở dạng .xlsx hoặc .csv rồi tải lên.")
        raise Refused([Fault(name, sentence)]) from None


def _filled_rows(sheet: Any) -> list[list[Any]]:
    """The rows down to the last cell that says something; cells that are only painted say nothing."""
    filled = [cell for cell in sheet._cells.values() if cell.value is not None]
    height = max((cell.row for cell in filled), default=0)
    width = max((cell.column for cell in filled), default=0)
    if height * width > MAX_CELLS:
        # One word typed far away makes a table of billions of empty cells.
        far = max(filled, key=lambda cell: cell.row * cell.column)
        raise Refused([Fault(far.coordinate, _("Ô này nằm quá xa bảng; hãy xóa nội dung của nó."))])
    rows: list[list[Any]] = [[None] * width for _number in range(height)]
    for cell in filled:
        rows[cell.row - 1][cell.column - 1] = _value(cell)
    return rows


def _value(cell: Any) -> Any:
    return Formula(cell.value) if cell.data_type == "f" else cell.value


def _fill_down_merged(rows: list[list[Any]], sheet: Any) -> None:
    """A cell merged over several rows holds for each of them."""
    for merged in sheet.merged_cells.ranges:
        column = merged.min_col - 1
        inside = rows[merged.min_row - 1 : merged.max_row]
        for row in inside if inside and column < len(inside[0]) else ():
            row[column] = inside[0][column]
