"""What a webhook is told: which case, what kind of event, where to read it; no contents, no person."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.conf import settings

from workflow.models import Event

from .models import Message
from .subscriptions import Delivery

PING = "ping"


class Fact(NamedTuple):
    """What is told of an event, and of the case that it happened to."""

    seq: int
    kind: str
    at: datetime
    changes: dict[str, Any]
    case: str
    state: str
    unit: str
    indicator: str


#: The columns of a fact, seen from the event.
FACT = (
    "seq",
    "kind",
    "at",
    "changes",
    "case__number",
    "case__state",
    "case__unit__code",
    "case__indicator__code",
)


def body_of(message: Message, delivery: Delivery) -> str:
    """Compact JSON, the same for the same delivery as long as the case stands where it did."""
    if delivery.event:
        body = said_of(delivery.event)
    else:
        body = {"type": PING, "timestamp": _instant(message.created_at), "data": {}}
    return json.dumps(body, separators=(",", ":"))


def said_of(event: Event) -> dict[str, Any]:
    """What is told of an event that was read as a model."""
    case = event.case
    known = (case.number, case.state, case.unit.code, case.indicator.code)
    return said(Fact(event.seq, event.kind, event.at, event.changes, *known))


def said(fact: Fact) -> dict[str, Any]:
    """What is told to whoever follows, by webhook or by asking."""
    return {
        "type": f"case.{fact.kind}",
        "timestamp": _instant(fact.at),
        "data": {
            "case": fact.case,
            "unit": fact.unit,
            "indicator": fact.indicator,
            "seq": fact.seq,
            "kind": fact.kind,
            # Where this event left the case; where it moved nothing, where the case stands now.
            "state": fact.changes.get("state", [None, fact.state])[1],
            "link": f"{settings.SITE_URL}/api/v1/cases/{fact.case}/",
        },
    }


def _instant(at: datetime) -> str:
    """RFC 3339, in UTC."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
