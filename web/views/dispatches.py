"""The register of what was told: who, when, by which way, and what became of it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.dispatches import DISPATCHES, lines_of
from notifications.entries import entries
from notifications.models import Message
from notifications.settling import settle as settle_message
from web.attempts import answer
from web.deadlines import today
from web.forms.dispatches import DispatchFilter
from web.guards import by_posting
from web.hands import PersonRequest, hand_of
from workflow.export import as_table
from workflow.refusals import Invalid, Refusal

PAGE = 30


@login_required
def index(request: PersonRequest) -> HttpResponse:
    return _page(request)


def _page(request: PersonRequest, *, status: int = 200) -> HttpResponse:
    filters = DispatchFilter(request.GET)
    told = filters.this_page(filters.apply(hand_of(request)))
    rows = list(told[: PAGE + 1])
    context = {
        "filters": filters,
        "today": today(),
        "entries": rows[:PAGE],
        "next": filters.address_after(rows[PAGE - 1].pk) if len(rows) > PAGE else "",
        "is_first": not filters.given.get("after"),
        "first": filters.address_after(None),
    }
    return render(request, "web/dispatches.html", context, status=status)


@login_required
def export(request: PersonRequest) -> HttpResponseBase:
    """The same register with the same filters, to take away as proof."""
    filters = DispatchFilter(request.GET)
    told = filters.apply(hand_of(request))
    try:
        return as_table(DISPATCHES, lines_of(told), request.GET.get("as", "xlsx"), on=timezone.localdate())
    except Invalid as refusal:
        for sentence in refusal.sentences:
            messages.error(request, sentence)
        return redirect(f"/dispatches/{filters.address_after(None)}")


@login_required
@by_posting("dispatches")
def settle(request: PersonRequest, message: int) -> HttpResponse:
    """What became of a message, by somebody who knows."""
    seen = Message.objects.filter(dispatches__notification__in=entries(hand_of(request)).order_by())
    found = get_object_or_404(seen.distinct(), pk=message)
    try:
        settle_message(found, request.POST.get("settlement", ""), by=request.user)
    except Refusal as refusal:
        return _page(request, status=answer(request, Form(), refusal))
    messages.success(request, _("Đã ghi."))
    return redirect("dispatches")
