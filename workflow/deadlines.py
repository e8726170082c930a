"""Which milestone of a deadline has passed, and when the next one rings. Pure functions of dates."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from .calendar import WorkingDays
from .vocabulary import Kind

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
#: The clock speaks in office hours only.
OPENS_AT, CLOSES_AT = time(7, 30), time(17, 30)

#: Milestones in working days from the deadline: negative before it, positive after it.
MILESTONES = (-7, -3, -1, 0, 1, 3, 7)
#: After the last milestone above, one more every so many working days.
THEN_EVERY = 5
#: From here on a deadline missed is escalated to the city.
ESCALATES_AT = 7
#: No deadline is set further ahead than this: whoever types 2226 means 2026.
FARTHEST_YEARS = 5


def kind_of(milestone: int) -> Kind:
    """What a milestone is called in the record."""
    if milestone < 0:
        return Kind.DUE_SOON
    if milestone == 0:
        return Kind.DUE_TODAY
    return Kind.ESCALATED if milestone >= ESCALATES_AT else Kind.OVERDUE


def newest_passed(due_on: date, *, on: date, days: WorkingDays) -> int | None:
    """The newest milestone that has come by the end of a day; None when none has."""
    distance = days.between(due_on, on)
    if distance == 0 and on < due_on:
        # Only rest days lie between: the deadline itself is still to come.
        distance = -1
    last = MILESTONES[-1]
    if distance > last:
        return last + (distance - last) // THEN_EVERY * THEN_EVERY
    return max((m for m in MILESTONES if m <= distance), default=None)


def next_after(milestone: int | None) -> int:
    """The milestone that follows one; the first where none has passed."""
    if milestone is None:
        return MILESTONES[0]
    return next((m for m in MILESTONES if m > milestone), milestone + THEN_EVERY)


def rings_at(due_on: date, milestone: int, days: WorkingDays) -> datetime:
    """The instant, in UTC, at which a milestone rings: the opening of its working day."""
    day = days.on_or_after(due_on) if milestone == 0 else days.shift(due_on, milestone)
    return opening_of(day)


def opening_of(day: date) -> datetime:
    """The instant, in UTC, at which offices open on a day."""
    return datetime.combine(day, OPENS_AT, LOCAL).astimezone(UTC)


def next_ring(
    due_on: date, *, on: date, days: WorkingDays, last: int | None = None
) -> tuple[int | None, datetime]:
    """The newest milestone passed by a day, and the instant at which the one after it rings.

    `last` is one that is behind the timer already, whatever has become of the calendar since.
    """
    passed = newest_passed(due_on, on=on, days=days)
    if last is not None and (passed is None or passed < last):
        passed = last
    return passed, rings_at(due_on, next_after(passed), days)


def is_office_time(now: datetime, days: WorkingDays) -> bool:
    """Whether the clock may speak: a working day, 07:30 to 17:30 local time."""
    local = now.astimezone(LOCAL)
    return days.is_working(local.date()) and OPENS_AT <= local.time() < CLOSES_AT
