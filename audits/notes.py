"""What the city noted in cases, read across them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from workflow.models import Event
from workflow.queries import CaseQuerySet
from workflow.vocabulary import Kind


def notes(cases: CaseQuerySet) -> QuerySet[Event]:
    """The audit notes of these cases."""
    noted = Event.objects.filter(kind=Kind.AUDIT_NOTED, case__in=cases.order_by().values("pk"))
    return noted.select_related("actor", "case__unit", "case__indicator")


def verdict_of(note: Event) -> str | None:
    """What a note concludes; None where it concludes nothing yet."""
    changed: dict[str, Any] = note.changes
    return changed["verdict"][1] if "verdict" in changed else None


def concluding(noted: QuerySet[Event], verdict: str) -> QuerySet[Event]:
    """Those that come to this."""
    return noted.filter(changes__verdict__1=verdict)
