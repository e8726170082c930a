"""The list of cases: filters in the address, pages by key."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from web.deadlines import today
from web.forms.filters import CaseFilter, with_affairs
from web.hands import PersonRequest, hand_of
from web.ordering import ordered
from workflow.export import CASES, as_table
from workflow.models import Case, SavedFilter
from workflow.refusals import Invalid

PAGE = 50
#: Nobody reads on after this many; an exact count of a nation costs more than the page.
COUNTED = 1000


@login_required
def index(request: PersonRequest) -> HttpResponse:
    day, hand = today(), hand_of(request)
    units = hand.visible_units()
    filters = CaseFilter(request.GET, units=units, suggested=with_affairs(units, on=day.on))
    found = filters.apply(Case.objects.visible_to(request.user), user=request.user, on=day.on)
    count = found[: COUNTED + 1].count()
    rows = list(filters.this_page(found).for_reading()[: PAGE + 1])
    context = {
        "today": day,
        "filters": filters,
        "cases": rows[:PAGE],
        "count": min(count, COUNTED),
        "is_counted": count <= COUNTED,
        "next": filters.address_after(rows[PAGE - 1]) if len(rows) > PAGE else "",
        "is_first": not request.GET.get("after"),
        "first": filters.address_after(None),
        "headings": filters.headings(),
        "query": filters.query().lstrip("?"),
        "saved": list(SavedFilter.objects.filter(owner=request.user)),
    }
    return render(request, "web/cases.html", context)


@login_required
def export(request: PersonRequest) -> HttpResponseBase:
    """The same list with the same filters, to take away."""
    on = today().on
    filters = CaseFilter(request.GET, units=hand_of(request).visible_units())
    found = filters.apply(Case.objects.visible_to(request.user), user=request.user, on=on)
    try:
        rows = ordered(found.for_reading(), filters.order)
        return as_table(CASES, rows, request.GET.get("as", "xlsx"), on=on)
    except Invalid as refusal:
        for sentence in refusal.sentences:
            messages.error(request, sentence)
        return redirect(f"/cases/{filters.address_after(None)}")
