"""The workbook out: 39 indicators of a unit and period, to fill in."""

from __future__ import annotations

import io

from django.utils.translation import override
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from organisations.models import Unit

from ..models import Assessment, Colour, Indicator, Rater, Rating

SHEET = "Đánh giá"
#: Headers of the form, by what they hold; a file may have them in any order.
HEADERS = {
    "unit": "Mã đơn vị",
    "indicator": "Mã chỉ số",
    "title": "Chỉ số",
    "colour": "Mức đánh giá",
    "finding": "Phát hiện",
    "evidence_note": "Minh chứng",
}
_HEADER_ROW = 4


#: What the form of each rater is called.
TITLES = {Rater.SELF: "PHIẾU TỰ ĐÁNH GIÁ 39 CHỈ SỐ", Rater.CITY: "PHIẾU ĐÁNH GIÁ CỦA THÀNH PHỐ, 39 CHỈ SỐ"}


def write_form(unit: Unit, period: str, kind: str = Rater.SELF) -> bytes:
    """The form of a unit and period as .xlsx, with what this rater has said so far filled in."""
    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    sheet["A1"] = f"{TITLES[Rater(kind)]} – {unit} (mã {unit.code}) – Kỳ {period}"
    sheet["A1"].font = Font(bold=True, size=14)
    sheet["A2"] = (
        "Mức đánh giá: Đỏ, Vàng, Xanh, Chưa đánh giá hoặc Không áp dụng (cần nêu lý do ở cột "
        "Phát hiện). Tên chỉ số: chưa đối chiếu với TCVN."
    )
    names = [name for name in HEADERS if name != "unit"]
    for column, name in enumerate(names, start=1):
        cell = sheet.cell(row=_HEADER_ROW, column=column, value=HEADERS[name])
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DDE7E0")
    _write_indicators(sheet, _rated_so_far(unit, period, kind))
    _lay_out(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write_indicators(sheet: Worksheet, rated: dict[int, Rating]) -> None:
    for row, indicator in enumerate(Indicator.objects.all(), start=_HEADER_ROW + 1):
        rating = rated.get(indicator.pk)
        values = [indicator.code, indicator.title_vi, None, None, None]
        if rating:
            values[2:] = [_label(rating.colour), rating.finding, rating.evidence_note]
        for column, value in enumerate(values, start=1):
            # Without what no cell can hold; findings also come by API.
            text = ILLEGAL_CHARACTERS_RE.sub("", value or "")
            cell = sheet.cell(row=row, column=column, value=text or None)
            # Kept as text: 1.10 must not turn into 1.1, nor a finding into a formula.
            cell.number_format = "@"
            if text:
                cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _lay_out(sheet: Worksheet) -> None:
    choice = DataValidation(
        type="list", formula1='"Đỏ,Vàng,Xanh,Chưa đánh giá,Không áp dụng"', allow_blank=True
    )
    sheet.add_data_validation(choice)
    choice.add(f"C{_HEADER_ROW + 1}:C{sheet.max_row}")
    for column, width in zip("ABCDE", (11, 52, 17, 60, 40), strict=True):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = f"A{_HEADER_ROW + 1}"
    sheet.print_title_rows = f"{_HEADER_ROW}:{_HEADER_ROW}"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _rated_so_far(unit: Unit, period: str, kind: str) -> dict[int, Rating]:
    assessment = Assessment.objects.filter(unit=unit, period__code=period, kind=kind).first()
    if assessment is None:
        return {}
    return {r.indicator_id: r for r in Rating.objects.in_force().filter(assessment=assessment)}


def _label(colour: str) -> str | None:
    """The word in the form's own language; not rated is an empty cell."""
    with override("vi"):
        return None if colour == Colour.NOT_RATED else str(Colour(colour).label)
