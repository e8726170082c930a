"""The clock is one more hand: it writes an event when a milestone of a deadline has passed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from indicators.bulk import update_rows

from . import deadlines
from .arrows import Moment
from .models import Case, Event, Timer
from .operations import moment_now, nudge_after_commit, seal_row, write_rows
from .ringing import Due, passing, ring_of
from .trail import Head

#: Timers rung in one transaction.
BATCH_SIZE = 500


def ring_due(*, now: datetime | None = None, only: Case | None = None) -> int:
    """Write the newest milestone of every deadline that has come due; answers how many rang.

    Work is what has come due, found by index. Any number of clocks may run at once: a timer is
    held by one of them, moved on in the transaction that writes its event, and an event is unique
    for its timer, deadline and milestone. Outside office time nothing rings; it waits.
    `only` rings the deadlines of one case.
    """
    moment = moment_now(now or database_now())
    if not deadlines.is_office_time(moment.at, moment.days):
        return 0
    rung, are_more = 0, True
    while are_more:
        are_more, count = _ring_batch(moment, only)
        rung += count
    return rung


def database_now() -> datetime:
    """The database's clock, so that no worker's wrong clock rings early."""
    if connection.vendor != "postgresql":
        return datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def would_ring(*, now: datetime) -> list[Event]:
    """The events that `ring_due` would write at an instant, unsaved and in its order; for a rehearsal."""
    moment = moment_now(now)
    if not deadlines.is_office_time(moment.at, moment.days):
        return []
    next_ring = passing(moment)
    events = []
    for timer in _due(moment).select_related("case__unit__parent", "case__policy", "case__indicator"):
        milestone, _next_at = next_ring(timer.due_on, timer.last_milestone)
        if ring := ring_of(timer, milestone, state=timer.case.state):
            events.append(Event(case=timer.case, at=moment.at, **ring._asdict()))
    return events


def _due(moment: Moment) -> QuerySet[Timer]:
    return Timer.objects.filter(next_at__lte=moment.at).order_by("next_at", "id")


@transaction.atomic
def _ring_batch(moment: Moment, only: Case | None) -> tuple[bool, int]:
    """(whether more may be due, events written) of one batch."""
    moment = moment_now(moment.at)  # the calendar as it is now, kept till the batch is written
    timers = _take(_due(moment).filter(case=only) if only else _due(moment))
    # A case in the middle of a step is left for the next round: its step moves the timer anyway.
    cases = _hold({timer.case_id for timer in timers})
    next_ring = passing(moment)
    rows, moved, rung = [], [], {}
    for timer in (timer for timer in timers if timer.case_id in cases):
        milestone, next_at = next_ring(timer.due_on, timer.last_milestone)
        moved.append((timer.pk, milestone, next_at))
        if ring := ring_of(timer, milestone, state=cases[timer.case_id].state):
            case = rung[timer.case_id] = cases[timer.case_id]
            rows.append(seal_row(case, ring.kind, at=moment.at, changes=ring.changes, once=ring.once))
    update_rows(Timer, ["last_milestone", "next_at"], moved)
    _write(rows, rung)
    # Where none could be moved, the next batch would be this one again.
    return len(timers) == BATCH_SIZE and bool(moved), len(rows)


def _write(rows: list[tuple[Any, ...]], rung: dict[int, Head]) -> None:
    """Write what rang, and to what the cases have come by it."""
    heads = [(key, case.version, case.head_hash) for key, case in sorted(rung.items())]
    update_rows(Case, ["version", "head_hash"], heads)
    write_rows(rows)
    if rows:
        nudge_after_commit()


def _take(due: QuerySet[Timer]) -> list[Due]:
    """The first timers that no other clock holds; as columns, since making objects of ten thousand
    took half of a sweep's time."""
    taken = due.select_for_update(skip_locked=True).values_list(*Due._fields)
    return [Due(*row) for row in taken[:BATCH_SIZE]]


def _hold(keys: set[int]) -> dict[int, Head]:
    """The heads of those cases that nobody else holds."""
    locked = Case.objects.select_for_update(skip_locked=True, no_key=True).filter(pk__in=keys).order_by("pk")
    return {row[0]: Head(*row) for row in locked.values_list(*Head.__slots__)}
