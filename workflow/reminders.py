"""What will be said of a case, and when: the milestones its running timers have still to pass."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from . import deadlines
from .calendar import WorkingDays
from .models import Case, Timer
from .vocabulary import Kind


class Reminder(NamedTuple):
    """One milestone to come; with a number it is a corrective action's, and concerns its owner."""

    at: datetime
    kind: Kind
    milestone: int
    due_on: date
    corrective_action_number: int


def to_come(case: Case, *, days: WorkingDays) -> list[Reminder]:
    """What rings if nothing is done, soonest first: of each timer up to its first escalation."""
    timers = case.known.timers if case.known else case.timers.order_by("pk")
    return sorted((r for timer in timers for r in _of(timer, days)), key=lambda r: r.at)


def _of(timer: Timer, days: WorkingDays) -> Iterator[Reminder]:
    milestone, at = deadlines.next_after(timer.last_milestone), timer.next_at
    while at:
        kind = deadlines.kind_of(milestone)
        yield Reminder(at, kind, milestone, timer.due_on, timer.corrective_action_number)
        if milestone >= deadlines.ESCALATES_AT:
            return
        milestone = deadlines.next_after(milestone)
        at = deadlines.rings_at(timer.due_on, milestone, days)
