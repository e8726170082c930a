"""The clock is one more hand: it writes an event when a milestone of a deadline has passed."""

from __future__ import annotations

from datetime import UTC, datetime

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
    rung = 0
    while batch := _ring_batch(moment, only):
        rung += batch[1]
        if batch[0] < BATCH_SIZE:
            break
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
def _ring_batch(moment: Moment, only: Case | None) -> tuple[int, int]:
    """(timers looked at, events written) of one batch."""
    moment = moment_now(moment.at)  # the calendar as it is now, kept till the batch is written
    held = _hold(_due(moment).filter(case=only) if only else _due(moment))
    next_ring = passing(moment)
    rows, moved, rung = [], [], {}
    for timer, case in held:
        milestone, next_at = next_ring(timer.due_on, timer.last_milestone)
        if ring := ring_of(timer, milestone, state=case.state):
            rows.append(seal_row(case, ring.kind, at=moment.at, changes=ring.changes, once=ring.once))
            rung[case.pk] = case
        moved.append((timer.pk, milestone, next_at))
    update_rows(Timer, ["last_milestone", "next_at"], moved)
    heads = [(key, case.version, case.head_hash) for key, case in sorted(rung.items())]
    update_rows(Case, ["version", "head_hash"], heads)
    write_rows(rows)
    if rows:
        nudge_after_commit()
    return len(held), len(rows)


def _hold(due: QuerySet[Timer]) -> list[tuple[Due, Head]]:
    """The timers of one batch with the heads of their cases, all of them held."""
    # Columns and not objects: among ten thousand that are due, making objects took half the time.
    timers = due.values_list(*Due._fields).select_for_update(skip_locked=True)[:BATCH_SIZE]
    found = [Due(*row) for row in timers]
    # A case in the middle of a step is left for the next round: its step moves the timer anyway.
    cases = Case.objects.filter(pk__in={timer.case_id for timer in found}).order_by("pk")
    locked = cases.select_for_update(skip_locked=True, no_key=True)
    heads = {
        row[0]: Head(*row) for row in locked.values_list("pk", "number", "state", "version", "head_hash")
    }
    return [(timer, heads[timer.case_id]) for timer in found if timer.case_id in heads]
