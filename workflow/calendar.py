"""Vietnamese working days: the library's holidays, with the administrator's calendar winning."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache

import holidays
from django.apps import apps
from django.db import connection

from organisations.questions import Question

_DAY = timedelta(days=1)


@cache
def _library_year(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Rest days and worked weekend days of a year, as the Labour Code and known swaps have them.

    The year is named explicitly: the library answers wrongly for a weekend day of a year it has
    not been asked to fill.
    """
    days = holidays.country_holidays("VN", years=year)
    return frozenset(days), frozenset(d for d in days.weekend_workdays if d.year == year)


def library_days(year: int) -> dict[date, tuple[bool, str]]:
    """Whether each special day of a year is worked, and its name, where the city has said nothing."""
    rest, worked = _library_year(year)
    names = holidays.country_holidays("VN", years=year, language="vi")
    return {on: (on in worked, names.get(on) or "") for on in sorted(rest | worked)}


class WorkingDays:
    """Counts in working days; `exceptions` says of single days whether they are worked."""

    def __init__(self, exceptions: Mapping[date, bool]) -> None:
        self._exceptions = exceptions

    def is_working(self, day: date) -> bool:
        if day in self._exceptions:
            return self._exceptions[day]
        rest, worked = _library_year(day.year)
        return day in worked or (day.weekday() < 5 and day not in rest)

    def on_or_after(self, day: date) -> date:
        """The day itself, or the next working day where it is a rest day (Civil Code 2015, 148)."""
        while not self.is_working(day):
            day += _DAY
        return day

    def shift(self, day: date, count: int) -> date:
        """The working day `count` working days after (before, if negative) a day not counted."""
        step = _DAY if count > 0 else -_DAY
        for _ in range(abs(count)):
            day += step
            while not self.is_working(day):
                day += step
        return day

    def after_days(self, day: date, count: int) -> date:
        """`count` calendar days later, moved to the next working day; the first day not counted."""
        return self.on_or_after(day + timedelta(days=count))

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` is earlier."""
        if end < start:
            return -self.between(end, start)
        days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
        return sum(self.is_working(day) for day in days)


_special_days = Question(
    lambda: apps.get_model("workflow", "CalendarDay").objects.order_by().values_list("on", "is_working")
)


def working_days() -> WorkingDays:
    """The calendar in force, read from the database now."""
    return WorkingDays(dict(_special_days()))


def hold_the_rules(*, to_change_them: bool = False) -> None:
    """Until the transaction ends, calendar and policies stay as they are for whoever counts by them.

    Whoever changes them waits until nobody counts, and then is alone: no date is set by a calendar
    that has just been replaced. To be taken after units and before cases, in that order by all, so
    that nobody waits in a ring. SQLite lets in one writer anyway.
    """
    if connection.vendor == "postgresql" and connection.in_atomic_block:
        mode = "" if to_change_them else "_shared"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_xact_lock{mode}(hashtext('the rules of time'))")
