"""A workbook in: refused cell by cell, or shown with all that it would do, recorded on confirmation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from indicators.models import NEEDS_WORK, Assessment, Rater
from indicators.periods import period_named
from indicators.refusals import Fault, NotAllowed, Outdated, Refused
from indicators.reports import summary
from indicators.workbook import places
from web import uploads
from web.drafts import draft_of
from web.hands import PersonRequest
from web.intake import REFUSED, Meant, is_typed, meant_by, record
from web.preview import preview_of

from .assessments import edit_address, forms_of, page

#: Indicators of the standard, all of which a sheet of a unit names.
INDICATORS = 39

OTHER_WAITS = gettext_lazy(
    "Ở cửa sổ khác vừa nạp một danh sách khác, đang hiện ở dưới. Hãy xem lại trước khi xác nhận."
)


@login_required
@require_POST
def upload(request: PersonRequest) -> HttpResponse:
    forms = forms_of(request, data=request.POST, files=request.FILES)
    asked = forms["upload"]
    if not asked.is_valid():
        return page(request, forms, status=400)
    file, given = asked.cleaned_data["file"], asked.cleaned_data
    meant = Meant(given["unit"], given["period"], given["kind"])
    waiting = uploads.keep(request.session, file, **meant._asdict())
    try:
        record(waiting, by=request.user, dry_run=True)
    except Refused as refused:
        return _refused(request, forms, waiting, refused.faults, status=400)
    except NotAllowed as refused:
        return _refused(request, forms, waiting, [Fault("", str(refused))], status=403)
    return redirect("assessment-preview")


def _refused(
    request: PersonRequest,
    forms: dict[str, Any],
    waiting: uploads.Waiting,
    faults: list[Fault],
    *,
    status: int,
) -> HttpResponse:
    """Nothing waits to be confirmed; the file stays, to be mended in the page."""
    found, excerpt = places(waiting.content(), name=waiting.name, faults=faults)
    uploads.move(request.session, uploads.KEY, to=REFUSED)
    meant = meant_by(waiting)
    context = {
        "places": found,
        "excerpt": excerpt,
        "file_name": waiting.name,
        "mend": f"{edit_address(meant)}&file=" if meant.unit and excerpt else "",
    }
    return page(request, forms | context, status=status)


@login_required
def preview(request: PersonRequest) -> HttpResponse:
    """What would be recorded: nothing is stored by looking at it."""
    waiting = uploads.waiting_in(request.session)
    if waiting is None:
        return _gone(request)
    try:
        rows, report = record(waiting, by=request.user, dry_run=True)
    except Outdated:
        return _outdated(request, waiting)
    except (Refused, NotAllowed, FileNotFoundError):
        return _gone(request)
    meant = meant_by(waiting)
    period = period_named(meant.period)
    context = {
        "waiting": waiting,
        "rater": Rater(meant.kind).label,
        "period": period,
        "summary": summary(report, dry_run=True),
        "report": report,
        "silent": sum(row.colour in NEEDS_WORK and not row.finding.strip() for row in rows),
        "absent": 0 if is_typed(waiting) else len({row.unit for row in rows}) * INDICATORS - len(rows),
        "preview": preview_of(rows, report, period=period, kind=meant.kind, query=request.GET),
        "back": f"{edit_address(meant)}&typed=" if is_typed(waiting) else "",
    }
    return render(request, "web/preview.html", context)


@login_required
@require_POST
def confirm(request: PersonRequest) -> HttpResponse:
    waiting = uploads.waiting_in(request.session)
    if waiting is None:
        return _gone(request)
    if not waiting.is_what_was_shown(request.POST):
        messages.error(request, OTHER_WAITS)
        return redirect("assessment-preview")
    try:
        rows, report = record(waiting, by=request.user, dry_run=False)
    except Outdated:
        return _outdated(request, waiting)
    except (Refused, NotAllowed, FileNotFoundError):
        return _gone(request)
    uploads.forget(request.session)
    uploads.forget(request.session, key=REFUSED)
    meant = meant_by(waiting)
    for sentence in summary(report, dry_run=False):
        messages.success(request, sentence, extra_tags=draft_of(request.user, *meant))
    units = {row.unit for row in rows}
    done = Assessment.objects.filter(period__code=meant.period, kind=meant.kind, unit__dissolved_on=None)
    only = done.filter(unit__code__in=units).first() if len(units) == 1 else None
    return redirect("assessment", assessment=only.pk) if only else redirect("cases")


def _outdated(request: PersonRequest, waiting: uploads.Waiting) -> HttpResponse:
    messages.error(request, _("Trong lúc bạn nhập, có người đã ghi khác. Chữ đã gõ vẫn còn ở dưới."))
    return redirect(f"{edit_address(meant_by(waiting))}&typed=")


def _gone(request: PersonRequest) -> HttpResponse:
    messages.error(
        request,
        _("Phiếu chờ xác nhận không còn nữa. Có thể đã ghi xong: hãy xem danh sách đánh giá."),
    )
    return redirect("assessments")
