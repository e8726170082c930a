"""Messages go out fenced: claimed with a lease, released at the last moment, never sent twice by us.

Guarantee: a message is sent at most once, and is never silently lost. The one unknown is a crash
between its release and the other side's answer: then it is `in_doubt`, is not sent again by itself,
and is there to be seen and settled. Where the other side recognises repeats, doubt is sent again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from workflow.clock import database_now
from workflow.operations import moment_now

from .channels import Channel, Line, Refused, Unanswered, channels
from .claims import claim, give_back, retire, settle_leases
from .listening import WEBHOOK
from .models import Message, MessageState
from .outcomes import ASKED_AGAIN, drop, mark_in_doubt, mark_sent, put_back, release, wait_on
from .relevance import Content, contents_of

log = logging.getLogger(__name__)

#: What of each message still holds on a day, by its key.
StillToSay = Callable[..., Mapping[int, Content]]

#: Messages claimed in one transaction; only one while nobody knows whether the server is there.
BATCH_SIZE = 100
#: A run is short, so that slow mail never holds up the clock; what it leaves, the next takes up.
WORKS_FOR_SECONDS = 30


def deliver(*, now: datetime | None = None, only: Iterable[str] | None = None) -> int:
    """Send what is waiting for people, by all channels or these; answers how many went.

    Any number of senders may run.
    """
    now, known = now or database_now(), channels()
    retire([*known, WEBHOOK], now=database_now())
    names = known if only is None else [name for name in only if name in known]
    return sum(deliver_by(known[name], now=now) for name in names)


def deliver_by(channel: Channel, *, now: datetime, still_to_say: StillToSay = contents_of) -> int:
    """Send what is waiting for one channel, till nothing is left or the time is over."""
    until = time.monotonic() + WORKS_FOR_SECONDS
    settle_leases(channel, now=database_now())
    sent = 0
    with channel.open() as line:
        while claimed := claim(channel, BATCH_SIZE if line.is_connected else 1, now=now):
            contents = _judged(claimed, still_to_say, now)
            for message in claimed:
                if line.is_down or time.monotonic() > until:
                    give_back(claimed)
                    return sent
                if content := contents.get(message.pk):
                    sent += _send(message, content, channel, line, now)
    return sent


def _judged(claimed: Sequence[Message], still_to_say: StillToSay, now: datetime) -> Mapping[int, Content]:
    """What each message says; one that cannot be judged holds back nobody else's."""
    today = moment_now(now).today
    try:
        return still_to_say(claimed, on=today)
    except Exception:
        log.exception("A batch of messages could not be judged; each is judged by itself.")
    contents: dict[int, Content] = {}
    for message in claimed:
        try:
            contents |= still_to_say([message], on=today)
        except Exception as fault:
            put_back(message, type(fault).__name__, MessageState.CLAIMED, now=now)
    return contents


def _send(message: Message, content: Content, channel: Channel, line: Line, now: datetime) -> bool:
    try:
        return _hand_over(message, content, line, now)
    except Refused as refusal:
        held = (MessageState.CLAIMED, MessageState.RELEASED)
        put_back(message, str(refusal), *held, now=now, is_down=line.is_down)
    except Unanswered as fault:
        if channel.repeats_harmlessly:
            put_back(message, str(fault), MessageState.RELEASED, now=now)
        else:
            mark_in_doubt(message, str(fault))
    except Exception as fault:
        # One strange message holds back nobody else's; what was released stays so, for its lease to end.
        log.exception("message %s could not be sent", message.pk)
        put_back(message, type(fault).__name__, MessageState.CLAIMED, now=now)
    return False


def _hand_over(message: Message, content: Content, line: Line, now: datetime) -> bool:
    if content.waits:
        wait_on(message, until=now + content.waits)
        return False
    if not content.says:
        drop(message, content)
        return False
    if line.hand_over(message, content.says, lambda: release(message, content, now=now)):
        return mark_sent(message, now=now)
    # Something has moved: what holds now is asked again before it is tried again.
    wait_on(message, until=now + ASKED_AGAIN)
    return False
