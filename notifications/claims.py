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

log = logging.getLogger(__name__)

#: Longer than the queue lets any task live, so that its sender is dead when a lease ends.
LEASE = timedelta(minutes=10)
#: A digest waits so long for a clock that is late in the morning, and then goes without it.
WAITS_FOR_THE_CLOCK = timedelta(minutes=30)
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
    return now > opened + WAITS_FOR_THE_CLOCK or not Timer.objects.filter(next_at__lte=opened).exists()


def _had_one_today(now: datetime) -> Q:
    begun = datetime.combine(now.astimezone(deadlines.LOCAL).date(), time.min, deadlines.LOCAL)
    digests = Message.objects.filter(recipient=OuterRef("recipient"), channel=OuterRef("channel"))
    return Q(Exists(digests.filter(digest_on__isnull=False, sent_at__gte=begun)))


def _folded(channel: Channel, claimed: list[Message]) -> list[Message]:
    """One digest for each person: what the others of theirs say goes into the oldest."""
    oldest: dict[int | None, Message] = {}
    for message in sorted((m for m in claimed if m.digest_on), key=lambda m: m.pk):
        oldest.setdefault(message.recipient_id, message)
    if not oldest:
        return claimed
    kept = {message.pk for message in oldest.values()}
    digests = Message.objects.filter(channel=channel.name, recipient__in=oldest, state=MessageState.PENDING)
    others = digests.exclude(digest_on=None).exclude(pk__in=kept).select_for_update(skip_locked=True)
    for other in others.order_by("pk"):
        Dispatch.objects.filter(message=other).update(message=oldest[other.recipient_id])
        Message.objects.filter(pk=other.pk).update(state=MessageState.SUPPRESSED, digest_on=None)
    return [message for message in claimed if not message.digest_on or message.pk in kept]


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
    if keys := list(orphans.filter(free).values_list("pk", flat=True)):
        Dispatch.objects.filter(message__in=keys, withheld="").update(withheld=Withheld.NO_CHANNEL)
        Message.objects.filter(pk__in=keys).update(state=MessageState.SUPPRESSED, digest_on=None)
