"""A person's deadlines as a calendar that other programs subscribe to (RFC 5545)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from icalendar import Calendar, Event

from actions.models import CorrectiveAction
from organisations.hands import Hand
from organisations.models import User
from workflow.models import Case, Timer
from workflow.vocabulary import DATES, TURNS

#: The soonest that a feed tells of; nobody plans by more.
MAX_DEADLINES = 1000
#: How long a calendar may wait before it asks again.
ASK_AGAIN_AFTER = timedelta(hours=1)


class Deadline(NamedTuple):
    """A day that waits for a person: of a case, or of one corrective action of it by number."""

    due_on: date
    case: str
    action: int
    #: Raised whenever the day moves, so that a calendar knows which of two it has heard is newer.
    revision: int
    title: str


def calendar_of(person: User, *, now: datetime | None = None) -> bytes:
    """All deadlines that wait for a person, in their language, without contents of cases."""
    now = now or timezone.now()
    with override(person.language):
        calendar = _empty()
        for deadline in deadlines_of(person, on=timezone.localdate(now)):
            calendar.add_component(_entry(deadline, now))
        return calendar.to_ical()


def deadlines_of(person: User, *, on: date) -> list[Deadline]:
    """Of the cases that wait for a person and the corrective actions theirs to do, the soonest first."""
    found = sorted(chain(_of_cases(person, on), _of_actions(person, on)))
    return found[:MAX_DEADLINES]


def _of_cases(person: User, on: date) -> list[Deadline]:
    waiting = Case.objects.awaiting(person, on=on).filter(turn_due_on__isnull=False)
    timer = Timer.objects.filter(case=OuterRef("pk"), corrective_action_number=0)
    rows = waiting.annotate(revision=Subquery(timer.values("revision"))).order_by("turn_due_on", "pk")
    named = rows.values_list("turn_due_on", "number", "revision", "state")[:MAX_DEADLINES]
    return [Deadline(due, number, 0, r or 0, str(DATES[TURNS[state][1]])) for due, number, r, state in named]


def _of_actions(person: User, on: date) -> list[Deadline]:
    """Those whose timer runs: not while the city has the case or it is watched."""
    units = Hand(person, on=on).visible_units().values("pk")
    outstanding = CorrectiveAction.objects.filter(
        owner=person, completed_at=None, dropped_at=None, case__unit__in=units
    )
    timer = Timer.objects.filter(
        case=OuterRef("case"), corrective_action_number=OuterRef("number"), next_at__isnull=False
    )
    running = outstanding.annotate(revision=Subquery(timer.values("revision"))).exclude(revision=None)
    rows = running.order_by("due_on", "case", "number").values_list(
        "due_on", "case__number", "number", "revision"
    )
    said = _("hành động khắc phục %(number)s")
    return [Deadline(*row, said % {"number": row[2]}) for row in rows[:MAX_DEADLINES]]


def _empty() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Ve Xanh//Calendar feed//VI")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Về Xanh: thời hạn của tôi"))
    calendar.add("refresh-interval", ASK_AGAIN_AFTER, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    return calendar


def _entry(deadline: Deadline, now: datetime) -> Event:
    """One whole day; it blocks nobody's time."""
    host = urlsplit(settings.SITE_URL).hostname
    entry: Any = Event()
    entry.add("uid", f"{deadline.case}-{deadline.action}@{host}")
    entry.add("sequence", deadline.revision)
    entry.add("dtstamp", now)
    entry.add("dtstart", deadline.due_on)
    entry.add("summary", f"{deadline.case}: {deadline.title}")
    entry.add("url", f"{settings.SITE_URL}{reverse('case', args=[deadline.case])}")
    entry.add("transp", "TRANSPARENT")
    return entry
