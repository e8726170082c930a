"""What happened to a case since the version that a request was meant for: told with its 412."""

from __future__ import annotations

from typing import Any

from workflow.refusals import Stale

from .cases import EventSerializer

#: So many of the things that happened meanwhile are told; the rest is in the record.
TOLD = 50


def meanwhile(stale: Stale) -> dict[str, Any]:
    """The version the case has come to, and the events since the one that was seen, oldest first."""
    since = stale.case.events.filter(seq__gt=stale.seen).select_related("actor").order_by("seq")
    return {"version": stale.case.version, "changed": EventSerializer(since[:TOLD], many=True).data}
