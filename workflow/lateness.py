"""Whose time a case took: each stage with who held it, until when it was due, and how late it ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from . import deadlines
from .calendar import WorkingDays
from .vocabulary import CLOCK_KINDS, LIVE, TURNS, Holder, State, Turn, Verifier

if TYPE_CHECKING:
    from .models import Event


class Stage(NamedTuple):
    """A stretch of a case's life in one state; `ended_on` is None while it lasts.

    `days_late` counts the working days from the deadline to the end, or to the day of reading, and
    none before the stage began: what was late by then is counted where it became so.
    """

    state: State
    held_by: Holder
    began_on: date
    ended_on: date | None
    due_on: date | None
    days_late: int


def holder(state: str, verifier: str) -> Holder:
    """Who has a case in a state, and so whose a deadline missed is."""
    if state not in LIVE:
        return Holder.NOBODY
    turn = TURNS[state][0]
    is_the_citys = turn == Turn.CITY or (turn == Turn.VERIFIER and verifier == Verifier.AUDITOR)
    return Holder.CITY if is_the_citys else Holder.UNIT


def stages(events: Iterable[Event], *, on: date, days: WorkingDays) -> list[Stage]:
    """The stages of a case, read from its record alone, oldest first."""
    return list(_stages(events, on, days))


def days_late(told: Iterable[Stage]) -> dict[Holder, int]:
    """Working days by which deadlines were missed, by who held the case then."""
    late: Counter[Holder] = Counter({Holder.UNIT: 0, Holder.CITY: 0})
    for stage in told:
        late[stage.held_by] += stage.days_late
    return {who: late[who] for who in (Holder.UNIT, Holder.CITY)}


def _stages(events: Iterable[Event], on: date, days: WorkingDays) -> Iterator[Stage]:
    said: dict[str, Any] = {}
    began_on: date | None = None
    for event in events:
        new = _of_the_case(event)
        day = event.at.astimezone(deadlines.LOCAL).date()
        if "state" in new and began_on:
            yield _stage(said, began_on, day, on, days)
        said |= new
        if "state" in new:
            began_on = day
    if began_on:
        yield _stage(said, began_on, None, on, days)


def _of_the_case(event: Event) -> dict[str, Any]:
    """What an event made of the case itself; reminders and corrective actions have dates of their own."""
    if event.kind in CLOCK_KINDS or "corrective_action" in event.changes:
        return {}
    return {name: pair[1] for name, pair in event.changes.items()}


def _stage(said: dict[str, Any], began_on: date, ended_on: date | None, on: date, days: WorkingDays) -> Stage:
    state = State(said["state"])
    due = said.get(TURNS[state][1])
    due_on = date.fromisoformat(due) if due else None
    late = max(0, days.between(max(due_on, began_on), ended_on or on)) if due_on else 0
    return Stage(state, holder(state, said.get("verifier") or ""), began_on, ended_on, due_on, late)
