"""Assessments: the list of one's units, one of them on a page, and its workbook to fill in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from indicators.rules import may_record
from indicators.workbook.serving import as_attachment
from organisations.models import Unit
from web import uploads
from web.assessed import assessment_file, assessments_seen_by, counted
from web.forms.assessments import AssessmentFilter, SheetForm, UploadForm, recordable
from web.hands import PersonRequest, hand_of
from web.intake import Meant

PAGE = 50


def forms_of(request: PersonRequest, *, data: Any = None, files: Any = None) -> dict[str, Any]:
    """The forms of whoever may record; PermissionDenied for anybody else."""
    units, on = recordable(hand_of(request)), timezone.localdate()
    if not any(units.values()):
        raise PermissionDenied
    sheet = SheetForm(units=units, on=on)
    return {"sheet": sheet, "upload": UploadForm(data, files, units=units, on=on)}


@login_required
def index(request: PersonRequest) -> HttpResponse:
    hand = hand_of(request)
    if not hand.offices:
        raise PermissionDenied
    return page(request, forms_of(request) if any(recordable(hand).values()) else {})


def page(request: PersonRequest, more: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """The list with the forms above it, where the reader has them."""
    filters = AssessmentFilter(request.GET)
    found = filters.apply(assessments_seen_by(hand_of(request)))
    rows = list(filters.this_page(found).order_by("-pk")[: PAGE + 1])
    context = {
        "waiting": uploads.waiting_in(request.session),
        "filters": filters,
        "assessments": counted(rows[:PAGE]),
        "next": filters.address_after(rows[PAGE - 1]) if len(rows) > PAGE else "",
        "is_first": not request.GET.get("after"),
        "first": filters.address_after(None),
    }
    return render(request, "web/assessments.html", context | more, status=status)


@login_required
def show(request: PersonRequest, assessment: int) -> HttpResponse:
    found = get_object_or_404(assessments_seen_by(hand_of(request)), pk=assessment)
    unit = found.unit
    stands = not unit.is_dissolved(timezone.localdate())
    edits = stands and may_record(hand_of(request), unit, found.kind)
    meant = Meant(unit.code, found.period.code, found.kind)
    context = assessment_file(found, reader=hand_of(request)) | {"edit": edit_address(meant) if edits else ""}
    return render(request, "web/assessment.html", context)


@login_required
def workbook(request: PersonRequest, assessment: int) -> HttpResponse:
    """The workbook of an assessment as it stands."""
    found = get_object_or_404(assessments_seen_by(hand_of(request)), pk=assessment)
    return as_attachment(found.unit, found.period.code, found.kind)


@login_required
def form(request: PersonRequest) -> HttpResponse:
    """The workbook of one unit and period, with what has been rated so far."""
    return as_attachment(*asked_for(request))


def asked_for(request: PersonRequest) -> tuple[Unit, str, str]:
    """The unit, period and rater of an address that only those who may record can open."""
    hand = hand_of(request)
    units = recordable(hand)
    if not any(units.values()):
        raise PermissionDenied
    asked = SheetForm(request.GET, units=units, on=hand.on)
    if not asked.is_valid() or not asked.cleaned_data["unit"]:
        raise Http404
    unit, kind = asked.units[asked.cleaned_data["unit"]], asked.cleaned_data["kind"]
    if unit not in units[kind]:
        raise Http404
    return unit, asked.cleaned_data["period"], kind


def edit_address(meant: Meant) -> str:
    return f"{reverse('assessment-edit')}?{urlencode(meant._asdict())}"
