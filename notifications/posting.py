"""The way out to webhooks: what happened, as a signed request to whoever listens to the unit.

Guarantee: each event at least once, with a key that stays the same; what the receiver has not
answered for is sent again, until it is too old.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organisations.models import User
from workflow.clock import database_now

from .addresses import Unreachable, target_of
from .channels import Refused, Unanswered
from .delivery import deliver_by
from .hooks import disable_webhook
from .keepers import hears
from .listening import WEBHOOK
from .models import Message
from .outcomes import GIVEN_UP_AFTER
from .payload import body_of
from .relevance import Content
from .signing import signed_headers
from .subscriptions import Delivery, Webhook
from .wire import post

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

#: What every request says of itself.
ABOUT = {"Content-Type": "application/json", "User-Agent": "Ve-Xanh-Webhook/1"}
#: The answer of a receiver that wants to hear no more.
GONE = 410


def deliver_webhooks(*, now: datetime | None = None) -> int:
    """Send what is waiting for webhooks; answers how much went. Any number of senders may run."""
    now = now or database_now()
    return deliver_by(Webhooks(now), now=now, still_to_say=still_heard)


def still_heard(messages: Sequence[Message], *, on: date) -> Mapping[int, Content]:
    """What of each message its webhook may still be told: it is switched on, in the name of somebody
    who sees the unit, and the case is of that unit."""
    around = ("webhook", "event__case__unit__parent", "event__case__indicator")
    found = Delivery.objects.filter(message__in=messages).select_related(*around)
    listening = set(
        Webhook.objects.live()
        .filter(hears(on), deliveries__message__in=messages)
        .values_list("pk", flat=True)
    )
    contents = {message.pk: Content() for message in messages}
    for delivery in found:
        if delivery.webhook_id in listening and _is_of_the_unit(delivery):
            says: list[Any] = contents[delivery.message_id].says
            says.append(delivery)
    return contents


def _is_of_the_unit(delivery: Delivery) -> bool:
    if delivery.event is None:
        return True
    unit = delivery.event.case.unit
    return delivery.webhook.unit_id in (unit.pk, unit.city.pk)


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
    """One run of deliveries; a receiver that is silent once is not waited for again in it."""

    is_down = False
    is_connected = True

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._silent: set[int] = set()

    def __enter__(self) -> WebhookLine:
        return self

    def __exit__(self, *exc: object) -> None:
        pass

    def hand_over(self, message: Message, says: Sequence[Any], release: Callable[[], bool]) -> bool:
        (delivery,) = says
        # Ended or switched off while the run was under way: then not even one request more.
        is_live = Webhook.objects.live().filter(pk=delivery.webhook_id).exists
        try:
            status = self._post(message, delivery, lambda: is_live() and release())
        except (Refused, Unanswered) as fault:
            self._silent.add(delivery.webhook_id)
            self._give_up_if_old(message, delivery.webhook, str(fault))
            raise
        if status is None or 200 <= status < 300:
            return status is not None
        if status == GONE:
            disable_webhook(delivery.webhook, because=f"HTTP {GONE}", now=self._now)
        self._give_up_if_old(message, delivery.webhook, f"HTTP {status}")
        raise Refused(f"HTTP {status}")

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

    def _give_up_if_old(self, message: Message, webhook: Webhook, said: str) -> None:
        """What could not be told for days will not be by itself: the webhook is switched off, to be seen."""
        if self._now - message.created_at > GIVEN_UP_AFTER:
            disable_webhook(webhook, because=said, now=self._now)
