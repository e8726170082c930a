"""The whole city on one page, and the list of ratings behind each of its numbers."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate

from audits.follow_through import by_period
from audits.heat import heat_map, indicators_of
from audits.late import late_with
from audits.listing import rating_list
from audits.ratings import rated_periods
from audits.rules import reads_the_city
from audits.trend import movers, trend
from indicators.models import Indicator, Period
from organisations.models import UnitQuerySet
from web.follow import follow_chart, period_rows
from web.forms.overview import SIZES, OverviewFilter, RatingsFilter
from web.hands import PersonRequest, hand_of
from web.movement import holder_rows, mover_rows, trend_chart, trend_rows
from web.overview import figures, groups, shown_rows

#: Periods that may be chosen, and those that the charts go back.
PERIODS, CHARTED = 24, 8


def units_read(request: PersonRequest) -> UnitQuerySet:
    """The units of the reader's cities; whoever serves none is refused."""
    hand = hand_of(request)
    if not reads_the_city(hand):
        raise PermissionDenied
    return hand.visible_units()


@login_required
def show(request: PersonRequest) -> HttpResponse:
    units = units_read(request)
    periods = rated_periods(units, most=PERIODS)
    if not periods:
        return render(request, "web/overview.html", {"periods": []})
    filters = OverviewFilter(request.GET, periods=periods)
    units, columns = filters.units(units), indicators_of(int(filters.given.get("group", 0)))
    until = periods[periods.index(filters.chosen_period) :]
    context = {
        "filters": filters,
        "sizes": [(name, label, filters.at_size(name)) for name, label in SIZES.items()],
        "periods": periods,
        **_map(units, columns, filters),
        **_movement(units, columns, filters, until[:CHARTED]),
        "holders": holder_rows(
            late_with(units, on=localdate(), group=filters.given.get("group", "")), filters
        ),
    }
    return render(request, "web/overview.html", context)


def _map(units: UnitQuerySet, columns: list[Indicator], filters: OverviewFilter) -> dict[str, Any]:
    rows = heat_map(units, columns, period=filters.chosen_period, rated=filters.whose, on=localdate())
    return {
        "columns": columns,
        "groups": groups(columns),
        "rows": shown_rows(rows, columns, filters),
        "figures": (counted := figures(rows, filters)),
        "all_late": counted[-1],
    }


def _movement(
    units: UnitQuerySet, columns: list[Indicator], filters: OverviewFilter, periods: list[Period]
) -> dict[str, Any]:
    on, rated = localdate(), filters.whose
    told = trend(units, periods, rated=rated, indicators=columns, on=on)
    group = filters.given.get("group", "")
    followed = by_period(units, periods, on=on, group=group)
    context: dict[str, Any] = {
        "trend": trend_rows(told, filters),
        "trend_chart": trend_chart(told),
        "follow": period_rows(followed, unit_kind=filters.given.get("kind"), group=group),
        "follow_chart": follow_chart(followed),
    }
    if len(periods) > 1:
        now, before = periods[:2]
        names = (before.code, now.code)
        worse, better = movers(units, before, now, rated=rated, indicators=columns)
        context |= {
            "moved": names,
            "worse": mover_rows(worse, names, filters),
            "better": mover_rows(better, names, filters),
        }
    return context


@login_required
def ratings(request: PersonRequest) -> HttpResponse:
    """The ratings behind a number, unit by unit."""
    units = units_read(request)
    periods = rated_periods(units, most=PERIODS)
    if not periods:
        return render(request, "web/overview.html", {"periods": []})
    filters = RatingsFilter(request.GET, periods=periods)
    listed = rating_list(
        filters.units(units),
        filters.indicators(),
        period=filters.chosen_period,
        rated=filters.whose,
        colour=filters.given.get("colour", ""),
        after=filters.given.get("after"),
        on=localdate(),
    )
    context = {
        "filters": filters,
        "listed": listed,
        "first": filters.at_unit(None),
        "next": filters.at_unit(listed.after) if listed.after else "",
        "narrowed_to": [filters[name] for name in ("unit", "indicator") if name in filters.given],
    }
    return render(request, "web/overview-ratings.html", context)
