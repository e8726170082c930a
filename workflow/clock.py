"""The clock is one more hand: it writes an event when a milestone of a deadline has passed."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import connection, transaction

from indicators.bulk import update_rows

from . import deadlines
from .arrows import Moment
from .models import Case, Event, Timer
from .operations import moment_now, nudge_after_commit, seal_event, write_events

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


@transaction.atomic
def _ring_batch(moment: Moment, only: Case | None) -> tuple[int, int]:
    """(timers looked at, events written) of one batch."""
    moment = moment_now(moment.at)  # the calendar as it is now, kept till the batch is written
    waiting = Timer.objects.filter(next_at__lte=moment.at)
    if only:
        waiting = waiting.filter(case=only)
    due = list(
        waiting.select_for_update(skip_locked=True, of=("self",)).order_by("next_at", "id")[:BATCH_SIZE]
    )
    # A case in the middle of a step is left for the next round: its step moves the timer anyway.
    cases = {
        case.pk: case
        for case in Case.objects.select_for_update(skip_locked=True, no_key=True)
        .filter(pk__in={timer.case_id for timer in due})
        .order_by("pk")
    }
    held = [timer for timer in due if timer.case_id in cases]
    events, moved = [], []
    for timer in held:
        last = timer.last_milestone
        milestone, next_at = deadlines.next_ring(timer.due_on, on=moment.today, days=moment.days, last=last)
        if milestone is not None and milestone != last:
            events.append(_ring(cases[timer.case_id], timer, milestone, moment))
        moved.append((timer.pk, milestone, next_at))
    update_rows(Timer, ["last_milestone", "next_at"], moved)
    touched = {event.case_id for event in events}
    update_rows(
        Case,
        ["version", "head_hash"],
        [(key, cases[key].version, cases[key].head_hash) for key in sorted(touched)],
    )
    write_events(events)
    if events:
        nudge_after_commit()
    return len(held), len(events)


def _ring(case: Case, timer: Timer, milestone: int, moment: Moment) -> Event:
    changes = {
        "milestone": [timer.last_milestone, milestone],
        "due_on": [None, timer.due_on.isoformat()],
    }
    if timer.corrective_action_number:
        changes["corrective_action"] = [None, timer.corrective_action_number]
    else:
        changes["timer"] = [None, case.turn_date_name]
    return seal_event(
        case,
        deadlines.kind_of(milestone),
        by=None,
        at=moment.at,
        changes=changes,
        once=f"timer {timer.pk}, deadline {timer.revision}, milestone {milestone}",
    )
