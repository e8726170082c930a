"""Events become deliveries to the webhooks that are told of them, in the transaction that reads them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from workflow.arrows import Moment
from workflow.models import Event

from .keepers import subscribed
from .models import Message
from .subscriptions import Delivery, Webhook

#: The channel's word in the ledger.
WEBHOOK = "webhook"


def tell_webhooks(events: Sequence[Event], moment: Moment) -> None:
    """One message for each event and webhook; each event is read once, and so told once."""
    pairs = subscribed(events)
    messages = [
        Message(
            channel=WEBHOOK,
            message_id=_known_by(webhook, event),
            created_at=moment.at,
            next_at=moment.at,
        )
        for webhook, event in pairs
    ]
    Message.objects.bulk_create(messages)
    Delivery.objects.bulk_create(
        Delivery(webhook=webhook, event=event, message=message)
        for (webhook, event), message in zip(pairs, messages, strict=True)
    )


def _known_by(webhook: Webhook, event: Event) -> str:
    """By what the receiver knows a repeat: the same for the same webhook and event, whenever it is asked."""
    return f"msg_{uuid.uuid5(webhook.salt, str(event.pk)).hex}"
