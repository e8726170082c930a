"""Ratings typed in the page: drawn, sent, and from there on the way of every workbook."""

from __future__ import annotations

import contextlib
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from indicators.models import Rater, Rating
from indicators.periods import period_named
from indicators.refusals import Refused
from indicators.workbook import read_loosely
from web import uploads
from web.forms.ratings import SAID, RatingForm
from web.hands import PersonRequest
from web.intake import REFUSED, Meant, is_typed, keep_typed, meant_by, rows_of
from web.ratings import Draft, Sheet, drafts_of_rows

from .assessments import asked_for


@login_required
def edit(request: PersonRequest) -> HttpResponse:
    """The form of one unit, period and rater; what is sent goes on to the preview."""
    unit, code, kind = asked_for(request)
    try:
        sheet = Sheet(unit, period_named(code), kind)
    except Refused:
        raise Http404 from None
    meant = Meant(unit.code, code, kind)
    if request.method == "POST":
        return _sent(request, sheet, meant)
    drafts = _drafts(request, meant)
    forms = sheet.drawn(drafts)
    newer = {}
    for form in forms:
        draft = drafts.get(form.indicator.code)
        came = sheet.newer(form.indicator, draft.seen, draft.said) if draft else None
        if came:
            newer[form.indicator.code] = came
    return _page(request, sheet, forms, newer=newer, drafts=drafts)


def _page(
    request: PersonRequest,
    sheet: Sheet,
    forms: list[RatingForm],
    *,
    newer: dict[str, Rating] | None = None,
    drafts: dict[str, Draft] | None = None,
    status: int = 200,
) -> HttpResponse:
    newer, drafts = newer or {}, drafts or {}
    at_fault = {code for code, draft in drafts.items() if draft.faults} | set(newer)
    at_fault |= {form.indicator.code for form in forms if form.is_bound and not form.is_valid()}
    context = {
        "sheet": sheet,
        "rater": Rater(sheet.kind).label,
        "groups": sheet.groups(forms, newer, drafts),
        "wrong": [form.indicator for form in forms if form.indicator.code in at_fault],
    }
    return render(request, "web/ratings.html", context, status=status)


def _sent(request: PersonRequest, sheet: Sheet, meant: Meant) -> HttpResponse:
    forms = sheet.sent(request.POST)
    if not all(form.is_valid() for form in forms):
        messages.error(request, _("Chưa ghi được: hãy xem lại chỗ được đánh dấu."))
        return _page(request, sheet, forms, status=400)
    changed = sheet.changed(forms)
    newer = {
        form.indicator.code: came
        for form in changed
        if (came := sheet.newer(form.indicator, form.cleaned_data["seen"], form.said()))
    }
    if newer:
        messages.error(request, _("Trong lúc bạn nhập, có người đã ghi khác. Chữ đã gõ vẫn còn ở dưới."))
        return _page(request, sheet, _looked_again(sheet, request.POST, changed), newer=newer, status=409)
    if not changed:
        messages.info(request, _("Không có gì khác với lần ghi trước."))
        return redirect(request.get_full_path())
    keep_typed(request.session, [form.row(sheet.unit.code) for form in changed], meant)
    return redirect("assessment-preview")


def _looked_again(sheet: Sheet, sent: Any, changed: list[RatingForm]) -> list[RatingForm]:
    """What was typed, drawn from what is in force by now: whoever sends it again has seen that. What
    was not touched is as others left it."""
    data, kept = sent.copy(), {form.indicator.pk for form in changed}
    for form in sheet.drawn():
        names = ("seen",) if form.indicator.pk in kept else ("seen", *SAID)
        for name in names:
            data[form.add_prefix(name)] = form[name].value()
    return sheet.sent(data)


def _drafts(request: PersonRequest, meant: Meant) -> dict[str, Draft]:
    """What this session typed and has not confirmed, or sent in a file that was refused."""
    waiting = uploads.waiting_in(request.session)
    if "typed" in request.GET and waiting and is_typed(waiting) and meant_by(waiting) == meant:
        with contextlib.suppress(FileNotFoundError):
            return drafts_of_rows(rows_of(waiting))
    refused = uploads.waiting_in(request.session, key=REFUSED)
    if "file" in request.GET and refused and refused.meant["unit"] in ("", meant.unit):
        with contextlib.suppress(FileNotFoundError, Refused):
            return _of_file(refused, meant.unit)
    return {}


def _of_file(refused: uploads.Waiting, unit: str) -> dict[str, Draft]:
    drafts: dict[str, Draft] = {}
    for row in read_loosely(refused.content(), name=refused.name, unit_code=unit):
        if row.indicator and row.indicator not in drafts:
            said = (row.colour, row.finding, row.evidence_note)
            drafts[row.indicator] = Draft(said, faults=tuple(row.faults))
    return drafts
