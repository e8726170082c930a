"""The file of people to fill in, as a workbook with the words it may hold to choose from."""

import io

from django.http import HttpResponse
from django.utils.translation import override
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation

from .models import Department, Role
from .roster import HEADERS
from .rosterfile import write_template

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#: Rows prepared as text: a code keeps its zeros, a day its order.
_PREPARED, _LAST = 300, 10_001


def workbook() -> bytes:
    """One sheet, its headings in Vietnamese whoever asks for it."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Người dùng"
    sheet.append(list(HEADERS.values()))
    names = list(HEADERS)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = 24
        for row in range(2, _PREPARED):
            sheet.cell(row=row, column=cell.column).number_format = "@"
    with override("vi"):
        words = {"address": ["Ông", "Bà"], "role": [str(role.label) for role in Role]}
        words["department"] = list(Department.values)
    for name, choices in words.items():
        choice = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True)
        sheet.add_data_validation(choice)
        letter = sheet.cell(row=1, column=names.index(name) + 1).column_letter
        choice.add(f"{letter}2:{letter}{_LAST}")
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_attachment(kind: str) -> HttpResponse:
    """The file to fill in, as "xlsx" or as "csv"."""
    if kind == "csv":
        response = HttpResponse(write_template(), content_type="text/csv; charset=utf-8")
    else:
        response = HttpResponse(workbook(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="nguoi-dung.{kind}"'
    return response
