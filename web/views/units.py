"""Units: those that the reader sees, and one of them with its people, its names and its kin."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from organisations.reach import units_read_by
from web.forms.units import UnitFilter
from web.hands import PersonRequest, hand_of
from web.units import for_a_page, rows_of, unit_file

PAGE = 50


@login_required
@require_safe
def index(request: PersonRequest) -> HttpResponse:
    hand = hand_of(request)
    if not hand.offices:
        raise PermissionDenied
    filters = UnitFilter(request.GET)
    found = filters.this_page(filters.apply(units_read_by(hand), on=hand.on))
    units = list(found.order_by("sort_key", "code", "pk")[: PAGE + 1])
    context = {
        "filters": filters,
        "rows": rows_of(units[:PAGE], hand),
        "next": filters.address_after(units[PAGE - 1]) if len(units) > PAGE else "",
        "is_first": not request.GET.get("after"),
        "first": filters.address_after(None),
    }
    return render(request, "web/units.html", context)


@login_required
@require_safe
def show(request: PersonRequest, code: str) -> HttpResponse:
    """The unit that a code names today, or the last that it named."""
    hand = hand_of(request)
    units = list(for_a_page(units_read_by(hand).filter(code=code)).order_by("-dissolved_on"))
    if not units:
        raise Http404
    standing = [unit for unit in units if not unit.is_dissolved(hand.on)]
    return render(request, "web/unit.html", unit_file(hand, (standing or units)[0]))


@login_required
@require_safe
def former(request: PersonRequest, code: str, unit: int) -> HttpResponse:
    """A unit that is no more, whose code another may bear."""
    hand = hand_of(request)
    found = get_object_or_404(for_a_page(units_read_by(hand)), pk=unit, code=code)
    return render(request, "web/unit.html", unit_file(hand, found))
