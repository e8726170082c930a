"""Deadlines in words: how many working days are left, or have passed."""

from datetime import date
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from workflow.calendar import WorkingDays, working_days


class Left(NamedTuple):
    """A deadline as a reader needs it: the day, the words, and how urgent it is."""

    on: date
    words: str
    urgency: str  # "overdue", "today", "soon" or "later"


class Today(NamedTuple):
    """The day a page is read on, with the calendar in force."""

    on: date
    days: WorkingDays

    def left(self, due_on: date) -> Left:
        count = self.days.between(self.on, due_on)
        if due_on < self.on:
            words = _("quá hạn %(count)s ngày làm việc") % {"count": -count}
            return Left(due_on, words if count else _("đã quá hạn"), "overdue")
        if due_on == self.on:
            return Left(due_on, _("đến hạn hôm nay"), "today")
        words = _("còn %(count)s ngày làm việc") % {"count": count}
        return Left(due_on, words, "soon" if count <= 3 else "later")


def today() -> Today:
    return Today(timezone.localdate(), working_days())


def milestone_in_words(milestone: int) -> str:
    """A milestone as its distance from the deadline, in working days."""
    if milestone < 0:
        return _("trước hạn %(count)s ngày làm việc") % {"count": -milestone}
    if milestone == 0:
        return _("đúng ngày đến hạn")
    return _("quá hạn %(count)s ngày làm việc") % {"count": milestone}
