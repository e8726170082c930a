"""Everything that is known of a case, at one moment: for whoever keeps it beyond this service."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from actions.models import CauseAnalysis, CorrectiveAction, Evidence
from actions.names import safe, shortened
from workflow.models import Case, Event, Participation
from workflow.operations import lock
from workflow.trail import form

from .record import Names

#: Folders of the evidence that counts, and of that which was withdrawn.
IN_FORCE, WITHDRAWN = "minh-chung", "minh-chung-da-rut"
#: Bytes of a file's name: with folders before it, every system unpacks it.
LONGEST_NAME = 120

_CASE = (
    "number", "colour", "state", "opened_at", "closed_at", "assign_by", "due_on", "original_due_on",
    "verify_by", "check_on", "answer_by", "accepted_on", "city_due_on", "requested_due_on", "verifier",
    "extension_count", "reopening_count", "recurrence_count", "product", "authority", "version", "head_hash",
)  # fmt: skip
_ANALYSIS = (
    "correction", "whys", "root_cause", "cause_category", "similar_cases", "similar_cases_found",
    "effectiveness_criterion", "no_action_reason",
)  # fmt: skip
_ACTION = (
    "number", "description", "owner_id", "due_on", "result", "completed_at", "completed_by_id",
    "dropped_at", "drop_reason",
)  # fmt: skip
_EVIDENCE = (
    "id", "name", "content_type", "size", "sha256", "description", "added_by_id", "added_at",
    "withdrawn_at", "withdrawn_by_id", "withdrawal_reason",
)  # fmt: skip


class Dossier(NamedTuple):
    """A case with all its rows, and where each piece of evidence lies in the work file."""

    case: Case
    analysis: CauseAnalysis | None
    actions: list[CorrectiveAction]
    evidence: list[tuple[str, Evidence]]
    parts: list[Participation]
    events: list[Event]
    at: datetime


@transaction.atomic
def dossier_of(case: Case, *, now: datetime | None = None) -> Dossier:
    """All rows of a case as they are together: nothing happens to it while they are read."""
    lock(case)
    cases = Case.objects.for_reading().select_related(
        "analysis", "recurrence_of", "indicator__catalogue", "rating__assessment__period"
    )
    case = cases.get(pk=case.pk)
    evidence = case.evidence.select_related("added_by", "withdrawn_by").order_by("pk")
    return Dossier(
        case=case,
        analysis=getattr(case, "analysis", None),
        actions=list(case.corrective_actions.select_related("owner", "completed_by")),
        evidence=[(_place(number, each), each) for number, each in enumerate(evidence, start=1)],
        parts=list(case.participations.select_related("user").order_by("began_at", "pk")),
        events=list(case.events.select_related("actor").order_by("seq")),
        at=now or timezone.now(),
    )


def _place(number: int, evidence: Evidence) -> str:
    folder = WITHDRAWN if evidence.withdrawn_at else IN_FORCE
    return f"{folder}/{number:03} {shortened(safe(evidence.name), LONGEST_NAME)}"


def as_data(dossier: Dossier) -> dict[str, Any]:
    """The dossier as JSON holds it; the events exactly as they were sealed, each with its seal."""
    case, rating = dossier.case, dossier.case.rating
    return {
        "format": "ve-xanh-work-file/1",
        "made_at": dossier.at,
        "case": _fields(case, _CASE)
        | {
            "unit": {"code": case.unit.code, "name": case.unit_name},
            "indicator": {"code": case.indicator.code, "title": case.indicator.title},
            "assignee": case.assignee_id,
            "recurrence_of": case.recurrence_of.number if case.recurrence_of else None,
            "period": rating.assessment.period.code,
            "finding": rating.finding,
        },
        "people": _people(dossier),
        "parts": [
            {"person": part.user_id, "part": part.part, "began_at": part.began_at, "ended_at": part.ended_at}
            for part in dossier.parts
        ],
        "analysis": _fields(dossier.analysis, _ANALYSIS) if dossier.analysis else None,
        "corrective_actions": [_fields(action, _ACTION) for action in dossier.actions],
        "evidence": [_fields(each, _EVIDENCE) | {"path": path} for path, each in dossier.evidence],
        "events": [_sealed(case, event) for event in dossier.events],
    }


def _fields(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name.removesuffix("_id"): getattr(row, name) for name in names}


def _sealed(case: Case, event: Event) -> dict[str, Any]:
    sealed = form(
        case=case.number,
        seq=event.seq,
        kind=event.kind,
        actor=event.actor_id,
        at=event.at,
        note=event.note,
        changes=event.changes,
        once=event.once,
        previous=event.previous_hash,
    )
    return sealed | {"hash": event.hash}


def _people(dossier: Dossier) -> dict[str, str]:
    """What the keys in the record stand for today; no hash hangs on a name."""
    named = {str(key): person.formal_name for key, person in Names(dossier.events).people.items()}
    actors = {str(event.actor_id): event.actor.formal_name for event in dossier.events if event.actor}
    parts = {str(part.user_id): part.user.formal_name for part in dossier.parts}
    return dict(sorted((named | actors | parts).items()))
