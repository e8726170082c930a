"""What waits for webhooks: told to whoever hears now, kept for those that may hear again, till it is old.

While a webhook is off, or in the name of somebody without an office, nothing goes to it and nothing
is lost; only one that has ended drops what it was to be told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from .keepers import hears
from .listening import WEBHOOK
from .models import Message, MessageState
from .outcomes import GIVEN_UP_AFTER
from .relevance import Content
from .subscriptions import Delivery, Webhook

#: How often it is asked whether a webhook hears again by itself, its owner having an office again.
ASKED_EVERY = timedelta(hours=1)


def still_heard(messages: Sequence[Message], *, on: date) -> Mapping[int, Content]:
    """What of each message its webhook may be told today: it is switched on, in the name of somebody
    who sees the unit, and the case is of that unit. What it may be told some other day waits."""
    around = ("webhook", "event__case__unit__parent", "event__case__indicator")
    found = Delivery.objects.filter(message__in=messages).select_related(*around)
    going = Webhook.objects.going().filter(deliveries__message__in=messages)
    hearing = set(going.live().filter(hears(on)).values_list("pk", flat=True))
    contents = {message.pk: Content() for message in messages}
    for delivery in found:
        if delivery.webhook.ended_at or not _is_of_the_unit(delivery):
            continue
        content = contents[delivery.message_id]
        if delivery.webhook_id in hearing:
            says: list[Any] = content.says
            says.append(delivery)
        else:
            content.waits = ASKED_EVERY
    return contents


def _is_of_the_unit(delivery: Delivery) -> bool:
    if delivery.event is None:
        return True
    unit = delivery.event.case.unit
    return delivery.webhook.unit_id in (unit.pk, unit.city.pk)


def wake(webhook: Webhook, *, now: datetime) -> None:
    """What waits for a webhook is due at once, with all the patience of something new; also what a run
    has in its hands and not begun, which by its token learns that it is no longer its own."""
    waiting = (MessageState.PENDING, MessageState.CLAIMED)
    Message.objects.filter(channel=WEBHOOK, state__in=waiting, delivery__webhook=webhook).update(
        state=MessageState.PENDING, token=None, next_at=now, attempts=0, failing_since=None
    )


@transaction.atomic
def put_off(webhook: int, *, now: datetime, until: datetime) -> None:
    """What is due for a webhook waits longer, through no fault of its own."""
    _change(_waiting(webhook__in=[webhook], next_at__lte=now), next_at=until)


@transaction.atomic
def give_up_waiting(*, on: date, now: datetime) -> None:
    """What has waited too long for a webhook that does not hear has failed, and its log says why."""
    old, days = {"created_at__lt": now - GIVEN_UP_AFTER}, {"days": GIVEN_UP_AFTER.days}
    off = Webhook.objects.going().exclude(disabled_at=None)
    _change(
        _waiting(webhook__in=off, **old),
        **_failed(_("Không gửi: webhook đã tắt, chờ quá %(days)s ngày.") % days),
    )
    nobodys = Webhook.objects.live().exclude(hears(on))
    _change(
        _waiting(webhook__in=nobodys, **old),
        **_failed(_("Không gửi: người đứng tên không còn chức vụ, chờ quá %(days)s ngày.") % days),
    )


def _waiting(*, webhook__in: Any, **which: Any) -> QuerySet[Message]:
    """Found among what waits, which is little, and not among all that a webhook was ever told."""
    waiting = Message.objects.filter(channel=WEBHOOK, state=MessageState.PENDING, **which)
    return waiting.filter(delivery__webhook__in=webhook__in)


def _failed(why: str) -> dict[str, str]:
    return {"state": MessageState.FAILED, "last_error": why}


def _change(waiting: QuerySet[Message], **outcome: Any) -> None:
    # What another sender takes at this moment is theirs; the next run sees it again.
    held = waiting.select_for_update(skip_locked=True, of=("self",))
    Message.objects.filter(pk__in=held.values("pk")).update(**outcome)
