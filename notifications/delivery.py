"""Mail goes out fenced: claimed with a lease, released at the last moment, never sent twice by us.

Guarantee: a mail is sent at most once, and is never silently lost. The one unknown is a crash
between its release and the server's answer: then it is `in_doubt`, is not sent again by itself,
and is there to be seen.
"""

from __future__ import annotations

import logging
import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from workflow import deadlines
from workflow.models import Timer
from workflow.operations import moment_now
from workflow.vocabulary import CLOCK_KINDS

from .letters import compose
from .models import Message, MessageState, Notification
from .smtp import Postman, Refused, Unanswered

log = logging.getLogger(__name__)

#: Mails claimed in one transaction.
BATCH_SIZE = 50
LEASE = timedelta(minutes=10)
#: The first wait after a refusal; it doubles each time, up to the longest.
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=4)
#: Given up by age, never by count: a server may be down over a long weekend.
GIVEN_UP_AFTER = timedelta(days=5)


def deliver(*, now: datetime | None = None) -> int:
    """Send the mail that is waiting; answers how many went. Any number of senders may run."""
    now = now or timezone.now()
    settle_leases(now=now)
    sent = 0
    with Postman() as postman:
        while not postman.is_down and (claimed := _claim(now)):
            sent += sum(_send(message, postman, now) for message in claimed)
    return sent


def settle_leases(*, now: datetime) -> None:
    """What a dead sender left: not yet released goes back to waiting, released is in doubt."""
    expired = Message.objects.filter(lease_until__lt=now)
    expired.filter(state=MessageState.CLAIMED).update(state=MessageState.PENDING, token=None)
    doubtful = expired.filter(state=MessageState.RELEASED).update(state=MessageState.IN_DOUBT)
    if doubtful:
        log.warning("%s messages are in doubt", doubtful)


@transaction.atomic
def _claim(now: datetime) -> list[Message]:
    moment = moment_now(now)
    waiting = Message.objects.filter(state=MessageState.PENDING, next_at__lte=now)
    if not deadlines.is_office_time(now, moment.days):
        # A digest speaks for the clock, and the clock keeps office hours.
        waiting = waiting.filter(digest_on=None)
    claimed = list(
        waiting.select_for_update(skip_locked=True, of=("self",))
        .select_related("recipient")
        .order_by("next_at", "id")[:BATCH_SIZE]
    )
    token = uuid.uuid4()
    Message.objects.filter(pk__in=[message.pk for message in claimed]).update(
        state=MessageState.CLAIMED, token=token, lease_until=now + LEASE, attempts=F("attempts") + 1
    )
    for message in claimed:
        message.token, message.attempts = token, message.attempts + 1
    return claimed


def _send(message: Message, postman: Postman, now: datetime) -> bool:
    if postman.is_down:
        _put_back(message, now, "the mail server cannot be reached")
        return False
    notifications = _still_true(message)
    if not notifications:
        _settle(message, MessageState.CLAIMED, state=MessageState.SUPPRESSED)
        return False
    try:
        mail = compose(message, notifications)
        went = postman.hand_over(mail, lambda: _release(message, notifications))
    except Refused as refusal:
        _put_back(message, now, str(refusal))
        return False
    except Unanswered as fault:
        _settle(message, MessageState.RELEASED, state=MessageState.IN_DOUBT, last_error=str(fault)[:300])
        return False
    if not went:
        _settle(message, MessageState.CLAIMED, state=MessageState.PENDING, token=None)
        return False
    return _settle(message, MessageState.RELEASED, state=MessageState.SENT, sent_at=timezone.now())


def _still_true(message: Message, *, lock: bool = False) -> list[Notification]:
    """The notifications of a message without reminders of deadlines that have moved or ended."""
    notifications = list(message.notifications.select_related("case", "unit", "event").order_by("pk"))
    rung = [n for n in notifications if n.kind in CLOCK_KINDS and n.event]
    timers = Timer.objects.filter(case__in={n.case_id for n in rung}).exclude(next_at=None)
    if lock:
        # Held until the release is committed, so that a step cannot end the deadline in between.
        timers = timers.select_for_update()
    running = {f"timer {timer.pk}, deadline {timer.revision}," for timer in timers}
    stale = {n.pk for n in rung if not n.event.once.startswith(tuple(running) or ("-",))}
    return [n for n in notifications if n.pk not in stale]


@transaction.atomic
def _release(message: Message, composed: list[Notification]) -> bool:
    """The last word before the final dot: still ours to send, and still true."""
    if _still_true(message, lock=True) != composed:
        return False
    return _settle(message, MessageState.CLAIMED, state=MessageState.RELEASED)


def _put_back(message: Message, now: datetime, error: str) -> None:
    wait = min(FIRST_WAIT * 2 ** min(message.attempts - 1, 10), LONGEST_WAIT)
    gives_up = now - message.created_at > GIVEN_UP_AFTER
    _settle(
        message,
        MessageState.CLAIMED,
        MessageState.RELEASED,
        state=MessageState.FAILED if gives_up else MessageState.PENDING,
        next_at=now + wait,
        token=None,
        last_error=error[:300],
    )


def _settle(message: Message, *states: MessageState, **outcome: object) -> bool:
    """Write what became of a message, unless its lease has passed to another sender."""
    ours = Message.objects.filter(Q(state__in=states), pk=message.pk, token=message.token)
    return bool(ours.update(**outcome))
