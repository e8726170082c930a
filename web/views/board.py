"""The board of a unit: its live cases by group of indicators and state, and what ended lately."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from indicators.models import Group
from organisations.models import Unit, UnitQuerySet, with_versions
from web.deadlines import today
from web.hands import PersonRequest, hand_of
from workflow.models import Case
from workflow.vocabulary import LIVE, WORKED_ON, State

#: How long a case that ended stays in sight.
LATELY = timedelta(days=90)
STATES = (*LIVE, State.CLOSED)


class GroupOnBoard(NamedTuple):
    """The indicators of a group: how many cases, and those in each state, in the order of the standard."""

    group: Group
    total: int
    columns: list[tuple[State, list[Case]]]


@login_required
def show(request: PersonRequest) -> HttpResponse:
    day, hand = today(), hand_of(request)
    units = list(hand.visible_units().standing(day.on).prefetch_related(with_versions()).order_by("sort_key"))
    asked = request.GET.get("unit", "")
    unit: Unit | None = next((u for u in units if u.code == asked), None)
    if asked and unit is None:
        unit = _last_of(hand.visible_units(), asked)
    if unit is None:
        unit = next((u for u in units if u.pk in hand.own_units), units[0] if units else None)
    cases = _cases(request, unit, timezone.now() - LATELY) if unit else []
    there = {case.state for case in cases} | {State.OPEN}
    states = [state for state in STATES if state in there]
    context = {
        "today": day,
        "unit": unit,
        "units": units if len(units) > 1 else [],
        "groups": [_group(group, cases, states) for group in Group],
        "count": len(cases),
        "chairs_it": unit is not None and unit.pk in hand.units_chaired,
        "worked_on": WORKED_ON,
    }
    return render(request, "web/board.html", context)


def _last_of(units: UnitQuerySet, code: str) -> Unit:
    """The unit that last bore a code which no standing one bears."""
    # No code holds a NUL, and PostgreSQL cannot be asked for one.
    found = None if "\0" in code else units.filter(code=code).order_by("-dissolved_on").first()
    if found is None:
        raise Http404
    return found


def _cases(request: PersonRequest, unit: Unit, since: datetime) -> list[Case]:
    shown = Case.objects.visible_to(request.user).filter(unit=unit)
    shown = shown.filter(Q(state__in=LIVE) | Q(state=State.CLOSED, closed_at__gt=since))
    return list(shown.for_reading().order_by("indicator__position", "id"))


def _group(group: Group, cases: list[Case], states: list[State]) -> GroupOnBoard:
    here = [case for case in cases if case.indicator.group == group]
    columns = [(state, [case for case in here if case.state == state]) for state in states]
    return GroupOnBoard(group, len(here), columns)
