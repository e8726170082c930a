"""What of a message still holds when it goes: people leave, cases move on, deadlines move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from organisations.models import Unit
from workflow.models import Case, Event, Timer
from workflow.vocabulary import CLOCK_KINDS

from .audience import auditors_told, people_told
from .company import Company
from .letters import RECURRENCE
from .models import Dispatch, Message, Notification, Withheld


@dataclass
class Content:
    """What a message says, what it no longer says and why, and the cases as they were when asked."""

    says: list[Notification] = field(default_factory=list)
    withheld: dict[int, Withheld] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)


def contents_of(messages: Sequence[Message], *, on: date) -> dict[int, Content]:
    """The content of each message by its key; a constant number of queries for all of them."""
    dispatches = _waiting(messages)
    told = [dispatch.notification for dispatch in dispatches]
    events = [n.event for n in told if n.event]
    company = Company(events, on=on, units=[_unit_of(n) for n in told])
    rung = _last_rung([event for event in events if event.kind in CLOCK_KINDS])
    contents = {message.pk: Content() for message in messages}
    for dispatch in dispatches:
        content, notification = contents[dispatch.message_id or 0], dispatch.notification
        if why := _why_not(notification, company, rung):
            content.withheld[dispatch.pk] = why
        else:
            content.says.append(notification)
            if notification.case:
                content.versions[notification.case.pk] = notification.case.version
    return contents


def _waiting(messages: Sequence[Message]) -> list[Dispatch]:
    around = ("unit__parent", "case__unit__parent", "case__policy", "event")
    waiting = Dispatch.objects.filter(message__in=messages, withheld="")
    found = list(waiting.select_related(*(f"notification__{name}" for name in around)).order_by("pk"))
    for dispatch in found:
        event, case = dispatch.notification.event, dispatch.notification.case
        if event and case:
            event.case = case
    return found


def _unit_of(notification: Notification) -> Unit:
    return notification.case.unit if notification.case else notification.unit


def _why_not(notification: Notification, company: Company, rung: dict[str, str]) -> Withheld | None:
    """Why a message leaves something out; None where it still holds."""
    event, person = notification.event, notification.recipient_id
    if person not in company.insiders(_unit_of(notification)):
        return Withheld.LEFT
    if event is None:
        return None
    if event.kind in CLOCK_KINDS and (newest := rung.get(_deadline_of(event))) != event.once:
        return Withheld.OVERTAKEN if newest else Withheld.MOVED_ON
    if event.case.closed_at and event.at < event.case.closed_at:
        return Withheld.MOVED_ON
    told = people_told(event, company)
    if notification.key.startswith(RECURRENCE):
        told |= auditors_told(event, company)
    return None if person in told else Withheld.LEFT


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


def is_as_it_was(versions: Mapping[int, int]) -> bool:
    """Whether none of the cases has moved since; none can until the transaction ends.

    A case in the middle of a step counts as moved: waiting for it could make two wait in a ring.
    """
    if not versions:
        return True
    if connection.vendor != "postgresql":
        found = Case.objects.filter(pk__in=versions).values_list("pk", "version")
        return dict(found) == versions
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, version FROM workflow_case WHERE id = ANY(%s) FOR SHARE SKIP LOCKED", [[*versions]]
        )
        return dict(cursor.fetchall()) == versions
