"""What the next working morning would send, as things stand or as a change would leave them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Exists, OuterRef

from organisations.hands import Hand
from organisations.models import Unit, User
from workflow import deadlines
from workflow.arrows import Moment
from workflow.clock import would_ring
from workflow.models import Event
from workflow.operations import moment_now
from workflow.vocabulary import Kind

from .audience import leaves_a_chair_empty, people_told
from .channels import channels
from .company import Company
from .envelopes import DIGEST_WAITS
from .models import Message, MessageState, Notification, Pace
from .preferences import Wishes


class Told(NamedTuple):
    """What one person would be told, by kind, of which cases, and by which channels beside the product."""

    person: User
    kinds: list[tuple[Kind, int]]
    cases: list[str]
    channels: list[str]


@dataclass
class Rehearsal:
    """The next working morning; `rests_on` where the day after today is none."""

    at: datetime
    rests_tomorrow: bool
    reminders: int
    told: list[Told]
    #: Units whose empty chair would be reported.
    vacant: list[Unit]
    #: Digests that wait for that morning already.
    waiting: int

    @property
    def digests(self) -> int:
        """How many people would get a message beside what the product shows."""
        return sum(bool(told.channels) for told in self.told)


def rehearse(hand: Hand, *, now: datetime | None = None) -> Rehearsal:
    """What the clock would say at the next opening of offices, in the cities the hand administers.

    Reads, and writes nothing; inside a transaction that is going to be taken back it answers what
    would be said after the change.
    """
    moment = moment_now(now)
    at = next_opening(moment)
    events = [e for e in would_ring(now=at) if e.case.unit.city.pk in hand.cities_administered]
    tomorrow = moment.today + timedelta(days=1)
    company = Company(events, on=at.astimezone(deadlines.LOCAL).date())
    vacant = {e.case.unit for e in events if leaves_a_chair_empty(e, company)}
    return Rehearsal(
        at,
        not moment.days.is_working(tomorrow),
        len(events),
        _told(events, company),
        sorted(vacant, key=lambda unit: unit.sort_key),
        _waiting(hand, at),
    )


def _waiting(hand: Hand, at: datetime) -> int:
    """Digests about the cities the hand administers that are to go then anyway."""
    digests = Message.objects.filter(state=MessageState.PENDING, next_at__lte=at + DIGEST_WAITS)
    ours = Notification.objects.filter(dispatches__message=OuterRef("pk"), unit__in=hand.visible_units())
    return digests.exclude(digest_on=None).filter(Exists(ours)).count()


def next_opening(moment: Moment) -> datetime:
    """The next instant at which offices open, after this one."""
    day = moment.days.on_or_after(moment.today)
    if deadlines.opening_of(day) <= moment.at:
        day = moment.days.shift(day, 1)
    return deadlines.opening_of(day)


def _told(events: list[Event], company: Company) -> list[Told]:
    by_person: dict[int, list[Event]] = {}
    for event in events:
        for key in people_told(event, company):
            by_person.setdefault(key, []).append(event)
    people, wishes = User.objects.in_bulk(by_person), Wishes(by_person)
    ways = channels().values()
    told = [
        Told(
            person=people[key],
            kinds=[(kind, count) for kind, count in Counter(Kind(e.kind) for e in said).items()],
            cases=sorted({event.case.number for event in said}),
            channels=[
                str(way.label)
                for way in ways
                if wishes.of(key, way.name).reminders != Pace.OFF and way.reaches(people[key])
            ],
        )
        for key, said in by_person.items()
    ]
    return sorted(told, key=lambda one: one.person.sort_key)
