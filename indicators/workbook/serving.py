"""The workbook of a unit and period goes out as a file of its own name."""

from django.http import HttpResponse

from organisations.models import Unit

from .form import write_form

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_attachment(unit: Unit, period: str, kind: str) -> HttpResponse:
    """The form with what this rater has said so far."""
    response = HttpResponse(write_form(unit, period, kind), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="danh-gia-{unit.code}-{period}.xlsx"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
