"""What of a message still holds when it goes: people leave, cases move on, deadlines move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import connection

from workflow.models import Event, Timer
from workflow.vocabulary import CLOCK_KINDS, Kind

from .audience import auditors_told, people_told
from .company import Company
from .groups import cases_of, fill, group_of, still_so
from .letters import RECURRENCE, VACANT
from .models import Dispatch, Message, Notification, Withheld

#: Kinds that ask for a step: they hold while the case stands where they left it.
_ASKS_FOR_A_STEP = (Kind.OPENED, Kind.SUBMITTED, Kind.DECLINED, Kind.HANDED_UP, Kind.HANDED_DOWN)


@dataclass
class Content:
    """What a message says, what it no longer says and why, and the cases as they were when asked.

    With `waits` it says nothing now, and is asked again after that.
    """

    says: list[Notification] = field(default_factory=list)
    withheld: dict[int, Withheld] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)
    waits: timedelta | None = None


def contents_of(messages: Sequence[Message], *, on: date) -> dict[int, Content]:
    """The content of each message by its key; a constant number of queries for all of them."""
    around = ("notification__case", "notification__event")
    waiting = Dispatch.objects.filter(message__in=messages, withheld="").select_related(*around)
    dispatches = list(waiting.order_by("pk"))
    world = _World([dispatch.notification for dispatch in dispatches], on)
    contents = {message.pk: Content() for message in messages}
    for dispatch in dispatches:
        content, notification = contents[dispatch.message_id or 0], dispatch.notification
        if why := world.why_not(notification):
            content.withheld[dispatch.pk] = why
        else:
            content.says.append(notification)
            content.versions |= world.versions(notification)
    return contents


class _World:
    """The cases, people and deadlines around a batch of notifications, as they are now."""

    def __init__(self, told: Sequence[Notification], on: date) -> None:
        groups = {n.pk: group for n in told if (group := group_of(n))}
        found = cases_of(groups.values())
        cases = [n.case for n in told if n.case] + [case for each in found.values() for case in each]
        units = fill(cases, {n.unit_id for n in told})
        for n in told:
            n.unit = units[n.unit_id]
            if n.event and n.case:
                n.event.case = n.case
        self._together = {n.pk: still_so(n, found.get(groups[n.pk], ())) for n in told if n.pk in groups}
        events = [n.event for n in told if n.event]
        pseudo = [event for each in self._together.values() for event in each]
        self._company = Company([*events, *pseudo], on=on, units=[n.unit for n in told])
        self._rung = _last_rung([event for event in events if event.kind in CLOCK_KINDS])

    def why_not(self, notification: Notification) -> Withheld | None:
        """Why a message leaves something out; None where it still holds."""
        unit = notification.case.unit if notification.case else notification.unit
        if notification.recipient_id not in self._company.insiders(unit):
            return Withheld.LEFT
        if notification.key.startswith(VACANT):
            return Withheld.MOVED_ON if self._company.has_a_chair(unit) else None
        if notification.pk in self._together:
            return self._why_not_together(notification)
        event = notification.event
        return self._why_not(notification, event) if event else None

    def _why_not(self, notification: Notification, event: Event) -> Withheld | None:
        if event.kind in CLOCK_KINDS and (newest := self._rung.get(_deadline_of(event))) != event.once:
            return Withheld.OVERTAKEN if newest else Withheld.MOVED_ON
        if _has_ended_since(event) or (not notification.key.startswith(RECURRENCE) and _is_done(event)):
            return Withheld.MOVED_ON
        return None if self._is_told(notification, event) else Withheld.LEFT

    def _why_not_together(self, notification: Notification) -> Withheld | None:
        """Of what was told together so much is said as is still so, and still this person's."""
        so = self._together[notification.pk]
        theirs = [event for event in so if self._is_told(notification, event)]
        self._together[notification.pk] = theirs
        if not theirs:
            return Withheld.LEFT if so else Withheld.MOVED_ON
        notification.count = min(notification.count, len(theirs))
        return None

    def _is_told(self, notification: Notification, event: Event) -> bool:
        told = people_told(event, self._company)
        if notification.key.startswith(RECURRENCE):
            told |= auditors_told(event, self._company)
        return notification.recipient_id in told

    def versions(self, notification: Notification) -> dict[int, int]:
        """The cases that it speaks of, and how they stood."""
        case = notification.case
        cases = [event.case for event in self._together.get(notification.pk, ())] + ([case] if case else [])
        return {case.pk: case.version for case in cases}


def _has_ended_since(event: Event) -> bool:
    return event.case.closed_at is not None and event.at < event.case.closed_at


def _is_done(event: Event) -> bool:
    """Whether the case no longer waits for what the event asked."""
    case = event.case
    if event.kind == Kind.EXTENSION_REQUESTED:
        return case.requested_due_on is None
    left_it = event.changes.get("state", [None, case.state])[1]
    return event.kind in _ASKS_FOR_A_STEP and case.state != left_it


def _last_rung(events: Iterable[Event]) -> dict[str, str]:
    """What rang last of every deadline that still runs, as the clock writes it: by deadline."""
    timers = Timer.objects.filter(case__in={event.case_id for event in events}).exclude(next_at=None)
    rung = timers.values_list("pk", "revision", "last_milestone")
    return {
        f"timer {key}, deadline {revision}": f"timer {key}, deadline {revision}, milestone {milestone}"
        for key, revision, milestone in rung
    }


def _deadline_of(event: Event) -> str:
    """The deadline that a reminder belongs to: its `once` without the milestone."""
    return (event.once or "").rpartition(", ")[0]


def as_they_were(versions: Mapping[int, int]) -> tuple[str, list[int]]:
    """SQL that holds where none of the cases has moved since, and its parameters; none of them can
    until the transaction ends.

    A case in the middle of a step counts as moved: waiting for it could make two wait in a ring.
    """
    if not versions:
        return "1 = 1", []
    pairs = ", ".join(["(%s, %s)"] * len(versions))
    # SQLite lets in one writer anyway.
    held = "FOR SHARE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    found = f"SELECT 1 FROM workflow_case WHERE (id, version) IN (VALUES {pairs}) {held}"
    parameters = [number for pair in versions.items() for number in pair]
    return f"(SELECT count(*) FROM ({found}) AS held) = %s", [*parameters, len(versions)]
