"""The record is the outbox: events nobody has been told of become notifications and mail."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef
from django.utils import timezone

from indicators.models import Rating
from workflow import deadlines
from workflow.calendar import WorkingDays
from workflow.models import Event
from workflow.operations import moment_now
from workflow.vocabulary import CLOCK_KINDS, Kind

from .audience import Company, active, people_told
from .models import Message, MessageState, Notification, OutboxPosition, Told

#: Events read in one transaction.
BATCH_SIZE = 500
#: Kinds that one intake brings by the dozen; a person is told of them together.
TOLD_TOGETHER = (Kind.OPENED, Kind.RATED_AGAIN)
#: How long a digest waits for the rest of the morning's reminders.
DIGEST_WAITS = timedelta(minutes=2)
#: No transaction is open for longer: what is older than this can no longer turn up late.
SETTLED_AFTER = timedelta(hours=1)


class Telling(NamedTuple):
    """What one person is told of one thing, and how many cases it is about."""

    recipient: int
    key: str
    event: Event
    count: int


def tell(*, now: datetime | None = None) -> int:
    """Tell people of every event not told yet; answers how many events were read.

    Each event is read once, whoever runs this how often: its mark is written with what it caused.
    """
    read = 0
    while batch := _tell_batch(now or timezone.now()):
        read += batch
    return read


@transaction.atomic
def _tell_batch(now: datetime) -> int:
    # One reader at a time: the next waits, then sees what this one has marked.
    OutboxPosition.objects.get_or_create(pk=1)
    position = OutboxPosition.objects.select_for_update().get(pk=1)
    events = list(
        Event.objects.filter(~Exists(Told.objects.filter(event=OuterRef("pk"))), pk__gt=position.passed)
        .select_related("case__unit__parent", "case__policy")
        .order_by("pk")[:BATCH_SIZE]
    )
    if not events:
        _advance(position)
        return 0
    moment = moment_now(now)
    tellings = _tellings(events, Company(events, on=moment.today))
    people = active({telling.recipient for telling in tellings})
    _write([t for t in tellings if t.recipient in people], now, moment.days)
    Told.objects.bulk_create([Told(event=event, at=timezone.now()) for event in events])
    return len(events)


def _advance(position: OutboxPosition) -> None:
    """Leave behind what was told long ago, so that reading never scans the whole record."""
    settled = Told.objects.filter(at__lt=timezone.now() - SETTLED_AFTER, event__gt=position.passed)
    passed = settled.aggregate(passed=Max("event"))["passed"]
    if passed:
        position.passed = passed
        position.save()


def _tellings(events: list[Event], company: Company) -> list[Telling]:
    intakes = _intakes([e for e in events if e.kind in TOLD_TOGETHER])
    counts: Counter[tuple[int, str]] = Counter()
    first: dict[tuple[int, str], Event] = {}
    for event in events:
        together = event.kind in TOLD_TOGETHER
        key = f"{event.kind} {intakes[event.pk]} {event.case.unit_id}" if together else f"event {event.pk}"
        for person in people_told(event, company):
            counts[person, key] += 1
            first.setdefault((person, key), event)
    return [Telling(p, key, first[p, key], count) for (p, key), count in counts.items()]


def _intakes(events: list[Event]) -> dict[int, int]:
    ratings = {event.pk: event.changes["rating"][1] for event in events}
    intake_of = dict(Rating.objects.filter(pk__in=ratings.values()).values_list("pk", "intake_id"))
    return {event: intake_of[rating] for event, rating in ratings.items()}


def _write(tellings: list[Telling], now: datetime, days: WorkingDays) -> None:
    """Notifications that are new, and the mail they go out with; grown groups only count up."""
    known = {
        (n.recipient_id, n.key): n
        for n in Notification.objects.filter(
            key__in={t.key for t in tellings}, recipient__in={t.recipient for t in tellings}
        )
    }
    for telling in tellings:
        grown = known.get((telling.recipient, telling.key))
        if grown and telling.event.kind in TOLD_TOGETHER:
            Notification.objects.filter(pk=grown.pk).update(
                count=F("count") + telling.count, case=None, event=None
            )
    new = [t for t in tellings if (t.recipient, t.key) not in known]
    messages = _messages(new, now, days)
    Notification.objects.bulk_create(
        [
            Notification(
                recipient_id=t.recipient,
                kind=t.event.kind,
                key=t.key,
                unit_id=t.event.case.unit_id,
                case_id=t.event.case_id if t.count == 1 else None,
                event=t.event if t.count == 1 else None,
                count=t.count,
                created_at=now,
                message=message,
            )
            for t, message in zip(new, messages, strict=True)
        ]
    )


def _messages(new: list[Telling], now: datetime, days: WorkingDays) -> list[Message]:
    """The mail of each telling: the day's digest for what the clock says, one mail for the rest."""
    clock = {t.recipient for t in new if t.event.kind in CLOCK_KINDS}
    digests = {recipient: _digest(recipient, now, days) for recipient in sorted(clock)}
    steps = {t.recipient: _new_message(t.recipient, now) for t in new if t.event.kind not in CLOCK_KINDS}
    Message.objects.bulk_create(steps.values())
    return [(digests if t.event.kind in CLOCK_KINDS else steps)[t.recipient] for t in new]


def _new_message(recipient: int, now: datetime) -> Message:
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ") or "localhost"
    return Message(
        recipient_id=recipient,
        created_at=now,
        next_at=now,
        message_id=f"<{uuid.uuid4()}@{domain}>",
    )


def _digest(recipient: int, now: datetime, days: WorkingDays) -> Message:
    """Today's digest while it waits; once it has gone, that of the next working day."""
    day = timezone.localtime(now).date()
    while True:
        digest = Message.objects.select_for_update().filter(recipient=recipient, digest_on=day).first()
        if digest is None:
            digest = _new_message(recipient, max(now + DIGEST_WAITS, deadlines.opening_of(day)))
            digest.digest_on = day
            digest.save()
            return digest
        if digest.state == MessageState.PENDING and digest.attempts == 0:
            return digest
        day = days.shift(day, 1)
