"""Messages go out fenced: claimed with a lease, released at the last moment, never sent twice by us.

Guarantee: a message is sent at most once, and is never silently lost. The one unknown is a crash
between its release and the other side's answer: then it is `in_doubt`, is not sent again by itself,
and is there to be seen and settled. Where the other side recognises repeats, doubt is sent again.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from workflow import deadlines
from workflow.clock import database_now
from workflow.operations import moment_now

from .channels import Channel, Line, Refused, Unanswered, channels
from .envelopes import DIGEST_WAITS
from .models import Dispatch, Message, MessageState
from .relevance import Content, as_they_were, contents_of

log = logging.getLogger(__name__)

#: What of each message still holds on a day, by its key.
StillToSay = Callable[..., Mapping[int, Content]]

#: Messages claimed in one transaction; only one while nobody knows whether the server is there.
BATCH_SIZE = 100
#: Longer than the queue lets any task live, so that its sender is dead when a lease ends.
LEASE = timedelta(minutes=10)
#: A run is short, so that slow mail never holds up the clock; what it leaves, the next takes up.
WORKS_FOR_SECONDS = 30
#: How long a message waits after a case in it has moved under its sender's hands.
ASKED_AGAIN = timedelta(seconds=5)
#: The first wait after a refusal; it doubles each time, up to the longest.
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=4)
#: Given up by age, never by count: a server may be down over a long weekend.
GIVEN_UP_AFTER = timedelta(days=5)


def deliver(*, now: datetime | None = None) -> int:
    """Send what is waiting for people; answers how many went. Any number of senders may run."""
    now = now or database_now()
    until = time.monotonic() + WORKS_FOR_SECONDS
    return sum(deliver_by(channel, now=now, until=until) for channel in channels().values())


def deliver_by(
    channel: Channel, *, now: datetime, until: float, still_to_say: StillToSay = contents_of
) -> int:
    """Send what is waiting for one channel, till nothing is left or the time is over."""
    settle_leases(channel, now=database_now())
    sent = 0
    with channel.open() as line:
        while claimed := _claim(channel, now, BATCH_SIZE if line.is_connected else 1):
            contents = still_to_say(claimed, on=moment_now(now).today)
            for message in claimed:
                if line.is_down or time.monotonic() > until:
                    _give_back(claimed)
                    return sent
                sent += _send(message, contents[message.pk], channel, line, now)
    return sent


def settle_leases(channel: Channel, *, now: datetime) -> None:
    """What a dead sender left: not yet released goes back to waiting, released is in doubt."""
    expired = Message.objects.filter(channel=channel.name, lease_until__lt=now)
    expired.filter(state=MessageState.CLAIMED).update(state=MessageState.PENDING, token=None)
    unknown = MessageState.PENDING if channel.repeats_harmlessly else MessageState.IN_DOUBT
    doubtful = expired.filter(state=MessageState.RELEASED).update(state=unknown)
    if doubtful:
        log.warning("%s messages by %s are in doubt", doubtful, channel.name)


@transaction.atomic
def _claim(channel: Channel, now: datetime, count: int) -> list[Message]:
    waiting = Message.objects.filter(channel=channel.name, state=MessageState.PENDING, next_at__lte=now)
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


def _give_back(claimed: Sequence[Message]) -> None:
    """What was claimed and not tried waits on as it did."""
    ours = Message.objects.filter(state=MessageState.CLAIMED, token=claimed[0].token)
    ours.update(state=MessageState.PENDING, token=None)


def _send(message: Message, content: Content, channel: Channel, line: Line, now: datetime) -> bool:
    try:
        return _hand_over(message, content, line, now)
    except Refused as refusal:
        _put_back(message, now, str(refusal), MessageState.CLAIMED, MessageState.RELEASED)
    except Unanswered as fault:
        if channel.repeats_harmlessly:
            _put_back(message, now, str(fault), MessageState.RELEASED)
        else:
            _settle(message, MessageState.RELEASED, state=MessageState.IN_DOUBT, last_error=str(fault)[:300])
    except Exception as fault:
        # One strange message holds back nobody else's; what was released stays so, for its lease to end.
        log.exception("message %s could not be sent", message.pk)
        _put_back(message, now, type(fault).__name__, MessageState.CLAIMED)
    return False


def _hand_over(message: Message, content: Content, line: Line, now: datetime) -> bool:
    if not content.says:
        _drop(message, content)
        return False
    if line.hand_over(message, content.says, lambda: _release(message, content)):
        return _settle(message, MessageState.RELEASED, state=MessageState.SENT, sent_at=now)
    # Something has moved: what holds now is asked again before it is tried again.
    _settle(message, MessageState.CLAIMED, state=MessageState.PENDING, token=None, next_at=now + ASKED_AGAIN)
    return False


@transaction.atomic
def _drop(message: Message, content: Content) -> None:
    """Nothing of it holds any more; a digest that never went leaves its day to another."""
    if _settle(message, MessageState.CLAIMED, state=MessageState.SUPPRESSED, digest_on=None):
        _withhold(content.withheld)


def _release(message: Message, content: Content) -> bool:
    """The last word before the point of no return: still true, and still ours to send."""
    if not content.withheld:
        return _mark_released(message, content)
    with transaction.atomic():
        is_ours = _mark_released(message, content)
        if is_ours:
            _withhold(content.withheld)
    return is_ours


def _mark_released(message: Message, content: Content) -> bool:
    """One statement, so that nothing can come between asking and marking."""
    unmoved = as_they_were(content.versions)
    return _settle(message, MessageState.CLAIMED, where=unmoved, state=MessageState.RELEASED)


def _withhold(reasons: Mapping[int, str]) -> None:
    """What a message does not say, and why, stands in the ledger."""
    for reason in set(reasons.values()):
        keys = [key for key, why in reasons.items() if why == reason]
        Dispatch.objects.filter(pk__in=keys).update(withheld=reason)


def _put_back(message: Message, now: datetime, error: str, *states: MessageState) -> None:
    """Try again later; where even the newest thing it says has been due for too long, it has failed."""
    newest = message.dispatches.aggregate(at=Max("notification__created_at"))["at"] or message.created_at
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


def _settle(
    message: Message, *states: MessageState, where: tuple[str, list[int]] = ("1 = 1", []), **outcome: Any
) -> bool:
    """Write what became of a message, unless its lease has passed to another sender.

    In plain SQL: it is asked twice for every message, and building it would cost as much as sending.
    """
    condition, given = where
    values = [_FIELD(name).get_db_prep_save(value, connection) for name, value in outcome.items()]
    token = _FIELD("token").get_db_prep_save(message.token, connection)
    changes = ", ".join(f"{_FIELD(name).column} = %s" for name in outcome)
    among = ", ".join(["%s"] * len(states))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE notifications_message SET {changes}"
            f" WHERE id = %s AND token = %s AND state IN ({among}) AND {condition}",
            [*values, message.pk, token, *(state.value for state in states), *given],
        )
        return cursor.rowcount == 1


_FIELD: Any = Message._meta.get_field
