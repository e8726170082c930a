"""A believable city: 114 real units, three periods, cases in every state, told from the past to now."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.db import transaction
from django.utils import timezone

from indicators.models import Indicator, Rater
from indicators.operations import Row, record_assessments
from notifications.models import Dispatch, Message, MessageState, Notification, Withheld
from notifications.telling import tell
from organisations.loading import DATA, load_units, read_table
from organisations.models import Unit, User
from workflow import deadlines
from workflow.calendar import WorkingDays, working_days
from workflow.clock import ring_due
from workflow.models import Case

from .lives import Life, findings
from .people import DOMAIN, email, settle
from .sample import visit

PROVINCE = "31"
#: The unit whose people the first page names for signing in.
SHOWN = "11443"


class HasRealPeople(Exception):
    """A database in which somebody works is no place for a demo."""


def build(*, today: date | None = None) -> bool:
    """Make the demo city once; False when it is there already."""
    if User.objects.exclude(email__endswith=f"@{DOMAIN}").filter(appointments__isnull=False).exists():
        raise HasRealPeople
    if User.objects.filter(email__endswith=f"@{DOMAIN}").exists():
        return False
    today = today or timezone.localdate()
    with transaction.atomic():
        _build(today, Random(18091))
    return True


def _build(today: date, pick: Random) -> None:
    load_units([row for row in read_table(DATA / "units.csv") if row["province"] == PROVINCE])
    standing = Unit.objects.standing(today)
    city = standing.get(code=PROVINCE)
    units = list(standing.filter(parent=city).order_by("code"))
    settle(city, units, pick)
    days = working_days()
    rated_on = [days.on_or_after(today - timedelta(days=n)) for n in (150, 75, 12)]
    periods = _periods(today)
    until = _at(today)
    queue: list[tuple[datetime, int, Any]] = []
    for day, period in zip(rated_on, periods, strict=True):
        heapq.heappush(queue, (_at(day), len(queue), period))
        visited_on = days.on_or_after(day + timedelta(days=6))
        heapq.heappush(queue, (_at(visited_on), len(queue), visit(units, period, pick)))
    ring = _mornings(rated_on[0], today, days)
    next_ring = next(ring, None)
    while queue:
        at, _order, deed = heapq.heappop(queue)
        while next_ring and next_ring < at:
            _morning(next_ring)
            next_ring = next(ring, None)
        if isinstance(deed, str):
            for life in _rate(units, deed, at, pick):
                for when, what in life.deeds(at, until):
                    heapq.heappush(queue, (_in_office(when, days), pick.getrandbits(32), what))
        else:
            deed(at)
    while next_ring:
        _morning(next_ring)
        next_ring = next(ring, None)
    _tell_without_mail()


def _morning(at: datetime) -> None:
    """What has come due rings, and people are told of that and of the day before."""
    ring_due(now=at)
    tell(now=at)


def _at(day: date) -> datetime:
    return deadlines.opening_of(day) + timedelta(hours=1)


def _in_office(at: datetime, days: WorkingDays) -> datetime:
    """The same time of day on the next working day."""
    day = at.astimezone(deadlines.LOCAL).date()
    return at + (days.on_or_after(day) - day)


def _mornings(first: date, last: date, days: WorkingDays) -> Iterator[datetime]:
    for n in range((last - first).days):
        day = first + timedelta(days=n)
        if days.is_working(day):
            yield deadlines.opening_of(day)


def _periods(today: date) -> list[str]:
    """The quarter before last, the last, and the one that today is in."""
    index = today.year * 4 + (today.month - 1) // 3
    return [f"{n // 4}-Q{n % 4 + 1}" for n in (index - 2, index - 1, index)]


def _rate(units: list[Unit], period: str, at: datetime, pick: Random) -> list[Life]:
    """Record the whole city's ratings; answers the lives of the cases that it opened."""
    rows = [row for unit in units for row in ratings(unit, pick)]
    administrator = User.objects.get(email=f"quantri@{DOMAIN}")
    report = record_assessments(rows, period=period, kind=Rater.SELF, by=administrator, now=at)
    numbers = report.cases("opened") + report.cases("recurrence")
    cases = Case.objects.filter(number__in=numbers).select_related("unit", "indicator").order_by("pk")
    return [Life(case, pick) for case in cases]


def ratings(unit: Unit, pick: Random, *, share: float = 0.16) -> Iterator[Row]:
    """A unit's ratings of one period; a share of the indicators with known findings is not green."""
    for indicator in Indicator.objects.all():
        found = findings().get(indicator.code)
        if found and pick.random() < share:
            yield Row(unit.code, indicator.code, found["colour"], found["finding"], "", indicator.code)
        else:
            yield Row(unit.code, indicator.code, "green", "", "", indicator.code)


def _tell_without_mail() -> None:
    """People find the past in the product; nobody gets months of mail on the first day."""
    tell()
    Message.objects.update(state=MessageState.SUPPRESSED)
    Dispatch.objects.update(withheld=Withheld.MOVED_ON)
    newest = Notification.objects.order_by("-pk").values_list("pk", flat=True)[:300]
    kept = min(newest, default=0)
    Notification.objects.filter(pk__lt=kept).update(read_at=timezone.now())


def logins() -> list[tuple[str, str]]:
    """Who to sign in as: (post, e-mail)."""
    unit = Unit.objects.standing(timezone.localdate()).get(code=SHOWN)
    named = [
        ("Chủ tịch", email("chutich", unit)),
        ("Công chức", email("canbo1", unit)),
        ("Đầu mối ISO", email("daumoi", unit)),
    ]
    city = unit.city
    return [(f"{post} {unit}", mail) for post, mail in named] + [
        ("Cán bộ kiểm tra, Sở KH&CN", email("kiemtra", city)),
        ("Quản trị", email("quantri", city)),
    ]
