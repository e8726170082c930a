"""The timers of a case and of its corrective actions: started, moved, stopped with what they run to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Q

from indicators.bulk import update_rows
from organisations.models import User

from . import deadlines
from .arrows import Moment
from .models import Case, Timer


def keep_timer(case: Case, moment: Moment, *, before: tuple[str, Any]) -> None:
    """Start, move or stop the timer of a case; `before` is its deadline's name and day till now."""
    if not case.is_live:
        Timer.objects.filter(case=case).update(next_at=None)
    elif (case.turn_date_name, case.turn_due_on) != before:
        set_timer(case, moment, due_on=case.turn_due_on)


def give_days_back(case: Case, moment: Moment, changes: dict[str, Any]) -> None:
    """What the unit could not do while the city had its case is due as many working days later."""
    days = getattr(case, "days_given_back", 0)
    outstanding = list(case.corrective_actions.filter(completed_at=None, dropped_at=None)) if days else []
    if not outstanding:
        return
    before = {str(action.number): action.due_on.isoformat() for action in outstanding}
    for action in outstanding:
        action.due_on = moment.days.on_or_after(moment.days.shift(action.due_on, days))
        action.save(update_fields=["due_on"])
    after = {str(action.number): action.due_on.isoformat() for action in outstanding}
    changes["corrective_actions"] = [before, after]


def keep_action_timers(case: Case, moment: Moment, *, was_worked_on: bool) -> None:
    """What nobody can do now is not reminded of: corrective actions wait while the city has the
    case, or while it is watched, and go on when it is worked on again."""
    if was_worked_on == case.is_worked_on or not case.is_live:
        return
    if was_worked_on:
        Timer.objects.filter(case=case).exclude(corrective_action_number=0).update(next_at=None)
    else:
        restart_action_timers([case], moment)


def restart_action_timers(cases: Sequence[Case], moment: Moment) -> None:
    """Run the timers of all outstanding corrective actions of cases again, as one set; what has
    passed meanwhile does not ring."""
    outstanding = Q(corrective_actions__completed_at=None, corrective_actions__dropped_at=None)
    planned = Case.objects.filter(outstanding, pk__in=[case.pk for case in cases])
    names = ("pk", "number", "due_on", "owner")
    found = planned.values_list(*("pk" if n == "pk" else f"corrective_actions__{n}" for n in names))
    planned_as = {(case, number): (due_on, owner) for case, number, due_on, owner in found}
    rows = []
    for timer in Timer.objects.filter(case__in={case for case, _number in planned_as}).order_by("pk"):
        if plan := planned_as.get((timer.case_id, timer.corrective_action_number)):
            passed, next_at = deadlines.next_ring(plan[0], on=moment.today, days=moment.days)
            rows.append((timer.pk, *plan, timer.revision + 1, passed, next_at))
    update_rows(Timer, ["due_on", "owner", "revision", "last_milestone", "next_at"], rows)


def set_timer(case: Case, moment: Moment, *, due_on: Any, number: int = 0, owner: User | None = None) -> None:
    """Run a timer to a day; what has passed by today does not ring, and no old milestone will."""
    passed, next_at = deadlines.next_ring(due_on, on=moment.today, days=moment.days)
    new = {"due_on": due_on, "next_at": next_at, "last_milestone": passed, "owner": owner}
    timer = Timer.objects.filter(case=case, corrective_action_number=number)
    if not timer.update(**new, revision=F("revision") + 1):
        Timer.objects.create(case=case, corrective_action_number=number, **new)
