"""Units become other units: a plan in, shown with all that it would do, carried out on confirmation."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from organisations.lineage import past_reorganisations
from organisations.plan import choose
from organisations.planfile import read_plan, write_template
from organisations.refusals import Fault, Refused
from web import uploads
from web.forms.reorganisations import PlanForm, TakersForm
from web.guards import for_administrators
from web.hands import PersonRequest, hand_of
from workflow.refusals import NotYours
from workflow.reorganisation import Report, choices, reorganise
from workflow.reports import summary, told

KEY = "reorganisation"


@for_administrators
@require_safe
def index(request: PersonRequest) -> HttpResponse:
    return _page(request, PlanForm(today=timezone.localdate()))


def _page(request: PersonRequest, form: PlanForm, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "form": form,
        "waiting": uploads.waiting_in(request.session, key=KEY),
        "past": past_reorganisations(hand_of(request).cities_administered),
    }
    return render(request, "web/reorganisations.html", context | more, status=status)


@for_administrators
@require_safe
def template(request: PersonRequest) -> HttpResponse:
    """The plan to fill in, with the units of the city as they stand today."""
    content = write_template(hand_of(request).cities_administered, on=timezone.localdate())
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="phuong-an-sap-xep.csv"'
    return response


@for_administrators
@require_POST
def upload(request: PersonRequest) -> HttpResponse:
    form = PlanForm(request.POST, request.FILES, today=timezone.localdate())
    if not form.is_valid():
        return _page(request, form, status=400)
    given = form.cleaned_data
    waiting = uploads.keep(
        request.session,
        given["file"],
        key=KEY,
        on=given["on"].isoformat(),
        legal_instrument=given["legal_instrument"],
    )
    try:
        _look(request, waiting, settle_all=True)
    except (Refused, NotYours) as refusal:
        uploads.forget(request.session, key=KEY)
        faults = refusal.faults if isinstance(refusal, Refused) else [Fault("", str(refusal))]
        for fault in faults:
            if fault.where in form.fields:
                form.add_error(fault.where, fault.sentence)
        faults = [fault for fault in faults if fault.where not in form.fields]
        status = 400 if isinstance(refusal, Refused) else 403
        return _page(request, form, status=status, faults=faults, file_name=waiting.name)
    return redirect("reorganisation-preview")


class Seen(NamedTuple):
    """A plan as far as it is settled: who takes which cases, and once that is said all it does."""

    takers: TakersForm
    report: Report | None


def _look(
    request: PersonRequest,
    waiting: uploads.Waiting,
    *,
    data: Any = None,
    settle_all: bool = False,
    dry_run: bool = True,
) -> Seen:
    """Carry a plan out, by default to take it back; with `settle_all` the first successor takes all."""
    on = date.fromisoformat(waiting.meant["on"])
    rows = read_plan(waiting.content().read())
    asked = choices(rows, on=on)
    form = TakersForm(data, choices=asked)
    takers = form.takers()
    if settle_all:
        takers = {choice.unit.code: choice.successors[0][0] for choice in asked} | takers
    elif not form.is_settled():
        return Seen(form, None)
    instrument = waiting.meant["legal_instrument"]
    report = reorganise(
        choose(rows, takers), on=on, legal_instrument=instrument, by=request.user, dry_run=dry_run
    )
    return Seen(form, report)


@for_administrators
@require_safe
def preview(request: PersonRequest) -> HttpResponse:
    """What the plan would do, or first who takes the cases: nothing is stored by looking at it."""
    return _preview(request, request.GET or None)


def _preview(request: PersonRequest, data: Any, *, status: int = 200) -> HttpResponse:
    waiting = uploads.waiting_in(request.session, key=KEY)
    if waiting is None:
        return _gone(request)
    try:
        seen = _look(request, waiting, data=data)
    except (Refused, NotYours, FileNotFoundError):
        return _gone(request)
    report = seen.report
    context = {
        "waiting": waiting,
        "on": date.fromisoformat(waiting.meant["on"]),
        "takers": seen.takers,
        "report": report,
        "summary": summary(report, dry_run=True) if report else [],
        "fates": [(fate, told(fate)) for fate in report.fates] if report else [],
        "seen": fingerprint(report) if report else "",
    }
    return render(request, "web/reorganisation.html", context, status=status)


@for_administrators
@require_POST
def confirm(request: PersonRequest) -> HttpResponse:
    waiting = uploads.waiting_in(request.session, key=KEY)
    if waiting is None:
        return _gone(request)
    try:
        expected = _look(request, waiting, data=request.POST).report
        if expected and request.POST.get("seen") != fingerprint(expected):
            messages.error(request, _("Từ lúc xem trước đã có thay đổi. Hãy xem lại rồi xác nhận."))
            return _preview(request, request.POST, status=409)
        report = _look(request, waiting, data=request.POST, dry_run=False).report
    except (Refused, NotYours, FileNotFoundError):
        return _gone(request)
    if report is None:
        return redirect("reorganisation-preview")
    uploads.forget(request.session, key=KEY)
    for sentence in summary(report, dry_run=False):
        messages.success(request, sentence)
    if report.units.made:
        names = ", ".join(str(unit) for unit in report.units.made)
        said = _("Chưa ai giữ chức vụ ở %(units)s: hãy giao chức vụ ở trang Người dùng.")
        messages.warning(request, said % {"units": names})
    return redirect("reorganisations")


def fingerprint(report: Report) -> str:
    """What a preview showed: the same again only while nothing has changed underneath."""
    units = [(d.name, d.offices, d.delegations) for d in report.units.dissolved]
    fates = sorted((fate.number, str(fate.to), fate.goes_on_in) for fate in report.fates)
    return hashlib.sha256(repr((units, fates)).encode()).hexdigest()[:32]


def _gone(request: PersonRequest) -> HttpResponse:
    messages.error(request, _("Phương án chờ xác nhận không còn nữa hoặc không còn đúng. Hãy nạp lại tệp."))
    return redirect("reorganisations")
