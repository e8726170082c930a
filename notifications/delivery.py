"""Mail goes out fenced: claimed with a lease, released at the last moment, never sent twice by us.

Guarantee: a mail is sent at most once, and is never silently lost. The one unknown is a crash
between its release and the server's answer: then it is `in_doubt`, is not sent again by itself,
and is there to be seen.
"""

from __future__ import annotations

import logging
import time
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from workflow import deadlines
from workflow.clock import database_now
from workflow.operations import moment_now

from .envelopes import DIGEST_WAITS
from .letters import compose
from .models import Message, MessageState, Notification
from .relevance import all_still_run, still_to_say
from .smtp import Postman, Refused, Unanswered

log = logging.getLogger(__name__)

#: Mails claimed in one transaction; only one while nobody knows whether the server is there.
BATCH_SIZE = 50
#: Longer than the queue lets any task live, so that its sender is dead when a lease ends.
LEASE = timedelta(minutes=10)
#: A run is short, so that slow mail never holds up the clock; what it leaves, the next takes up.
WORKS_FOR_SECONDS = 30
#: The first wait after a refusal; it doubles each time, up to the longest.
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=4)
#: Given up by age, never by count: a server may be down over a long weekend.
GIVEN_UP_AFTER = timedelta(days=5)


def deliver(*, now: datetime | None = None) -> int:
    """Send the mail that is waiting; answers how many went. Any number of senders may run."""
    now = now or database_now()
    settle_leases(now=database_now())
    until = time.monotonic() + WORKS_FOR_SECONDS
    sent = 0
    with Postman() as postman:
        while claimed := _claim(now, BATCH_SIZE if postman.is_connected else 1):
            for message in claimed:
                if postman.is_down or time.monotonic() > until:
                    _give_back(claimed)
                    return sent
                sent += _send(message, postman, now)
    return sent


def settle_leases(*, now: datetime) -> None:
    """What a dead sender left: not yet released goes back to waiting, released is in doubt."""
    expired = Message.objects.filter(lease_until__lt=now)
    expired.filter(state=MessageState.CLAIMED).update(state=MessageState.PENDING, token=None)
    doubtful = expired.filter(state=MessageState.RELEASED).update(state=MessageState.IN_DOUBT)
    if doubtful:
        log.warning("%s messages are in doubt", doubtful)


@transaction.atomic
def _claim(now: datetime, count: int) -> list[Message]:
    waiting = Message.objects.filter(state=MessageState.PENDING, next_at__lte=now)
    if not _digests_may_go(now):
        waiting = waiting.filter(digest_on=None)
    claimed = list(
        waiting.select_for_update(skip_locked=True, of=("self",))
        .select_related("recipient")
        .order_by("next_at", "id")[:count]
    )
    token = uuid.uuid4()
    Message.objects.filter(pk__in=[message.pk for message in claimed]).update(
        state=MessageState.CLAIMED, token=token, lease_until=database_now() + LEASE
    )
    for message in claimed:
        message.token = token
    return claimed


def _digests_may_go(now: datetime) -> bool:
    """A digest keeps office hours like the clock, and lets the morning's reminders join it first."""
    days = moment_now(now).days
    return all(deadlines.is_office_time(at, days) for at in (now, now - DIGEST_WAITS))


def _give_back(claimed: list[Message]) -> None:
    """What was claimed and not tried waits on as it did."""
    ours = Message.objects.filter(state=MessageState.CLAIMED, token=claimed[0].token)
    ours.update(state=MessageState.PENDING, token=None)


def _send(message: Message, postman: Postman, now: datetime) -> bool:
    try:
        return _hand_over(message, postman, now)
    except Refused as refusal:
        _put_back(message, now, str(refusal), MessageState.CLAIMED, MessageState.RELEASED)
    except Unanswered as fault:
        _settle(message, MessageState.RELEASED, state=MessageState.IN_DOUBT, last_error=str(fault)[:300])
    except Exception as fault:
        # One strange mail holds back nobody else's; what was released stays so, for its lease to end.
        log.exception("message %s could not be sent", message.pk)
        _put_back(message, now, type(fault).__name__, MessageState.CLAIMED)
    return False


def _hand_over(message: Message, postman: Postman, now: datetime) -> bool:
    notifications = still_to_say(message, on=moment_now(now).today)
    if not notifications:
        # A digest that never went leaves its day to another.
        _settle(message, MessageState.CLAIMED, state=MessageState.SUPPRESSED, digest_on=None)
        return False
    if not postman.hand_over(compose(message, notifications), lambda: _release(message, notifications)):
        _settle(message, MessageState.CLAIMED, state=MessageState.PENDING, token=None)
        return False
    return _settle(message, MessageState.RELEASED, state=MessageState.SENT, sent_at=now)


@transaction.atomic
def _release(message: Message, composed: list[Notification]) -> bool:
    """The last word before the final dot: still true, and still ours to send."""
    return all_still_run(composed) and _settle(message, MessageState.CLAIMED, state=MessageState.RELEASED)


def _put_back(message: Message, now: datetime, error: str, *states: MessageState) -> None:
    """Try again later; where even the newest thing it says has been due for too long, it has failed."""
    newest = message.notifications.aggregate(at=Max("created_at"))["at"] or message.created_at
    due_since = max(newest, deadlines.opening_of(message.digest_on)) if message.digest_on else newest
    gives_up = now - due_since > GIVEN_UP_AFTER
    _settle(
        message,
        *states,
        state=MessageState.FAILED if gives_up else MessageState.PENDING,
        attempts=message.attempts + 1,
        next_at=now + min(FIRST_WAIT * 2 ** min(message.attempts, 10), LONGEST_WAIT),
        token=None,
        last_error=error[:300],
    )


def _settle(message: Message, *states: MessageState, **outcome: Any) -> bool:
    """Write what became of a message, unless its lease has passed to another sender."""
    ours = Message.objects.filter(state__in=states, pk=message.pk, token=message.token)
    return bool(ours.update(**outcome))
