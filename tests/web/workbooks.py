"""Workbooks as a coordinator leaves them."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from indicators.workbook import write_form

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def filled_in(unit, period, **words):
    """The form of a unit with colours typed in: filled_in(ward, "2026-Q4", đỏ="1.4 2.3")."""
    book = load_workbook(io.BytesIO(write_form(unit, period)))
    sheet = book.active
    header = next(row for row in sheet.iter_rows() if any(cell.value == "Mã chỉ số" for cell in row))
    columns = {cell.value: cell.column for cell in header}
    colours = {code: colour for colour, codes in words.items() for code in codes.split()}
    for row in sheet.iter_rows(min_row=header[0].row + 1):
        code = sheet.cell(row[0].row, columns["Mã chỉ số"]).value
        if code in colours:
            sheet.cell(row[0].row, columns["Mức đánh giá"]).value = colours[code].replace("_", " ")
            sheet.cell(row[0].row, columns["Phát hiện"]).value = f"Phát hiện ở chỉ số {code}"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def uploaded(content, name="phieu.xlsx"):
    return SimpleUploadedFile(name, content, content_type=XLSX)
