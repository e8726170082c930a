"""The workbook of 39 indicators: out to be filled in, in with a preview, recorded on confirmation."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from indicators.models import Rater
from indicators.operations import Report, Row, record_assessments
from indicators.refusals import Fault, NotAllowed, Refused
from indicators.reports import summary
from indicators.workbook import read_rows, write_form
from web import uploads
from web.forms.assessments import SheetForm, UploadForm, recordable
from web.hands import PersonRequest, hand_of
from web.preview import told

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _forms(request: PersonRequest, *, data: Any = None, files: Any = None) -> dict[str, Any]:
    units, on = recordable(hand_of(request)), timezone.localdate()
    if not any(units.values()):
        raise PermissionDenied
    sheet = SheetForm(units=units, on=on)
    return {"sheet": sheet, "upload": UploadForm(data, files, units=units, on=on)}


@login_required
def index(request: PersonRequest) -> HttpResponse:
    context = _forms(request) | {"waiting": uploads.waiting_in(request.session)}
    return render(request, "web/assessments.html", context)


@login_required
def form(request: PersonRequest) -> HttpResponse:
    """The workbook of one unit and period, with what has been rated so far."""
    units, on = recordable(hand_of(request)), timezone.localdate()
    asked = SheetForm(request.GET, units=units, on=on)
    if not asked.is_valid() or not asked.cleaned_data["unit"]:
        raise Http404
    unit, period = asked.units[asked.cleaned_data["unit"]], asked.cleaned_data["period"]
    response = HttpResponse(write_form(unit, period, asked.cleaned_data["kind"]), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="danh-gia-{unit.code}-{period}.xlsx"'
    return response


@login_required
@require_POST
def upload(request: PersonRequest) -> HttpResponse:
    context = _forms(request, data=request.POST, files=request.FILES)
    asked = context["upload"]
    if not asked.is_valid():
        return render(request, "web/assessments.html", context, status=400)
    file, given = asked.cleaned_data["file"], asked.cleaned_data
    waiting = uploads.keep(
        request.session, file, unit=given["unit"], period=given["period"], kind=given["kind"]
    )
    try:
        _record(request, waiting, dry_run=True)
    except Refused as refused:
        uploads.forget(request.session)
        return _refused(request, context, refused.faults, waiting.name, status=400)
    except NotAllowed as refused:
        uploads.forget(request.session)
        return _refused(request, context, [Fault("", str(refused))], waiting.name, status=403)
    return redirect("assessment-preview")


def _refused(
    request: PersonRequest, context: dict[str, Any], faults: list[Fault], name: str, *, status: int
) -> HttpResponse:
    found = {"faults": faults, "file_name": name}
    return render(request, "web/assessments.html", context | found, status=status)


def _record(request: PersonRequest, waiting: uploads.Waiting, *, dry_run: bool) -> tuple[list[Row], Report]:
    rows = read_rows(waiting.content(), name=waiting.name, unit_code=waiting.meant["unit"] or None)
    report = record_assessments(
        rows,
        period=waiting.meant["period"],
        kind=waiting.meant["kind"],
        by=request.user,
        dry_run=dry_run,
        source_name=waiting.name,
        source_sha256=waiting.sha256,
    )
    return rows, report


@login_required
def preview(request: PersonRequest) -> HttpResponse:
    """What the workbook would do: nothing is stored by looking at it."""
    waiting = uploads.waiting_in(request.session)
    if waiting is None:
        return _gone(request)
    try:
        rows, report = _record(request, waiting, dry_run=True)
    except (Refused, NotAllowed, FileNotFoundError):
        return _gone(request)
    context = {
        "waiting": waiting,
        "rater": Rater(waiting.meant["kind"]).label,
        "summary": summary(report, dry_run=True),
        "report": report,
        "effects": told(rows, report),
    }
    return render(request, "web/preview.html", context)


@login_required
@require_POST
def confirm(request: PersonRequest) -> HttpResponse:
    waiting = uploads.waiting_in(request.session)
    if waiting is None:
        return _gone(request)
    try:
        _rows, report = _record(request, waiting, dry_run=False)
    except (Refused, NotAllowed, FileNotFoundError):
        return _gone(request)
    uploads.forget(request.session)
    for sentence in summary(report, dry_run=False):
        messages.success(request, sentence)
    return redirect("cases")


def _gone(request: PersonRequest) -> HttpResponse:
    messages.error(request, _("Phiếu chờ xác nhận không còn nữa. Hãy nạp lại tệp."))
    return redirect("assessments")
