"""The log of a webhook as its page shows it, page by page from the newest."""

from __future__ import annotations

from typing import Any

from notifications.deliveries import MAY_BE_SENT_AGAIN
from notifications.models import MessageState, Webhook
from notifications.outcomes import GIVEN_UP_AFTER

PAGE = 50
#: Ended webhooks that are listed: their logs stay to be read.
ENDED_SHOWN = 20


def log_of(webhook: Webhook, after: str | None) -> dict[str, Any]:
    """Deliveries older than the last one seen, with what may be asked of each."""
    told = webhook.deliveries.select_related("message", "event__case")
    key = int(after) if after and after.isdecimal() and len(after) < 19 else None
    if key is not None:
        told = told.filter(pk__lt=key)
    rows = list(told[: PAGE + 1])
    for row in rows:
        row.may_be_resent = webhook.is_live and row.message.state in MAY_BE_SENT_AGAIN  # type: ignore[attr-defined]
        row.kept_until = row.message.created_at + GIVEN_UP_AFTER  # type: ignore[attr-defined]
        row.is_waiting = row.message.state == MessageState.PENDING  # type: ignore[attr-defined]
    return {
        "deliveries": rows[:PAGE],
        "next": rows[PAGE - 1].pk if len(rows) > PAGE else None,
        "is_first": key is None,
    }
