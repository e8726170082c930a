"""The workbook in: what people leave in cells, read where it is clear and refused where it is not."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from organisations.vietnamese import fold

from ..models import Colour, Indicator
from ..operations import LONGEST, Row, as_lines, too_long
from ..refusals import Fault, Refused
from .form import HEADERS
from .tables import Formula, read_table

_REQUIRED = ("indicator", "colour")
_BY_HEADER = {fold(header): name for name, header in HEADERS.items()}
#: The header row is looked for in this many rows from the top.
_HEADER_WITHIN = 30

#: What people write for a colour, folded: full word, English word, or first letter.
_COLOURS = {
    fold(word): colour
    for colour, words in {
        Colour.RED: ("Đỏ", "đ", "màu đỏ", "red", "r"),
        Colour.YELLOW: ("Vàng", "v", "màu vàng", "yellow", "y"),
        Colour.GREEN: ("Xanh", "x", "màu xanh", "xanh lá", "green", "g"),
        Colour.NOT_RATED: ("", "Chưa đánh giá", "c", "not rated", "not_rated"),
        Colour.NOT_APPLICABLE: ("Không áp dụng", "k", "not applicable", "not_applicable", "n/a"),
    }.items()
    for word in words
}


def read_rows(file: Any, *, name: str, unit_code: str | None = None, period: str | None = None) -> list[Row]:
    """The ratings of an .xlsx or .csv file, for one unit or for those its unit column names.

    Raises Refused with a sentence for each cell that is ambiguous or cannot be read, and for a form that
    was made for another unit or period.
    """
    table = read_table(file, name=name)
    header, columns = find_header(table, name)
    _refuse_another_units_form(table[:header], name, unit_code)
    _refuse_another_periods_form(table[:header], name, period)
    reader = _Reader(columns, unit_code)
    rows = [
        row
        for number, values in enumerate(table[header + 1 :], start=header + 2)
        if (row := reader.read(number, values))
    ]
    if not rows and not reader.faults:
        reader.faults.append(Fault(name, _("Không có dòng đánh giá nào dưới hàng tiêu đề.")))
    if reader.faults:
        raise Refused(reader.faults)
    return rows


class Loose(NamedTuple):
    """What could be read of one row, and what is wrong with the rest of it, by what the cell holds."""

    indicator: str
    colour: str
    finding: str
    evidence_note: str
    faults: list[tuple[str, str]]


def read_loosely(file: Any, *, name: str, unit_code: str) -> list[Loose]:
    """As much of one unit's file as can be read, for mending by hand; Refused where it is no table."""
    table = read_table(file, name=name)
    header, columns = find_header(table, name)
    _refuse_another_units_form(table[:header], name, unit_code)
    reader = _Reader(columns, unit_code)
    numbered = enumerate(table[header + 1 :], start=header + 2)
    return [row for number, values in numbered if (row := reader.read_loosely(number, values))]


def find_header(table: list[list[Any]], name: str) -> tuple[int, dict[str, int]]:
    """The row of the headings, and the columns that are understood by what they hold."""
    for number, values in enumerate(table[:_HEADER_WITHIN]):
        columns: dict[str, int] = {}
        for column, value in enumerate(values):
            known = _BY_HEADER.get(fold(str(value))) if value is not None else None
            if known:
                columns.setdefault(known, column)
        if all(required in columns for required in _REQUIRED):
            return number, columns
    sentence = _("Không tìm thấy hàng tiêu đề có cột “%(one)s” và “%(two)s”.")
    found = {"one": HEADERS["indicator"], "two": HEADERS["colour"]}
    raise Refused([Fault(name, sentence % found)])


def _refuse_another_units_form(above: list[list[Any]], name: str, unit_code: str | None) -> None:
    """The form names its unit in its title: "… (mã 11443) …"."""
    text = " ".join(text_of(value) for values in above for value in values)
    named = re.search(r"\(mã (\d{5})\)", text)
    if named and unit_code and named[1] != unit_code:
        sentence = _("Đây là phiếu của đơn vị %(code)s, không phải %(unit)s.")
        raise Refused([Fault(name, sentence % {"code": named[1], "unit": unit_code})])


def _refuse_another_periods_form(above: list[list[Any]], name: str, period: str | None) -> None:
    """The form names its period there as well: "… – Kỳ 2026-Q4"."""
    text = " ".join(text_of(value) for values in above for value in values)
    named = re.search(r"– Kỳ (\d{4}(?:-\w{2})?)(?!\w)", text)
    if named and period and named[1] != period:
        sentence = _(
            "Đây là phiếu của kỳ %(of)s, không phải %(period)s: hãy chọn lại kỳ hoặc sửa dòng đầu phiếu."
        )
        raise Refused([Fault(name, sentence % {"of": named[1], "period": period})])


class _Reader:
    """Reads the rows of one table and gathers what is wrong with them, cell by cell."""

    def __init__(self, columns: dict[str, int], unit_code: str | None) -> None:
        self.columns = columns
        self.unit_code = unit_code
        self.faults: list[Fault] = []
        self.titles = {i.code: fold(i.title_vi) for i in Indicator.objects.all()}

    def read(self, number: int, values: list[Any]) -> Row | None:
        """One rating; None for an empty row or one with a fault."""
        cells = self._cells(values)
        if cells is None:
            return None
        self.number, said = number, len(self.faults)
        for name, value in cells.items():
            if isinstance(value, Formula) and name != "title":
                self._fault(name, _("Ô này là công thức; hãy thay bằng giá trị."))
        if len(self.faults) > said:
            return None
        row = Row(
            unit=self._unit(cells),
            indicator=self._code(cells["indicator"], cells.get("title")),
            colour=self._colour(cells["colour"]),
            finding=self._words("finding", cells),
            evidence_note=self._words("evidence_note", cells),
            where=self._place("indicator"),
        )
        if row.colour == Colour.NOT_APPLICABLE and not row.finding:
            place = "finding" if "finding" in self.columns else "colour"
            self._fault(place, _("“Không áp dụng” cần lý do ở cột Phát hiện."))
        return None if len(self.faults) > said else row

    def read_loosely(self, number: int, values: list[Any]) -> Loose | None:
        """The same row with whatever of it is understood; None for an empty row."""
        cells, said = self._cells(values), len(self.faults)
        if cells is None:
            return None
        self.number = number
        row = self.read(number, values)
        places = {self._place(name): name for name in self.columns}
        wrong = [(places[fault.where], fault.sentence) for fault in self.faults[said:]]
        code = row.indicator if row else self._code(cells["indicator"], cells.get("title"))
        colour = row.colour if row else _COLOURS.get(fold(text_of(cells["colour"])), "")
        finding, evidence = (_said(cells.get(name)) for name in ("finding", "evidence_note"))
        return Loose(code, colour, finding, evidence, wrong)

    def _cells(self, values: list[Any]) -> dict[str, Any] | None:
        """The cells of a row by what they hold; None where it says nothing."""
        cells = {n: values[c] if c < len(values) else None for n, c in self.columns.items()}
        says = any(text_of(cells.get(n)) for n in HEADERS if n not in ("unit", "title"))
        return cells if says else None

    def _place(self, name: str) -> str:
        return f"{get_column_letter(self.columns[name] + 1)}{self.number}"

    def _fault(self, name: str, sentence: str) -> str:
        self.faults.append(Fault(self._place(name), sentence))
        return ""

    def _unit(self, cells: dict[str, Any]) -> str:
        code = _digits(cells.get("unit"))
        if not code and self.unit_code:
            return self.unit_code
        if not code and "unit" in cells:
            return self._fault("unit", _("Thiếu mã đơn vị."))
        if not code:
            sentence = _("Tệp không có cột “Mã đơn vị”; hãy nói rõ tệp của đơn vị nào.")
            return self._fault("indicator", sentence)
        # A spreadsheet program drops the leading zeros of a code it takes for a number.
        code = code.zfill(5) if code.isdigit() else code
        if self.unit_code and code != self.unit_code:
            sentence = _("Dòng này của đơn vị %(code)s, không phải %(unit)s.")
            return self._fault("unit", sentence % {"code": code, "unit": self.unit_code})
        return code

    def _code(self, value: Any, title: Any) -> str:
        if isinstance(value, datetime | date):
            sentence = _("Excel đã biến mã chỉ số thành ngày tháng; hãy định dạng ô là Văn bản và gõ lại mã.")
            return self._fault("indicator", sentence)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        code = f"{value:g}" if is_number else text_of(value).replace(",", ".").replace(" ", "")
        code = code.lstrip("'").rstrip(".")
        # 1.10 that was once taken for a number reads 1.1: the title tells which it was.
        longer = f"{code}0"
        said = "" if _is_blank(title) else fold(text_of(title))
        if longer in self.titles and said == self.titles[longer]:
            return longer
        if longer in self.titles and is_number and said != self.titles[code]:
            sentence = _(
                "Mã %(code)s có thể là %(code)s hoặc %(longer)s vì Excel đã biến mã thành số; "
                "hãy định dạng ô là Văn bản và gõ lại mã."
            )
            return self._fault("indicator", sentence % {"code": code, "longer": longer})
        if code not in self.titles:
            sentence = _("Không có chỉ số mang mã “%(code)s”; dùng mã từ 1.1 đến 4.8.")
            return self._fault("indicator", sentence % {"code": text_of(value)})
        return code

    def _colour(self, value: Any) -> str:
        colour = _COLOURS.get(fold(text_of(value)))
        if colour is None:
            sentence = _(
                "Không hiểu mức đánh giá “%(word)s”; dùng Đỏ, Vàng, Xanh, Chưa đánh giá hoặc Không áp dụng."
            )
            return self._fault("colour", sentence % {"word": text_of(value)})
        return colour

    def _words(self, name: str, cells: dict[str, Any]) -> str:
        words = as_lines(text_of(cells.get(name)))
        return words if len(words) <= LONGEST else self._fault(name, too_long())


def text_of(value: Any) -> str:
    """What a cell says, as text."""
    if isinstance(value, datetime | date):
        return value.strftime("%d/%m/%Y")
    return unicodedata.normalize("NFC", str(value)).strip() if value is not None else ""


def _said(value: Any) -> str:
    return "" if isinstance(value, Formula) else text_of(value)


def _is_blank(value: Any) -> bool:
    return isinstance(value, Formula) or not text_of(value)


def _digits(value: Any) -> str:
    whole = isinstance(value, float) and value.is_integer()
    return text_of(int(value) if whole else value)
