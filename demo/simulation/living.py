"""A city lives, day by day: what its people do, and its clock that goes round among it."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random

from django.utils import timezone

from indicators.models import Rater
from indicators.operations import record_assessments
from notifications.delivery import deliver
from notifications.models import OutboxPosition, Told
from notifications.telling import tell
from organisations.loading import DATA, load_units, read_table
from organisations.models import Unit, User
from workflow.calendar import working_days
from workflow.clock import ring_due
from workflow.deadlines import LOCAL
from workflow.models import Case

from ..city import PROVINCE, ratings
from ..people import DOMAIN, settle
from .apart import apart
from .letterbox import Letterbox
from .plans import first_day, is_within, mail_outages, outages, periods
from .staffing import Deed, Staffing
from .work import Work
from .year import Year

#: When the clock goes round, on every day; in and out of office hours, and once the digests have waited.
ROUNDS = tuple(time.fromisoformat(at) for at in ("02:00", "07:30", "07:33", "12:00", "17:29", "20:00"))
#: The share of the indicators with known findings that is red or yellow in a quarter.
SHARE = 0.25


def simulate(
    *,
    units: int,
    year: int,
    seed: int,
    until: date | None = None,
    share: float = SHARE,
    each_month: Callable[[Year, date], object] = lambda year, day: None,
) -> Year:
    """Let a city live in the empty database at hand, from mid-December till the end of the year.

    The December before gives the new year cases that are under way. Nobody is written to: mail goes
    to Django's own letterbox in memory, files to a place that is removed.
    """
    with apart():
        return _Simulation(units, year, seed, until or date(year, 12, 31), share).run(each_month)


class _Simulation:
    """Everything that will happen, in the order of its instants."""

    def __init__(self, units: int, year: int, seed: int, last: date, share: float) -> None:
        self.pick, self.share = Random(seed), share
        self.year = Year(first_day(year), last, seed)
        self.box = Letterbox()
        self.days = working_days()
        self.works: list[Work] = []
        self._queue: list[tuple[datetime, int, Deed]] = []
        self._planned = 0
        self._move_in(units)

    def run(self, each_month: Callable[[Year, date], object]) -> Year:
        self.year.letters = self.box.letters
        day = self.year.first
        while day <= self.year.last:
            self._live(day)
            day += timedelta(days=1)
            if day.day == 1 or day > self.year.last:
                each_month(self.year, day - timedelta(days=1))
        self.year.refused = sum(work.refused for work in self.works)
        return self.year

    def _move_in(self, units: int) -> None:
        load_units([row for row in read_table(DATA / "units.csv") if row["province"] == PROVINCE])
        standing = Unit.objects.standing(self.year.first)
        city = standing.get(code=PROVINCE)
        self.units = list(standing.filter(parent=city).order_by("code")[:units])
        settle(city, self.units, self.pick)
        self.year.outages = list(outages(self.year.first, self.year.last, self.days))
        self.year.mail_outages = list(mail_outages(self.year.last.year))
        for at, deed in Staffing(city, self.units, self.pick).changes(self.year.first, self.year.last):
            self._plan(at, deed)
        for day, period in periods(self.year.first.year):
            at = datetime.combine(self.days.on_or_after(day), time(9), LOCAL)
            self._plan(at, partial(self._rate, period))

    def _plan(self, at: datetime, deed: Deed) -> None:
        self._planned += 1
        heapq.heappush(self._queue, (at, self._planned, deed))

    def _live(self, day: date) -> None:
        """One day: its rounds, unless the clock is off, among what people do."""
        # A day passes in a second: what was told yesterday counts as told long ago.
        passed = OutboxPosition.objects.values_list("passed", flat=True).first() or 0
        Told.objects.filter(event__gt=passed).update(at=timezone.now() - timedelta(days=1))
        if not is_within(self.year.outages, day):
            for hour in ROUNDS:
                for _ in range(1 + (self.pick.random() < 0.2)):
                    self._plan(datetime.combine(day, hour, LOCAL), self._go_round)
        tomorrow = datetime.combine(day + timedelta(days=1), time(), LOCAL)
        while self._queue and self._queue[0][0] < tomorrow:
            at, _order, deed = heapq.heappop(self._queue)
            deed(at)

    def _go_round(self, now: datetime) -> None:
        ring_due(now=now)
        tell(now=now)
        if not is_within(self.year.mail_outages, now.date()):
            # It gives up after half a minute of this machine's time, which is none of this city's.
            while deliver(now=now):
                pass
            self.box.empty(now)
        self.year.rounds.append(now)

    def _rate(self, period: str, now: datetime) -> None:
        rows = [row for unit in self.units for row in ratings(unit, self.pick, share=self.share)]
        administrator = User.objects.get(email=f"quantri@{DOMAIN}")
        report = record_assessments(rows, period=period, kind=Rater.SELF, by=administrator, now=now)
        numbers = report.cases("opened") + report.cases("recurrence")
        for case in Case.objects.filter(number__in=numbers).select_related("indicator").order_by("pk"):
            work = Work(case, self.pick)
            self.works.append(work)
            self._plan_look(work, now + timedelta(days=self.pick.randint(1, 4)))

    def _plan_look(self, work: Work, at: datetime) -> None:
        def look(now: datetime) -> None:
            if (rest := work.look(now)) is not None:
                self._plan_look(work, now + rest)

        self._plan(self._hour_of(at.astimezone(LOCAL).date()), look)

    def _hour_of(self, day: date) -> datetime:
        """Most work in office hours; some between ringing and sending, some at night or at rest."""
        chance, minutes = self.pick.random(), timedelta(minutes=self.pick.randrange(270))
        if chance < 0.15:
            return datetime.combine(day, time(18 if chance < 0.1 else 8, 5), LOCAL) + minutes
        day = self.days.on_or_after(day)
        if chance < 0.2:
            return datetime.combine(day, time(7, 31), LOCAL) + minutes / 270
        return datetime.combine(day, time(8, 1), LOCAL) + minutes * 2
