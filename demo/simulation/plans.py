"""What is settled of a simulated year before it begins: when it is rated, when its machines stand still."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from workflow.calendar import WorkingDays

#: So many rest days in a row are a holiday in which somebody leaves the clock switched off.
LONG_HOLIDAY_DAYS = 5


def first_day(year: int) -> date:
    """A year is lived from the middle of the December before, so that it begins with cases under way."""
    return date(year - 1, 12, 15)


def periods(year: int) -> Iterator[tuple[date, str]]:
    """When which quarter is rated: the last of a year in its December, the others when they are over."""
    yield date(year, 12, 15), f"{year}-Q4"
    for quarter, month in ((1, 4), (2, 7), (3, 10)):
        yield date(year + 1, month, 5), f"{year + 1}-Q{quarter}"
    yield date(year + 1, 12, 15), f"{year + 1}-Q4"


def outages(first: date, last: date, days: WorkingDays) -> Iterator[tuple[date, date]]:
    """The clock is off from two working days before a long holiday till the middle of it."""
    rest: list[date] = []
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        if not days.is_working(day):
            rest.append(day)
            continue
        if len(rest) >= LONG_HOLIDAY_DAYS:
            yield days.shift(rest[0], -2), rest[len(rest) // 2]
        rest = []


def mail_outages(year: int) -> Iterator[tuple[date, date]]:
    """In March and in October the mail server stands still for some days, while the clock goes on."""
    yield date(year, 3, 10), date(year, 3, 15)
    yield date(year, 10, 13), date(year, 10, 19)


def is_within(stretches: list[tuple[date, date]], day: date) -> bool:
    """Whether a day lies in one of these stretches, of which each has a first and a last day."""
    return any(first <= day <= last for first, last in stretches)
