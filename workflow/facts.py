"""What is read of a case that is looked at: rows of as few columns as rules and readers ask for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from django.apps import apps

from organisations.questions import Question


class PartHeld(NamedTuple):
    """A person's part in the case, now or once, with how they are named."""

    user_id: int
    part: str
    ended_at: datetime | None
    full_name: str
    email: str


class Written(NamedTuple):
    """What the analysis says, where there is one."""

    correction: str | None
    root_cause: str | None
    similar_cases: str | None
    effectiveness_criterion: str | None
    no_action_reason: str | None


class Planned(NamedTuple):
    """A corrective action, as far as the file asks."""

    number: int | None
    completed_at: datetime | None
    dropped_at: datetime | None
    completed_by_id: int | None


class Proof(NamedTuple):
    """A piece of evidence, as far as the file asks."""

    withdrawn_at: datetime | None
    added_by_id: int


class Said(NamedTuple):
    """A link of the record, without its seals."""

    kind: str
    at: datetime
    actor_id: int | None
    changes: dict[str, Any]


class Running(NamedTuple):
    """A timer."""

    corrective_action_number: int
    owner_id: int | None
    due_on: date
    last_milestone: int | None
    next_at: datetime | None


def _of_a_case(model: str, *columns: str, app: str = "workflow", by: str = "pk") -> Question:
    def ask(case: int) -> Any:
        rows = apps.get_model(app, model).objects.filter(case=case)
        return rows.order_by(by).values_list(*columns)

    return Question(ask)


parts_of = _of_a_case("Participation", "user_id", "part", "ended_at", "user__full_name", "user__email")
events_of = _of_a_case("Event", *Said._fields, by="seq")
timers_of = _of_a_case("Timer", *Running._fields)
evidence_of = _of_a_case("Evidence", *Proof._fields, app="actions")
file_of = Question(
    lambda case: (
        apps.get_model("workflow", "Case")
        .objects.filter(pk=case)
        .order_by()
        .values_list(
            *(f"analysis__{name}" for name in Written._fields),
            *(f"corrective_actions__{name}" for name in Planned._fields),
        )
    )
)
