"""What a webhook is told: which case, what kind of event, where to read it; no contents, no person."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from workflow.models import Event

from .models import Message
from .subscriptions import Delivery

PING = "ping"


def body_of(message: Message, delivery: Delivery) -> str:
    """Compact JSON, the same for the same delivery as long as the case stands where it did."""
    if delivery.event:
        said = said_of(delivery.event)
    else:
        said = {"type": PING, "timestamp": _instant(message.created_at), "data": {}}
    return json.dumps(said, separators=(",", ":"))


def said_of(event: Event) -> dict[str, Any]:
    """What is told of an event to whoever follows, by webhook or by asking."""
    case = event.case
    return {
        "type": f"case.{event.kind}",
        "timestamp": _instant(event.at),
        "data": {
            "case": case.number,
            "unit": case.unit.code,
            "indicator": case.indicator.code,
            "seq": event.seq,
            "kind": event.kind,
            # Where this event left the case; where it moved nothing, where the case stands now.
            "state": event.changes.get("state", [None, case.state])[1],
            "link": f"{settings.SITE_URL}/api/v1/cases/{case.number}/",
        },
    }


def _instant(at: datetime) -> str:
    """RFC 3339, in UTC."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
