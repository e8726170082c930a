"""The rounds of the clock: how often each is asked for, when it last was, and when it was last done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models.functions import Now

from .models import Round

#: A clock is missed after so many of its shortest rounds, and never sooner than after so long.
MISSED_AFTER_ROUNDS = 3
MISSED_AFTER = timedelta(minutes=2)
#: A worker busy with a city's morning lets some rounds expire; it is missed after these.
IDLE_AFTER_ROUNDS = 10
IDLE_AFTER = timedelta(minutes=10)

#: The round without which no deadline is watched: others that go on must not speak for it.
RING = "workflow.tasks.ring_due"


def rounds_of(timetable: Mapping[str, Mapping[str, Any]]) -> list[Round]:
    """The rounds of a timetable as the administrator has set them; a new one begins as it is written."""
    known = set(Round.objects.filter(name__in=timetable).values_list("name", flat=True))
    if new := [name for name in timetable if name not in known]:
        # Two clocks may begin at the same moment.
        Round.objects.bulk_create([as_written(name, timetable[name]) for name in new], ignore_conflicts=True)
    return list(Round.objects.filter(name__in=timetable))


def as_written(name: str, row: Mapping[str, Any]) -> Round:
    """A round as the timetable has it, before anybody set it otherwise."""
    return Round(name=name, task=row["task"], every_seconds=row["schedule"])


def has_asked(name: str) -> None:
    """Note that the clock has just asked for a round."""
    Round.objects.filter(name=name).update(asked_at=Now())


def has_run(task: str) -> None:
    """Note that a worker has just finished a round, whoever asked for it."""
    Round.objects.filter(task=task).update(ran_at=Now())


def heard() -> list[Round]:
    """What was last heard of each round."""
    return list(Round.objects.all())


def why_silent(rounds: list[Round], *, now: datetime) -> str:
    """Why the clock must be taken for silent, or for deaf to deadlines; empty while it is heard."""
    asked = [round.asked_at for round in rounds if round.asked_at]
    paces = [round.every_seconds for round in rounds if round.is_on]
    if not asked:
        return "has not begun"
    if not paces:
        return "switched off"
    if _is_missed(max(asked), min(paces), now):
        return f"silent since {max(asked).isoformat()}"
    ring = _ring(rounds)
    if ring is None:
        return "rings no deadlines: switched off"
    if ring.asked_at is None:
        return "rings no deadlines: has not begun"
    is_missed = _is_missed(ring.asked_at, ring.every_seconds, now)
    return f"rings no deadlines since {ring.asked_at.isoformat()}" if is_missed else ""


def why_idle(rounds: list[Round]) -> str:
    """Why the worker that rings must be taken for dead; empty while it keeps up with the clock.

    It is measured by when it was last asked, so that a silent clock is not laid at its door. Outside
    office hours it rings nothing and still finishes its rounds. One that never finished any is not
    ready: the first is asked for as the clock begins, and takes seconds.
    """
    ring = _ring(rounds)
    if ring is None or ring.asked_at is None:
        return ""
    if ring.ran_at is None:
        return "has not begun"
    patience = max(IDLE_AFTER_ROUNDS * timedelta(seconds=ring.every_seconds), IDLE_AFTER)
    return f"silent since {ring.ran_at.isoformat()}" if ring.asked_at - ring.ran_at > patience else ""


def _ring(rounds: list[Round]) -> Round | None:
    return next((round for round in rounds if round.task == RING and round.is_on), None)


def _is_missed(asked_at: datetime, every_seconds: int, now: datetime) -> bool:
    return now - asked_at > max(MISSED_AFTER_ROUNDS * timedelta(seconds=every_seconds), MISSED_AFTER)
