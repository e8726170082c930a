"""The catalogue of 39 indicators: to read for everybody, for the administrator to bring up to date."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from indicators.catalogue import BadCatalogue, parse_catalogue
from indicators.editions import compare, in_force, mark_compared, put_in_force
from indicators.models import Catalogue, Group, Indicator
from organisations.refusals import Refusal
from web import uploads
from web.attempts import answer, tried
from web.forms.catalogue import ComparedForm, EditionForm
from web.guards import by_posting, for_administrators
from web.hands import PersonRequest, hand_of

from .intake import OTHER_WAITS

KEY = "catalogue"


@login_required
@require_safe
def show(request: PersonRequest) -> HttpResponse:
    return _page(request)


def _page(request: PersonRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    indicators = list(Indicator.objects.select_related("catalogue"))
    editions = list(Catalogue.objects.all()[:20])
    used = {indicator.catalogue_id for indicator in indicators}
    context: dict[str, Any] = {
        "groups": [(group, [i for i in indicators if i.group == group]) for group in Group],
        "editions": [(edition, edition.pk in used) for edition in editions],
        "in_force": next((edition for edition in editions if edition.pk in used), None),
    }
    if hand_of(request).cities_administered:
        waiting = uploads.waiting_in(request.session, key=KEY)
        context |= {"form": EditionForm(), "compared": ComparedForm(), "waiting": waiting}
    return render(request, "web/catalogue.html", context | forms, status=status)


@for_administrators
@by_posting("catalogue")
def upload(request: PersonRequest) -> HttpResponse:
    form = EditionForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form=form, status=400)
    given = form.cleaned_data
    day = given["compared_on"].isoformat() if given["compared_on"] else ""
    waiting = uploads.keep(request.session, given["file"], key=KEY, edition=given["edition"], compared_on=day)
    try:
        compare(_rows(waiting))
    except BadCatalogue as fault:
        uploads.forget(request.session, key=KEY)
        form.add_error("file", str(fault))
        return _page(request, form=form, status=400)
    return redirect("catalogue-preview")


def _rows(waiting: uploads.Waiting) -> list[dict[str, Any]]:
    return parse_catalogue(waiting.content().read(), waiting.name)


@for_administrators
@require_safe
def preview(request: PersonRequest) -> HttpResponse:
    """Every indicator as it is called, and as the edition would call it."""
    waiting = uploads.waiting_in(request.session, key=KEY)
    try:
        reworded = compare(_rows(waiting)) if waiting else []
    except (BadCatalogue, FileNotFoundError):
        reworded = []
    if waiting is None or not reworded:
        return _gone(request)
    context = {
        "waiting": waiting,
        "compared_on": _day(waiting),
        "changed": [r for r in reworded if r.is_changed],
        "unchanged": sum(not r.is_changed for r in reworded),
        "replaces": Catalogue.objects.filter(edition=waiting.meant["edition"]).exists(),
    }
    return render(request, "web/catalogue-preview.html", context)


def _day(waiting: uploads.Waiting) -> date | None:
    said = waiting.meant["compared_on"]
    return date.fromisoformat(said) if said else None


@for_administrators
@require_POST
def confirm(request: PersonRequest) -> HttpResponse:
    waiting = uploads.waiting_in(request.session, key=KEY)
    if waiting is None:
        return _gone(request)
    if not waiting.is_what_was_shown(request.POST):
        messages.error(request, OTHER_WAITS)
        return redirect("catalogue-preview")
    edition = waiting.meant["edition"]
    try:
        put_in_force(
            _rows(waiting), edition=edition, source=waiting.name, compared_on=_day(waiting), by=request.user
        )
    except (BadCatalogue, FileNotFoundError):
        return _gone(request)
    except Refusal as refusal:
        form = EditionForm({"edition": edition, "compared_on": waiting.meant["compared_on"]})
        return _page(request, form=form, status=answer(request, form, refusal))
    uploads.forget(request.session, key=KEY)
    messages.success(request, _("Danh mục %(edition)s đã có hiệu lực.") % {"edition": edition})
    return redirect("catalogue")


@for_administrators
@by_posting("catalogue")
def compared(request: PersonRequest) -> HttpResponse:
    """The titles in force agree with the text of the standard, as of a day."""
    form = ComparedForm(request.POST)
    held = in_force()
    status = tried(
        request, form,
        do=lambda: held and mark_compared(held, on=form.cleaned_data["compared_on"], by=request.user),
        done=_("Đã ghi ngày đối chiếu với TCVN."),
    )  # fmt: skip
    return redirect("catalogue") if status is None else _page(request, compared=form, status=status)


def _gone(request: PersonRequest) -> HttpResponse:
    messages.error(request, _("Danh mục chờ xác nhận không còn nữa. Hãy nạp lại tệp."))
    return redirect("catalogue")
