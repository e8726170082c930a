"""Dates that move because the calendar does: which they are, and where each of them goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Max, Q

from .arrows import Moment
from .calendar import WorkingDays
from .models import Case, Policy
from .vocabulary import State

#: What a deadline in working days counts, by the state in which it runs; other dates were chosen.
COUNTED = {
    State.OPEN: "assign_within_working_days",
    State.IN_VERIFICATION: "verify_within_working_days",
    State.HANDED_UP: "answer_within_working_days",
}


@dataclass(frozen=True)
class Change:
    """The calendar before and after; the days on which they differ, with name and source of each."""

    before: WorkingDays
    after: WorkingDays
    days: Mapping[date, tuple[str, str]]

    @property
    def first(self) -> date:
        return min(self.days)

    @property
    def last(self) -> date:
        return max(self.days)

    def rest_days(self, on: date) -> list[date]:
        """The days, from one on, that are no longer worked."""
        return [day for day in self.days if day >= on and not self.after.is_working(day)]


class Move(NamedTuple):
    """One deadline that moves, of the case or of a corrective action, and the days that move it."""

    case: Case
    name: str
    before: date
    after: date
    because_of: list[date]
    action: Any = None

    @property
    def key(self) -> tuple[int, int]:
        """The case and number by which a timer knows its deadline."""
        return self.case.pk, self.action.number if self.action else 0


def moves_of(change: Change, moment: Moment) -> list[Move]:
    """What follows from a change, of cases that are locked by it; a constant number of statements.

    What is over stays: only dates from today on move, and none into the past.
    """
    cases = _affected(change, moment)
    moves = [move for case in cases if (move := _of_case(case, change, moment))]
    return moves + _of_actions(cases, change, moment)


def _affected(change: Change, moment: Moment) -> list[Case]:
    """Live cases, locked, whose running date or an outstanding corrective action may move."""
    rest = change.rest_days(moment.today)
    longest = Policy.objects.aggregate(**{name: Max(name) for name in COUNTED.values()})
    counted = Q(
        state__in=COUNTED,
        turn_due_on__gte=max(change.first, moment.today),
        turn_due_on__lte=change.before.shift(change.last, max(n or 0 for n in longest.values())),
        turn_began_on__lt=change.last,
    )
    to_do = _outstanding().filter(due_on__in=rest).values("case")
    affected = Case.objects.live().filter(counted | Q(turn_due_on__in=rest) | Q(pk__in=to_do))
    # Locked first and read after, as `operations.lock` does, in the order in which all lock.
    keys = list(affected.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    related = ("policy", "unit__parent", "indicator", "assignee")
    return list(Case.objects.filter(pk__in=keys).select_related(*related).order_by("pk"))


def _outstanding() -> Any:
    actions: Any = Case._meta.get_field("corrective_actions").related_model
    return actions.objects.filter(completed_at=None, dropped_at=None)


def _of_case(case: Case, change: Change, moment: Moment) -> Move | None:
    """Counted again from the day the turn began, or off a rest day: where the running date goes."""
    before, began = case.turn_due_on, case.turn_began_on
    if before is None or before < moment.today:
        return None
    counts = COUNTED.get(State(case.state))
    if counts and began:
        after = change.after.shift(began, getattr(case.policy, counts))
        because_of = [day for day in change.days if began < day <= max(before, after)]
    else:
        after = change.after.on_or_after(before) if before in change.days else before
        because_of = [day for day in change.days if before <= day < after]
    # Nobody becomes late by a calendar.
    if after == before or after < moment.today:
        return None
    return Move(case, case.turn_date_name, before, after, because_of)


def _of_actions(cases: Sequence[Case], change: Change, moment: Moment) -> list[Move]:
    """Corrective actions that are due on what is now a rest day go on to the next working day."""
    by_key = {case.pk: case for case in cases}
    due = _outstanding().filter(case__in=by_key, due_on__in=change.rest_days(moment.today))
    moves = []
    for action in due.select_related("owner").order_by("case", "number"):
        before, after = action.due_on, change.after.on_or_after(action.due_on)
        because_of = [day for day in change.days if before <= day < after]
        moves.append(Move(by_key[action.case_id], "due_on", before, after, because_of, action))
    return moves
