"""Who holds which message: taken for a while by one sender, and free again when that one is dead."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from workflow import deadlines
from workflow.clock import database_now
from workflow.models import Timer
from workflow.operations import moment_now

from .channels import Channel
from .envelopes import DIGEST_WAITS
from .models import Dispatch, Message, MessageState, Withheld
from .telling import has_something_to_tell

log = logging.getLogger(__name__)

#: Longer than the queue lets any task live, so that its sender is dead when a lease ends.
LEASE = timedelta(minutes=10)
#: A digest waits so long for a clock that is late in the morning, and then goes without it.
WAITS_FOR_THE_CLOCK = timedelta(minutes=30)
#: States of what has left, as far as anybody knows.
GONE = (MessageState.RELEASED, MessageState.SENT, MessageState.IN_DOUBT)
#: What is begun now is still on its way for a while.
ENDS_BEFORE_CLOSING = timedelta(minutes=1)


@transaction.atomic
def claim(channel: Channel, count: int, *, now: datetime) -> list[Message]:
    """Take messages that wait, each for one sender alone; of one person's digests one, with all of them."""
    waiting = Message.objects.filter(channel=channel.name, state=MessageState.PENDING, next_at__lte=now)
    if _digests_may_go(now):
        waiting = waiting.exclude(Q(digest_on__isnull=False) & _had_one_today(now))
    else:
        waiting = waiting.filter(digest_on=None)
    claimed = list(
        waiting.select_for_update(skip_locked=True, of=("self",))
        .select_related("recipient")
        .order_by("next_at", "id")[:count]
    )
    claimed = _folded(channel, claimed)
    token = uuid.uuid4()
    Message.objects.filter(pk__in=[message.pk for message in claimed]).update(
        state=MessageState.CLAIMED, token=token, lease_until=database_now() + LEASE
    )
    for message in claimed:
        message.token = token
    return claimed


def _digests_may_go(now: datetime) -> bool:
    """A digest keeps office hours like the clock, and lets the morning's reminders join it first."""
    moment = moment_now(now)
    around = (now, now - DIGEST_WAITS, now + ENDS_BEFORE_CLOSING)
    if not all(deadlines.is_office_time(at, moment.days) for at in around):
        return False
    opened = deadlines.opening_of(moment.today)
    if now > opened + WAITS_FOR_THE_CLOCK:
        return True
    return not (Timer.objects.filter(next_at__lte=opened).exists() or has_something_to_tell())


def _had_one_today(now: datetime) -> Q:
    begun = datetime.combine(now.astimezone(deadlines.LOCAL).date(), time.min, deadlines.LOCAL)
    digests = Message.objects.filter(recipient=OuterRef("recipient"), channel=OuterRef("channel"))
    gone = digests.filter(digest_on__isnull=False, released_at__gte=begun, state__in=GONE)
    return Q(Exists(gone))


def _folded(channel: Channel, claimed: list[Message]) -> list[Message]:
    """One digest for each person: what the others of theirs say goes into the oldest. One that may have
    arrived and is sent again keeps to itself, and goes on a day without another."""
    kept: dict[int | None, Message] = {}
    for message in sorted((m for m in claimed if m.digest_on), key=lambda m: m.pk):
        kept.setdefault(message.recipient_id, message)
    if not kept:
        return claimed
    into = {person: message for person, message in kept.items() if message.released_at is None}
    digests = Message.objects.filter(channel=channel.name, recipient__in=into, state=MessageState.PENDING)
    others = digests.filter(released_at=None).exclude(digest_on=None)
    mine = {message.pk for message in kept.values()}
    for other in others.exclude(pk__in=mine).select_for_update(skip_locked=True).order_by("pk"):
        _fold(other, into[other.recipient_id])
    return [message for message in claimed if not message.digest_on or message.pk in mine]


def _fold(other: Message, kept: Message) -> None:
    """The patience that a mailbox has had is not forgotten with the message that had it."""
    Dispatch.objects.filter(message=other).update(message=kept)
    Message.objects.filter(pk=other.pk).update(state=MessageState.SUPPRESSED, digest_on=None)
    since = [at for at in (kept.failing_since, other.failing_since) if at]
    kept.failing_since, kept.attempts = min(since, default=None), max(kept.attempts, other.attempts)
    kept.save(update_fields=["failing_since", "attempts"])


def give_back(claimed: Sequence[Message]) -> None:
    """What was claimed and not tried waits on as it did."""
    ours = Message.objects.filter(state=MessageState.CLAIMED, token=claimed[0].token)
    ours.update(state=MessageState.PENDING, token=None)


def settle_leases(channel: Channel, *, now: datetime) -> None:
    """What a dead sender left: not yet released goes back to waiting, released is in doubt."""
    expired = Message.objects.filter(channel=channel.name, lease_until__lt=now)
    expired.filter(state=MessageState.CLAIMED).update(state=MessageState.PENDING, token=None)
    unknown = MessageState.PENDING if channel.repeats_harmlessly else MessageState.IN_DOUBT
    doubtful = expired.filter(state=MessageState.RELEASED).update(state=unknown)
    if doubtful:
        log.warning("%s messages by %s are in doubt", doubtful, channel.name)


@transaction.atomic
def retire(known: Collection[str], *, now: datetime) -> None:
    """What waits for a channel that is no longer there waits in vain, and the register says so."""
    orphans: QuerySet[Message] = Message.objects.exclude(channel__in=known)
    orphans.filter(state=MessageState.RELEASED, lease_until__lt=now).update(state=MessageState.IN_DOUBT)
    free = Q(state=MessageState.PENDING) | Q(state=MessageState.CLAIMED, lease_until__lt=now)
    # What another holds at this moment is theirs.
    held = orphans.filter(free).select_for_update(skip_locked=True)
    if keys := list(held.values_list("pk", flat=True)):
        Dispatch.objects.filter(message__in=keys, withheld="").update(withheld=Withheld.NO_CHANNEL)
        Message.objects.filter(pk__in=keys).update(state=MessageState.SUPPRESSED, digest_on=None)
