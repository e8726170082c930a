"""Vietnamese working days: Tết, compensating days, swapped Saturdays, and the table that wins."""

from datetime import date

import pytest

from workflow.calendar import WorkingDays, working_days
from workflow.models import CalendarDay

LIBRARY_ONLY = WorkingDays({})


@pytest.mark.parametrize(
    ("day", "is_working"),
    [
        (date(2026, 2, 13), True),  # the Friday before Tết
        (date(2026, 2, 16), False),  # Tết
        (date(2026, 2, 20), False),
        (date(2026, 2, 23), True),
        (date(2026, 4, 27), False),  # Hùng Kings fell on a Sunday
        (date(2026, 8, 22), True),  # a Saturday worked for Monday 31 August
        (date(2026, 8, 31), False),
        (date(2026, 10, 10), False),  # an ordinary Saturday
    ],
)
def test_the_library_knows_the_year(day: date, is_working: bool) -> None:
    assert LIBRARY_ONLY.is_working(day) is is_working


def test_the_shipped_table_has_the_swap_the_library_misses(city) -> None:
    assert not LIBRARY_ONLY.is_working(date(2026, 1, 10))
    days = working_days()
    assert days.is_working(date(2026, 1, 10))
    assert not days.is_working(date(2026, 1, 2))


def test_the_administrators_calendar_wins_over_the_library(city) -> None:
    CalendarDay.objects.update_or_create(
        on=date(2026, 11, 24), defaults={"is_working": True, "name": "Không thành ngày nghỉ"}
    )
    assert not LIBRARY_ONLY.is_working(date(2026, 11, 24))
    assert working_days().is_working(date(2026, 11, 24))


def test_three_working_days_over_tet_skip_the_whole_holiday() -> None:
    assert LIBRARY_ONLY.shift(date(2026, 2, 12), 3) == date(2026, 2, 24)


def test_counting_back_from_after_tet_lands_before_it() -> None:
    assert LIBRARY_ONLY.shift(date(2026, 2, 24), -3) == date(2026, 2, 12)


def test_a_period_that_ends_on_a_rest_day_ends_on_the_next_working_day() -> None:
    assert LIBRARY_ONLY.after_days(date(2026, 1, 17), 30) == date(2026, 2, 23)


def test_days_between_count_the_last_and_not_the_first() -> None:
    assert LIBRARY_ONLY.between(date(2026, 2, 13), date(2026, 2, 24)) == 2
    assert LIBRARY_ONLY.between(date(2026, 2, 24), date(2026, 2, 13)) == -2
    assert LIBRARY_ONLY.between(date(2026, 10, 7), date(2026, 10, 7)) == 0
