"""When the calendar changes: its days are written, and what follows from them moves, on record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from organisations.hands import Hand
from organisations.ledger import CHANGE, DELETION, enter_all
from organisations.models import User

from .arrows import Moment
from .calendar import hold_the_rules, working_days
from .models import CalendarDay, Case, Event
from .moved import record_moves, recount_timers
from .moves import Change, Move, moves_of
from .operations import moment_now
from .refusals import Invalid
from .timekeepers import refuse_other_hands

#: Days that one change may name: more than a year of exceptions is a slip.
MAX_DAYS = 400
#: Characters of the texts of a day.
LONGEST = {"name": 120, "source": 200}
#: Years a day may lie in: the first, and how many ahead of today's.
FIRST_YEAR, FARTHEST_YEARS = 2000, 10


class Day(NamedTuple):
    """What the calendar is to say of a day; `is_working` None takes the exception back."""

    on: date
    is_working: bool | None
    name: str = ""
    source: str = ""
    is_certain: bool = True


@dataclass
class Report:
    """What a change of the calendar did, or in a dry run would do."""

    days: list[Day] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    #: What `look` saw of the world as the change would leave it.
    seen: Any = None

    @property
    def cases(self) -> list[Case]:
        """The cases of which a date moves."""
        return [event.case for event in self.events]

    @property
    def has_changed_nothing(self) -> bool:
        return not self.days


def change_calendar(
    days: Iterable[Day],
    *,
    by: User | None,
    dry_run: bool = False,
    look: Callable[[], Any] | None = None,
    now: datetime | None = None,
) -> Report:
    """Write days of the calendar and move every deadline that follows from them: all, or nothing.

    A dry run does everything and takes it back, so what it reports is what would happen: only cases
    of cities that the person administers; `look` looks round before it is taken back. Nobody is
    needed while there is no case.
    Raises NotYours, Invalid.
    """
    days = [day._replace(name=day.name.strip(), source=day.source.strip()) for day in days]
    with transaction.atomic():
        hold_the_rules(to_change_them=True)
        moment = moment_now(now)
        _refuse(days, by, moment)
        report = Report(days=_write(days, by))
        after = working_days()
        differ = {d.on: d for d in report.days if after.is_working(d.on) != moment.days.is_working(d.on)}
        if differ:
            reasons = {on: (day.name, day.source) for on, day in sorted(differ.items())}
            change = Change(moment.days, after, reasons)
            report.moves = moves_of(change, moment)
            report.events = record_moves(report.moves, change, by, moment)
            recount_timers(change, report.moves)
        if dry_run:
            report.seen = look() if look else None
            transaction.set_rollback(True)
    return report


def _refuse(days: Sequence[Day], by: User | None, moment: Moment) -> None:
    if by or Case.objects.exists():
        refuse_other_hands(Hand(by, on=moment.today), _("Chỉ quản trị của thành phố sửa lịch làm việc."))
    if not days:
        raise Invalid(errors={"on": [_("Hãy chọn ít nhất một ngày.")]})
    if len(days) > MAX_DAYS or len({day.on for day in days}) < len(days):
        sentence = _("Mỗi ngày chỉ nêu một lần, mỗi lần không quá %(count)s ngày.")
        raise Invalid(errors={"on": [sentence % {"count": MAX_DAYS}]})
    last = moment.today.year + FARTHEST_YEARS
    if strange := [day.on for day in days if not FIRST_YEAR <= day.on.year <= last]:
        sentence = _("%(on)s: hãy xem lại năm.")
        raise Invalid(errors={"on": [sentence % {"on": f"{strange[0]:%d/%m/%Y}"}]})
    for name, longest in LONGEST.items():
        if any(len(getattr(day, name)) > longest for day in days):
            raise Invalid(errors={name: [_("Không quá %(count)s ký tự.") % {"count": longest}]})
    if any(day.is_working is not None and not day.name for day in days):
        raise Invalid(errors={"name": [_("Hãy nêu lý do, ví dụ: Tết Nguyên đán.")]})


def _write(days: Sequence[Day], by: User | None) -> list[Day]:
    """Write what is new of these, and answer it."""
    known = {row.on: row for row in CalendarDay.objects.filter(on__in=[day.on for day in days])}
    stand = {on: Day(on, r.is_working, r.name, r.source, r.is_certain) for on, r in known.items()}
    said = [day for day in days if day.is_working is not None and stand.get(day.on) != day]
    taken_back = [day for day in days if day.is_working is None and day.on in known]
    if by:
        gone = [known[day.on] for day in taken_back]
        enter_all(gone, DELETION, {row.pk: _described(stand[row.on]) for row in gone}, by=by)
    CalendarDay.objects.filter(on__in=[day.on for day in taken_back]).delete()
    CalendarDay.objects.bulk_create(
        [CalendarDay(**day._asdict()) for day in said],
        update_conflicts=True,
        unique_fields=["on"],
        update_fields=["is_working", "name", "source", "is_certain"],
    )
    if by:
        new = {day.on: day for day in said}
        rows = list(CalendarDay.objects.filter(on__in=new))
        enter_all(rows, CHANGE, {row.pk: _described(new[row.on]) for row in rows}, by=by)
    return said + taken_back


def _described(day: Day) -> str:
    return f"is_working {day.is_working}, is_certain {day.is_certain}: {day.name}; {day.source}"


def days_from(first: date, last: date) -> list[date]:
    """Every day from the first to the last."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
