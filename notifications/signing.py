"""How a webhook proves who speaks: a secret that is derived, not kept, and the signature by it.

By the scheme of Standard Webhooks, in its own library: a few lines that need nothing else.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime

from django.utils.crypto import salted_hmac
from standardwebhooks import Webhook as Signer

from .subscriptions import Webhook

#: What makes these keys no other keys of the service.
_PURPOSE = "notifications.signing"


def secret_of(webhook: Webhook) -> str:
    """The secret the receiver checks by; whoever changes the service's own key changes all of them."""
    return _secret(webhook, webhook.generation)


def _secret(webhook: Webhook, generation: int) -> str:
    derived = salted_hmac(_PURPOSE, f"{webhook.salt} {generation}", algorithm="sha256").digest()
    return f"whsec_{base64.b64encode(derived).decode()}"


def signed_headers(webhook: Webhook, *, message_id: str, body: str, now: datetime) -> dict[str, str]:
    """The three headers of a delivery; just after a rotation the former secret signs as well."""
    now = now.astimezone(UTC)
    generations = [webhook.generation]
    if webhook.previous_until and now < webhook.previous_until:
        generations.append(webhook.generation - 1)
    signatures = [Signer(_secret(webhook, g)).sign(message_id, now, body) for g in generations]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
