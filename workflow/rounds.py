"""The rounds of the clock: how often each is asked for, when it last was, and when it was last done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Max, Min, Q
from django.db.models.functions import Now

from .models import Round

#: A clock is missed after so many of its shortest rounds, and never sooner than after so long.
MISSED_AFTER_ROUNDS = 3
MISSED_AFTER = timedelta(minutes=2)


class Heard(NamedTuple):
    """When the clock last asked for a round, and when a worker last finished one."""

    asked_at: datetime | None
    ran_at: datetime | None
    shortest: timedelta | None


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


def heard() -> Heard:
    """What was last heard of the clock, and the shortest of its rounds that are on."""
    found = Round.objects.aggregate(
        asked_at=Max("asked_at"), ran_at=Max("ran_at"), seconds=Min("every_seconds", filter=Q(is_on=True))
    )
    seconds = found.pop("seconds")
    return Heard(**found, shortest=timedelta(seconds=seconds) if seconds else None)


def why_silent(last: Heard, *, now: datetime) -> str:
    """Why the clock must be taken for silent; empty while it is heard."""
    if last.asked_at is None:
        return "has not begun"
    if last.shortest is None:
        return "switched off"
    is_missed = now - last.asked_at > max(MISSED_AFTER_ROUNDS * last.shortest, MISSED_AFTER)
    return f"silent since {last.asked_at.isoformat()}" if is_missed else ""
