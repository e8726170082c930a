"""Milestones: which has passed, which comes next, and when the clock may speak."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.calendar import WorkingDays
from workflow.deadlines import is_office_time, kind_of, newest_passed, next_after, next_ring, rings_at
from workflow.vocabulary import Kind

DAYS = WorkingDays({})
DUE = date(2026, 10, 14)  # a Wednesday
days_near = st.dates(date(2026, 1, 1), date(2027, 6, 30))


@pytest.mark.parametrize(
    ("on", "milestone"),
    [
        (date(2026, 10, 2), None),
        (date(2026, 10, 5), -7),
        (date(2026, 10, 8), -7),
        (date(2026, 10, 9), -3),
        (date(2026, 10, 13), -1),
        (date(2026, 10, 14), 0),
        (date(2026, 10, 15), 1),
        (date(2026, 10, 18), 1),  # Sunday
        (date(2026, 10, 19), 3),
        (date(2026, 10, 23), 7),
        (date(2026, 10, 29), 7),
        (date(2026, 10, 30), 12),
        (date(2026, 11, 6), 17),
    ],
)
def test_the_newest_milestone_that_has_passed(on: date, milestone: int | None) -> None:
    assert newest_passed(DUE, on=on, days=DAYS) == milestone


def test_milestones_have_their_names() -> None:
    named = {m: kind_of(m) for m in (-7, -1, 0, 1, 3, 7, 12)}
    assert named == {
        -7: Kind.DUE_SOON,
        -1: Kind.DUE_SOON,
        0: Kind.DUE_TODAY,
        1: Kind.OVERDUE,
        3: Kind.OVERDUE,
        7: Kind.ESCALATED,
        12: Kind.ESCALATED,
    }


def test_a_milestone_rings_when_offices_open() -> None:
    assert rings_at(DUE, -1, DAYS) == datetime(2026, 10, 13, 0, 30, tzinfo=UTC)


def test_a_deadline_that_became_a_rest_day_has_not_passed_before_it() -> None:
    saturday = date(2026, 10, 17)
    assert newest_passed(saturday, on=date(2026, 10, 16), days=DAYS) == -1
    assert newest_passed(saturday, on=saturday, days=DAYS) == 0


@given(due_on=days_near.filter(DAYS.is_working), on=days_near)
def test_the_next_ring_is_always_still_to_come_and_rings_on_its_own_day(due_on, on) -> None:
    passed, at = next_ring(due_on, on=on, days=DAYS)
    day = at.date()  # 00:30 UTC is 07:30 of the same local day
    assert day > on
    assert DAYS.is_working(day)
    assert newest_passed(due_on, on=day, days=DAYS) == next_after(passed)


@pytest.mark.parametrize(
    ("at", "speaks"),
    [
        (datetime(2026, 10, 7, 0, 29, tzinfo=UTC), False),
        (datetime(2026, 10, 7, 0, 30, tzinfo=UTC), True),
        (datetime(2026, 10, 7, 10, 29, tzinfo=UTC), True),
        (datetime(2026, 10, 7, 10, 30, tzinfo=UTC), False),
        (datetime(2026, 10, 10, 3, 0, tzinfo=UTC), False),  # Saturday
        (datetime(2026, 8, 22, 3, 0, tzinfo=UTC), True),  # a Saturday that is worked
    ],
)
def test_the_clock_speaks_in_office_hours_of_working_days(at, speaks) -> None:
    assert is_office_time(at, DAYS) is speaks
