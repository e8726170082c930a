"""What of a mail still holds when it goes: people leave, cases move on, deadlines move."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from organisations.hands import Hand
from workflow.models import Event, Timer
from workflow.vocabulary import CLOCK_KINDS

from .audience import people_told
from .company import Company
from .models import Message, Notification


def still_to_say(message: Message, *, on: date) -> list[Notification]:
    """Its notifications without cases the person no longer sees, and without reminders overtaken."""
    notifications = list(
        message.notifications.select_related(
            "unit", "case", "event__case__unit__parent", "event__case__policy"
        ).order_by("pk")
    )
    units = {_unit_of(n) for n in notifications}
    seen = set(
        Hand(message.recipient, on=on).visible_units().filter(pk__in=units).values_list("pk", flat=True)
    )
    return _without_overtaken([n for n in notifications if _unit_of(n) in seen], on)


def _unit_of(notification: Notification) -> int:
    return notification.case.unit_id if notification.case else notification.unit_id


def _without_overtaken(notifications: list[Notification], on: date) -> list[Notification]:
    """Of each deadline that still runs the newest reminder, if it is still this person's."""
    rung = {n.pk: n.event for n in notifications if n.event and n.kind in CLOCK_KINDS}
    if not rung:
        return notifications
    running = _running(rung.values())
    newest = {_deadline_of(event): key for key, event in rung.items()}
    company = Company(rung.values(), on=on)

    def holds(n: Notification) -> bool:
        event = rung.get(n.pk)
        if event is None:
            return True
        deadline = _deadline_of(event)
        is_newest = deadline in running and newest[deadline] == n.pk
        return is_newest and n.recipient_id in people_told(event, company)

    return [n for n in notifications if holds(n)]


def all_still_run(notifications: Iterable[Notification]) -> bool:
    """Whether no deadline among these has moved or ended; none can until the transaction ends."""
    events = [n.event for n in notifications if n.event and n.kind in CLOCK_KINDS]
    return {_deadline_of(event) for event in events} <= _running(events, lock=True)


def _running(events: Iterable[Event], *, lock: bool = False) -> set[str]:
    timers = Timer.objects.filter(case__in={event.case_id for event in events}).exclude(next_at=None)
    if lock:
        # In one order, so that two senders with the same cases never wait for each other in a ring.
        timers = timers.select_for_update(no_key=True).order_by("pk")
    return {f"timer {timer.pk}, deadline {timer.revision}" for timer in timers}


def _deadline_of(event: Event) -> str:
    """The deadline that a reminder belongs to, as the clock wrote it: without the milestone."""
    return (event.once or "").rpartition(", ")[0]
