"""The record is the outbox: events nobody has been told of become notifications and mail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils import timezone

from indicators.bulk import copy_rows, reserve_ids, update_rows
from indicators.models import Colour, Rating
from workflow.arrows import Moment
from workflow.clock import database_now
from workflow.models import Event
from workflow.operations import moment_now
from workflow.vocabulary import CLOCK_KINDS, Kind

from .audience import auditors_told, leaves_a_chair_empty, people_told
from .company import Company, People
from .envelopes import Envelopes
from .letters import FORMER, RECURRENCE, VACANT, WORSE
from .listening import tell_webhooks
from .models import Dispatch, Notification, OutboxPosition, Told

#: Events held in memory at a time.
BATCH_SIZE = 500
#: Kinds that one intake brings by the dozen; a person is told of them together.
TOLD_TOGETHER = (Kind.OPENED, Kind.RATED_AGAIN)
#: No transaction is open for longer (the settings see to it): older events can no longer turn up late.
SETTLED_AFTER = timedelta(hours=1)


class Telling(NamedTuple):
    """What one person is told of one thing, and how many cases it is about."""

    recipient: int
    key: str
    event: Event
    cases: int


def tell(*, now: datetime | None = None) -> int:
    """Tell people of every event not told yet; answers how many events were read.

    Each event is read once, whoever runs this how often: its mark is written with what it caused.
    """
    moment = moment_now(now or database_now())
    read = 0
    while told := _tell_some(moment):
        read += told
    return read


@transaction.atomic
def _tell_some(moment: Moment) -> int:
    """One batch; an intake is told to its end, so that no mail leaves with half of it."""
    # One reader at a time: the next waits, then sees what this one has marked.
    OutboxPosition.objects.get_or_create(pk=1)
    position = OutboxPosition.objects.select_for_update().get(pk=1)
    envelopes = Envelopes(moment)
    read = 0
    while events := _untold(position):
        tellings = _tellings(events, Company(events, on=moment.today))
        _write(tellings, envelopes)
        tell_webhooks(events, moment)
        # By the database's clock: a worker whose own is behind would pass over what is still to come.
        marked_at = database_now()
        marks = enumerate(events, start=position.last + 1)
        Told.objects.bulk_create([Told(event=event, at=marked_at, position=n) for n, event in marks])
        position.last += len(events)
        read += len(events)
        if len(events) < BATCH_SIZE or not _is_of_an_intake(events[-1]):
            break
    if not read:
        _advance(position)
    position.save()
    return read


def has_something_to_tell() -> bool:
    """Whether anything has happened that nobody has been told of yet."""
    position = OutboxPosition.objects.first()
    return _not_told(position or OutboxPosition()).exists()


def _untold(position: OutboxPosition) -> list[Event]:
    around = ("case__unit__parent", "case__policy")
    return list(_not_told(position).select_related(*around).order_by("pk")[:BATCH_SIZE])


def _not_told(position: OutboxPosition) -> QuerySet[Event]:
    untold = ~Exists(Told.objects.filter(event=OuterRef("pk")))
    return Event.objects.filter(untold, pk__gt=position.passed)


def _is_of_an_intake(event: Event) -> bool:
    return event.actor_id is None and event.kind not in CLOCK_KINDS


def _advance(position: OutboxPosition) -> None:
    """Leave behind what was told long ago, so that reading never scans the whole record."""
    settled = Told.objects.filter(at__lt=database_now() - SETTLED_AFTER, event__gt=position.passed)
    passed = settled.aggregate(passed=Max("event"))["passed"]
    if passed:
        position.passed = passed


def _tellings(events: Sequence[Event], company: Company) -> list[Telling]:
    """Each person and thing once, with the number of cases it is about and the first of them."""
    intakes = _intakes([e for e in events if e.kind in TOLD_TOGETHER])
    counts: Counter[tuple[int, str]] = Counter()
    first: dict[tuple[int, str], Event] = {}
    for event in events:
        for key, people in _keys(event, intakes, company):
            for person in sorted(people):
                counts[person, key] += 1
                first.setdefault((person, key), event)
    return [Telling(p, key, first[p, key], count) for (p, key), count in counts.items()]


def _keys(event: Event, intakes: dict[int, int], company: Company) -> Iterator[tuple[str, People]]:
    """Under which key whom is told of an event; what shares a key is told together."""
    if event.kind not in TOLD_TOGETHER:
        told = people_told(event, company)
        former = (company.former_doers(event) & told) - company.lead(event) - company.supporters(event)
        yield f"event {event.pk}", told - former
        yield f"{FORMER} {event.pk}", former
        yield from _vacancy(event, company)
        return
    of_the_intake = f"{intakes[event.pk]} {event.case.unit_id}"
    worse = event.changes.get("rated") == [Colour.YELLOW, Colour.RED]
    yield f"{WORSE if worse else event.kind} {of_the_intake}", people_told(event, company)
    if "recurrence_of" in event.changes:
        told = auditors_told(event, company) | people_told(event, company)
        yield f"{RECURRENCE} {of_the_intake}", told
    yield from _vacancy(event, company)


def _vacancy(event: Event, company: Company) -> Iterator[tuple[str, People]]:
    """That a unit has nobody to act is reported once a week, however many cases wait."""
    if leaves_a_chair_empty(event, company):
        year, week, _day = timezone.localdate(event.at).isocalendar()
        reported = company.present(event, Company.administrators)
        yield f"{VACANT} {event.case.unit_id} {year}-{week:02}", reported


def _intakes(events: Sequence[Event]) -> dict[int, int]:
    ratings = {event.pk: event.changes["rating"][1] for event in events}
    intake_of = dict(Rating.objects.filter(pk__in=ratings.values()).values_list("pk", "intake_id"))
    return {event: intake_of[rating] for event, rating in ratings.items()}


def _write(tellings: Sequence[Telling], envelopes: Envelopes) -> None:
    """Notifications that are new, each in its mail; those that have grown only count up."""
    known = {
        (n.recipient_id, n.key): n
        for n in Notification.objects.filter(
            key__in={t.key for t in tellings}, recipient__in={t.recipient for t in tellings}
        )
    }
    grown = [(known[t.recipient, t.key], t) for t in tellings if (t.recipient, t.key) in known]
    update_rows(
        Notification, ["count", "case", "event"], [(n.pk, n.count + t.cases, None, None) for n, t in grown]
    )
    new = [t for t in tellings if (t.recipient, t.key) not in known]
    ways_out = envelopes.ways_out([(t.recipient, t.event.kind in CLOCK_KINDS) for t in new])
    keys = reserve_ids(Notification, len(new)) if new else range(0)
    copy_rows(Notification, _COLUMNS, (_row(key, t, envelopes) for key, t in zip(keys, new, strict=True)))
    copy_rows(
        Dispatch,
        ["notification", "channel", "message", "withheld"],
        (
            (key, way.channel, way.message and way.message.pk, str(way.withheld))
            for key, ways in zip(keys, ways_out, strict=True)
            for way in ways
        ),
    )


_COLUMNS = ["id", "recipient", "kind", "key", "unit", "case", "event", "count", "created_at"]


def _row(key: int, told: Telling, envelopes: Envelopes) -> tuple[Any, ...]:
    """A notification as it is written; of several cases, or of a post, it names the unit only."""
    is_of_one = told.cases == 1 and not told.key.startswith(VACANT)
    case, event = (told.event.case_id, told.event.pk) if is_of_one else (None, None)
    kind, unit = str(told.event.kind), told.event.case.unit_id
    return (key, told.recipient, kind, told.key, unit, case, event, told.cases, envelopes.now)
