"""What became of a message that its sender holds: one statement each, fenced by the sender's token."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from workflow import deadlines

from .models import Dispatch, Message, MessageState
from .relevance import Content, as_they_were

#: How long a message waits after a case in it has moved under its sender's hands.
ASKED_AGAIN = timedelta(seconds=5)
#: The first wait after a refusal; it doubles each time, up to the longest.
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=4)
#: Given up by age, never by count: a server may be down over a long weekend. But what has slept for
#: days and is then refused has hardly been tried: so often at least.
GIVEN_UP_AFTER = timedelta(days=5)
TRIED_AT_LEAST = 10


@transaction.atomic
def drop(message: Message, content: Content) -> None:
    """Nothing of it holds any more; a digest that never went leaves its day to another."""
    if settle(message, MessageState.CLAIMED, state=MessageState.SUPPRESSED, digest_on=None):
        _withhold(content.withheld)


def release(message: Message, content: Content, *, now: datetime) -> bool:
    """The last word before the point of no return: still true, and still ours to send."""
    if not content.withheld:
        return _mark_released(message, content, now)
    with transaction.atomic():
        is_ours = _mark_released(message, content, now)
        if is_ours:
            _withhold(content.withheld)
    return is_ours


def _mark_released(message: Message, content: Content, now: datetime) -> bool:
    """One statement, so that nothing can come between asking and marking."""
    unmoved = as_they_were(content.versions)
    said = {"state": MessageState.RELEASED, "released_at": now}
    return settle(message, MessageState.CLAIMED, where=unmoved, **said)


def _withhold(reasons: Mapping[int, str]) -> None:
    """What a message does not say, and why, stands in the register."""
    for reason in set(reasons.values()):
        keys = [key for key, why in reasons.items() if why == reason]
        Dispatch.objects.filter(pk__in=keys).update(withheld=reason)


def mark_sent(message: Message, *, now: datetime) -> bool:
    return settle(message, MessageState.RELEASED, state=MessageState.SENT, sent_at=now, failing_since=None)


def mark_in_doubt(message: Message, error: str) -> None:
    settle(message, MessageState.RELEASED, state=MessageState.IN_DOUBT, last_error=error[:300])


def wait_on(message: Message, *, until: datetime) -> None:
    """Put back what could not go just now, through no fault of anybody's."""
    settle(message, MessageState.CLAIMED, state=MessageState.PENDING, token=None, next_at=until)


def put_back(
    message: Message, error: str, *states: MessageState, now: datetime, is_down: bool = False
) -> None:
    """Try again later; what has been refused for too long, and often enough, has failed for good.

    `is_down` says that nobody was there to refuse it: then it has as long as the newest thing it says.
    """
    attempts = message.attempts + 1
    failing_since = message.failing_since if is_down else message.failing_since or now
    age = now - (_due_since(message) if is_down else failing_since or now)
    gives_up = age > GIVEN_UP_AFTER and attempts >= TRIED_AT_LEAST
    settle(
        message,
        *states,
        state=MessageState.FAILED if gives_up else MessageState.PENDING,
        attempts=attempts,
        failing_since=failing_since,
        released_at=None,
        next_at=now + min(FIRST_WAIT * 2 ** min(message.attempts, 10), LONGEST_WAIT),
        token=None,
        last_error=error[:300],
    )


def _due_since(message: Message) -> datetime:
    newest = message.dispatches.aggregate(at=Max("notification__created_at"))["at"] or message.created_at
    return max(newest, deadlines.opening_of(message.digest_on)) if message.digest_on else newest


def settle(
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
