"""The register of what was told: who, when, by which way, and what became of it."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from notifications.dispatches import DISPATCHES, lines_of, waits_for
from notifications.entries import messages_seen_by
from notifications.models import Message
from notifications.settling import MOST_AT_ONCE
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


def _page(request: PersonRequest, query: QueryDict | None = None, *, status: int = 200) -> HttpResponse:
    filters = DispatchFilter(request.GET if query is None else query)
    told = filters.this_page(filters.apply(hand_of(request)))
    rows = list(told[: PAGE + 1])
    cities = hand_of(request).cities_administered
    context = {
        "filters": filters,
        "today": today(),
        "entries": rows[:PAGE],
        "next": filters.address_after(rows[PAGE - 1].pk) if len(rows) > PAGE else "",
        "is_first": not filters.given.get("after"),
        "first": filters.address_after(None),
        "back": reverse("dispatches") + filters.address_after(filters.given.get("after")),
        "is_to_settle": any(
            waits_for(way, cities) for entry in rows[:PAGE] for way in entry.dispatches.all()
        ),
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
    return _settle(request, [get_object_or_404(messages_seen_by(hand_of(request)), pk=message)])


@login_required
@by_posting("dispatches")
def settle_chosen(request: PersonRequest) -> HttpResponse:
    """What became of several messages: each by itself, so that one refused holds back no other."""
    keys = [key for key in request.POST.getlist("message") if key.isdecimal() and len(key) < 19]
    return _settle(
        request, list(messages_seen_by(hand_of(request)).filter(pk__in=keys[:MOST_AT_ONCE]).order_by("pk"))
    )


def _settle(request: PersonRequest, chosen: list[Message]) -> HttpResponse:
    """Settle them and go on where the reader was; or, where none could be, show there why not."""
    back, refusals = _back(request), {}
    count = len(chosen)
    for message in chosen:
        try:
            settle_message(message, request.POST.get("settlement", ""), by=request.user)
        except Refusal as refusal:
            refusals[str(refusal)], count = refusal, count - 1
    statuses = [answer(request, Form({}), refusal) for refusal in refusals.values()]
    if statuses and not count:
        return _page(request, QueryDict(urlsplit(back).query), status=statuses[0])
    if count:
        messages.success(request, _("Đã ghi %(count)s thư.") % {"count": count})
    else:
        messages.error(request, _("Chưa chọn thư nào."))
    return redirect(back)


def _back(request: PersonRequest) -> str:
    """The page that was left, with its filter; no address but one of ours."""
    given = request.POST.get("next", "")
    is_ours = given.startswith("/") and url_has_allowed_host_and_scheme(given, allowed_hosts=None)
    return given if is_ours else reverse("dispatches")
