"""What a deadline that has come due rings: decided here alone, whether it is written or only foretold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from . import deadlines
from .arrows import Moment
from .models import Timer
from .vocabulary import TURNS, Kind


class Due(NamedTuple):
    """A running timer, in the columns that decide what it rings."""

    pk: int
    case_id: int
    corrective_action_number: int
    due_on: date
    revision: int
    last_milestone: int | None


class Ring(NamedTuple):
    """What the record will say of one milestone, and the name under which it is written once."""

    kind: Kind
    changes: dict[str, Any]
    once: str


Passing = Callable[[date, int | None], tuple[int | None, datetime]]


def passing(moment: Moment) -> Passing:
    """`deadlines.next_ring` at a moment, worked out once for the many timers of one day."""
    return cache(
        lambda due_on, last: deadlines.next_ring(due_on, on=moment.today, days=moment.days, last=last)
    )


def ring_of(timer: Due | Timer, milestone: int | None, *, state: str) -> Ring | None:
    """What a milestone that has passed rings in a case of that state; None where it has rung."""
    if milestone is None or milestone == timer.last_milestone:
        return None
    changes: dict[str, Any] = {
        "milestone": [timer.last_milestone, milestone],
        "due_on": [None, timer.due_on.isoformat()],
    }
    if timer.corrective_action_number:
        changes["corrective_action"] = [None, timer.corrective_action_number]
    else:
        changes["timer"] = [None, TURNS[state][1]]
    once = f"timer {timer.pk}, deadline {timer.revision}, milestone {milestone}"
    return Ring(deadlines.kind_of(milestone), changes, once)
