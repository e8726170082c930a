"""What of a message still holds when it goes: people leave, cases move on, deadlines move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from organisations.models import Unit
from workflow.models import Event, Policy, Timer
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
    """What the messages were to say; units and policies, of which there are few, are read once each."""
    around = ("notification__case", "notification__event")
    waiting = Dispatch.objects.filter(message__in=messages, withheld="").select_related(*around)
    found = list(waiting.order_by("pk"))
    told = [dispatch.notification for dispatch in found]
    cases = [n.case for n in told if n.case]
    units = Unit.objects.select_related("parent").in_bulk(
        {case.unit_id for case in cases} | {n.unit_id for n in told}
    )
    policies = Policy.objects.in_bulk({case.policy_id for case in cases})
    for case in cases:
        case.unit, case.policy = units[case.unit_id], policies[case.policy_id]
    for notification in told:
        notification.unit = units[notification.unit_id]
        if notification.event and notification.case:
            notification.event.case = notification.case
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
