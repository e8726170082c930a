"""The way out to webhooks: what happened, as a signed request to whoever listens to the unit.

Guarantee: each event at least once, with a key that stays the same; what the receiver has not
answered for is sent again, until it is too old.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organisations.models import User
from workflow.clock import database_now

from .addresses import Unreachable, target_of
from .channels import Refused, Unanswered
from .delivery import deliver_by
from .hooks import disable_webhook
from .listening import WEBHOOK
from .models import Message
from .outcomes import GIVEN_UP_AFTER, wait_on
from .payload import body_of
from .signing import signed_headers
from .subscriptions import Delivery, Webhook
from .waiting import give_up_waiting, put_off, still_heard
from .wire import post

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

#: What every request says of itself.
ABOUT = {"Content-Type": "application/json", "User-Agent": "Ve-Xanh-Webhook/1"}
#: The answer of a receiver that wants to hear no more.
GONE = 410
#: The time that one webhook has of a run, so that a slow one leaves some to the others; and how long
#: what else waits for it then stands back.
SECONDS_EACH = 5
STANDS_BACK = timedelta(minutes=1)


def deliver_webhooks(*, now: datetime | None = None) -> int:
    """Send what is waiting for webhooks; answers how much went. Any number of senders may run."""
    now = now or database_now()
    give_up_waiting(on=timezone.localdate(now), now=now)
    return deliver_by(Webhooks(now), now=now, still_to_say=still_heard)


class Webhooks:
    """The channel to machines; no person has an address there."""

    name = WEBHOOK
    label: StrOrPromise = _("Webhook")
    #: The receiver knows a repeat by its key.
    repeats_harmlessly = True

    def __init__(self, now: datetime) -> None:
        self._now = now

    def reaches(self, person: User) -> bool:
        return False

    def open(self) -> WebhookLine:
        return WebhookLine(self._now)


class WebhookLine:
    """One run of deliveries; a receiver that is silent once is not waited for again in it, nor one that
    answers and has used up its time."""

    is_down = False
    is_connected = True

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._silent: set[int] = set()
        self._spent: dict[int, float] = defaultdict(float)

    def __enter__(self) -> WebhookLine:
        return self

    def __exit__(self, *exc: object) -> None:
        pass

    def hand_over(self, message: Message, says: Sequence[Any], release: Callable[[], bool]) -> bool:
        (delivery,) = says
        if self._is_slow(delivery.webhook_id):
            wait_on(message, until=self._now + STANDS_BACK)
            return False
        status = self._answer_to(message, delivery, release)
        if status is None or 200 <= status < 300:
            return status is not None
        if status == GONE:
            disable_webhook(delivery.webhook, because=f"HTTP {GONE}", now=self._now)
        self._give_up_if_old(message, delivery.webhook, f"HTTP {status}")
        raise Refused(f"HTTP {status}")

    def _answer_to(self, message: Message, delivery: Delivery, release: Callable[[], bool]) -> int | None:
        # Ended or switched off while the run was under way: then not even one request more.
        is_live = Webhook.objects.live().filter(pk=delivery.webhook_id).exists
        began = time.monotonic()
        try:
            return self._post(message, delivery, lambda: is_live() and release())
        except (Refused, Unanswered) as fault:
            self._silent.add(delivery.webhook_id)
            self._give_up_if_old(message, delivery.webhook, str(fault))
            raise
        finally:
            self._count(delivery.webhook_id, time.monotonic() - began)

    def _post(self, message: Message, delivery: Delivery, release: Callable[[], bool]) -> int | None:
        if delivery.webhook_id in self._silent:
            raise Refused(_("Nơi nhận vừa không trả lời; chờ lượt sau."))
        try:
            target = target_of(delivery.webhook.url)
        except Unreachable as why:
            raise Refused(str(why)) from why
        body = body_of(message, delivery)
        signed = signed_headers(
            delivery.webhook, message_id=message.message_id, body=body, now=timezone.now()
        )
        return post(target, body=body.encode(), headers=ABOUT | signed, release=release)

    def _is_slow(self, webhook: int) -> bool:
        return webhook not in self._silent and self._spent[webhook] > SECONDS_EACH

    def _count(self, webhook: int, seconds: float) -> None:
        """What is not in hand yet of a slow one stands back all at once, however much it is."""
        self._spent[webhook] += seconds
        if self._is_slow(webhook):
            put_off(webhook, now=self._now, until=self._now + STANDS_BACK)

    def _give_up_if_old(self, message: Message, webhook: Webhook, said: str) -> None:
        """What was refused for days will not go by itself: the webhook is switched off, to be seen."""
        if message.failing_since and self._now - message.failing_since > GIVEN_UP_AFTER:
            disable_webhook(webhook, because=said, now=self._now)
