"""What became of the cases, unit by unit: a table that sorts and goes away as seen."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.timezone import localdate

from audits.export import FOLLOW_THROUGH
from audits.follow_through import Row, by_period, by_unit, in_all
from audits.ratings import rated_periods
from audits.rules import reads_figures
from indicators.models import Period
from organisations.models import UnitQuerySet
from web.follow import columns, follow_chart, in_order, linked, period_rows, unit_rows
from web.forms.overview import FollowFilter
from web.hands import PersonRequest, hand_of
from workflow.export import as_table
from workflow.refusals import Invalid

from .overview import PERIODS


def _read(request: PersonRequest) -> tuple[UnitQuerySet, list[Period]]:
    """The units whose figures the reader may have, with the periods in which they were rated."""
    hand = hand_of(request)
    if not reads_figures(hand):
        raise PermissionDenied
    units = hand.visible_units()
    return units, rated_periods(units, most=PERIODS)


def _rows(units: UnitQuerySet, filters: FollowFilter) -> list[Row]:
    rows = by_unit(filters.units(units), *filters.between(), on=localdate())
    return in_order(rows, filters.given.get("sort", ""))


@login_required
def show(request: PersonRequest) -> HttpResponse:
    units, periods = _read(request)
    if not periods:
        return render(request, "web/follow-through.html", {"periods": []})
    filters = FollowFilter(request.GET, periods=periods)
    rows = _rows(units, filters)
    whole = in_all(filters.units(units), *filters.between(), on=localdate())
    followed = by_period(filters.units(units), filters.within(), on=localdate())
    context = {
        "filters": filters,
        "periods": periods,
        "between": filters.between(),
        "has_many": len(rows) > 1 or "kind" in filters.given,
        "columns": columns(filters),
        "rows": unit_rows(rows, filters),
        "whole": linked(whole, unit_kind=filters.given.get("kind"), **filters.scope()),
        "query": request.GET.urlencode(),
        "chart": follow_chart(followed),
        "follow": period_rows(followed, unit_kind=filters.given.get("kind")),
    }
    return render(request, "web/follow-through.html", context)


@login_required
def export(request: PersonRequest) -> HttpResponseBase:
    """The same table in the same order, to take away."""
    units, periods = _read(request)
    try:
        rows = _rows(units, FollowFilter(request.GET, periods=periods)) if periods else []
        return as_table(FOLLOW_THROUGH, rows, request.GET.get("as", "xlsx"), on=localdate())
    except Invalid as refusal:
        for sentence in refusal.sentences:
            messages.error(request, sentence)
        return redirect("follow-through")
