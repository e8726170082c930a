"""People from a file: refused cell by cell, or shown line by line and entered on confirmation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from notifications.invitations import invite
from organisations.enrolment import Enrolled, enrol
from organisations.newcomers import look
from organisations.refusals import Fault, Refused
from organisations.rosterbook import as_attachment
from web import uploads
from web.forms.roster import ConfirmForm, RosterForm
from web.guards import for_administrators
from web.hands import PersonRequest
from web.roster import entries_of, places_in, preview_of

from .intake import OTHER_WAITS

KEY = "people"


@for_administrators
def index(request: PersonRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, RosterForm())
    form = RosterForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=400)
    waiting = uploads.keep(request.session, form.cleaned_data["file"], key=KEY)
    content = waiting.content().read()
    try:
        look(entries_of(content, waiting.name), by=request.user)
    except Refused as refused:
        uploads.forget(request.session, key=KEY)
        found, excerpt = places_in(content, waiting.name, refused.faults)
        more = {"places": found, "excerpt": excerpt, "file_name": waiting.name}
        return _page(request, form, status=400, **more)
    return redirect("people-preview")


def _page(request: PersonRequest, form: RosterForm, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {"form": form, "waiting": uploads.waiting_in(request.session, key=KEY)}
    return render(request, "web/people-import.html", context | more, status=status)


@for_administrators
@require_safe
def template(request: PersonRequest) -> HttpResponse:
    """The file to fill in, as a workbook or as CSV."""
    return as_attachment("csv" if request.GET.get("as") == "csv" else "xlsx")


@for_administrators
@require_safe
def preview(request: PersonRequest) -> HttpResponse:
    """What the file would do: nothing is stored by looking at it."""
    waiting = uploads.waiting_in(request.session, key=KEY)
    if waiting is None:
        return _gone(request)
    try:
        lines = look(entries_of(waiting.content().read(), waiting.name), by=request.user)
    except (Refused, FileNotFoundError):
        return _gone(request)
    seen = preview_of(lines, request.GET)
    context = {"waiting": waiting, "preview": seen, "form": ConfirmForm()}
    return render(request, "web/people-preview.html", context)


@for_administrators
@require_POST
def confirm(request: PersonRequest) -> HttpResponse:
    waiting = uploads.waiting_in(request.session, key=KEY)
    if waiting is None:
        return _gone(request)
    if not waiting.is_what_was_shown(request.POST):
        messages.error(request, OTHER_WAITS)
        return redirect("people-preview")
    form = ConfirmForm(request.POST)
    try:
        entries = entries_of(waiting.content().read(), waiting.name)
        with transaction.atomic():
            done = enrol(entries, by=request.user)
            asked = (
                invite(done.people, by=request.user) if form.is_valid() and form.cleaned_data["invite"] else 0
            )
    except (Refused, FileNotFoundError) as refused:
        faults = refused.faults if isinstance(refused, Refused) else []
        return _gone(request, faults)
    uploads.forget(request.session, key=KEY)
    messages.success(request, _told(done, asked))
    return redirect("people")


def _told(done: Enrolled, asked: int) -> str:
    if not done.people and not done.offices:
        return _("Không có gì mới: mọi người trong tệp đã có.")
    people, offices = len(done.people), done.offices
    said = [
        ngettext("Đã thêm %(n)s người.", "Đã thêm %(n)s người.", people) % {"n": people},
        ngettext("Đã giao %(n)s chức vụ.", "Đã giao %(n)s chức vụ.", offices) % {"n": offices},
    ]
    if asked:
        said.append(ngettext("Sẽ gửi %(n)s thư mời.", "Sẽ gửi %(n)s thư mời.", asked) % {"n": asked})
    return " ".join(said)


def _gone(request: PersonRequest, faults: list[Fault] | None = None) -> HttpResponse:
    said = _("Danh sách chờ xác nhận không còn nữa hoặc không còn đúng. Hãy nạp lại tệp.")
    messages.error(request, " ".join([said, *(fault.sentence for fault in (faults or [])[:3])]))
    return redirect("people-import")
