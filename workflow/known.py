"""What is known of a case while it is looked at: each fact is asked of the database once.

Rules find it on the case. A case that is locked for a step is a new one and knows nothing: the door
asks for itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from django.apps import apps

from organisations.posts import Posts
from organisations.questions import Question

from .vocabulary import CITY_WORK_KINDS, Part

if TYPE_CHECKING:
    from .models import Case


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


_parts = _of_a_case("Participation", "user_id", "part", "ended_at", "user__full_name", "user__email")
_events = _of_a_case("Event", *Said._fields, by="seq")
_timers = _of_a_case("Timer", *Running._fields)
_evidence = _of_a_case("Evidence", *Proof._fields, app="actions")
_file = Question(
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


class Known:
    """The facts of one case on a day, read when first asked for."""

    def __init__(self, case: Case, *, on: date) -> None:
        self._case, self.on = case, on

    @cached_property
    def posts(self) -> Posts:
        """Offices of the case's unit and of its city."""
        unit = self._case.unit
        return Posts({unit.pk, unit.city.pk}, on=self.on)

    @property
    def chairs(self) -> set[int]:
        """Whoever chairs the unit of the case."""
        return self.posts.chairs(self._case.unit_id)

    @cached_property
    def parts(self) -> list[PartHeld]:
        return [PartHeld(*row) for row in _parts(self._case.pk)]

    @property
    def supporters(self) -> list[PartHeld]:
        """As `Case.supporters` has it."""
        return [one for one in self.parts if one.part == Part.SUPPORT and one.ended_at is None]

    @cached_property
    def events(self) -> list[Any]:
        """What the record says, link by link."""
        return [Said(*row) for row in _events(self._case.pk)]

    @property
    def analysis(self) -> Written:
        return Written(*self._file[0][: len(Written._fields)])

    @property
    def actions(self) -> list[Planned]:
        rows = [Planned(*row[len(Written._fields) :]) for row in self._file]
        return [row for row in rows if row.number is not None]

    @cached_property
    def _file(self) -> list[tuple[Any, ...]]:
        """A row for each corrective action, with the analysis before it; one where there is none."""
        return _file(self._case.pk)

    @cached_property
    def evidence(self) -> list[Proof]:
        return [Proof(*row) for row in _evidence(self._case.pk)]

    @cached_property
    def timers(self) -> list[Any]:
        return [Running(*row) for row in _timers(self._case.pk)]

    @cached_property
    def doers(self) -> set[int]:
        """As `rules.who_did_the_work` has it."""
        did = {one.user_id for one in self.parts}
        did |= {one.completed_by_id for one in self.actions if one.completed_by_id}
        did |= {one.added_by_id for one in self.evidence}
        return did | {event.actor_id for event in self.events if event.kind in CITY_WORK_KINDS}


@contextmanager
def looking_at(case: Case, *, on: date) -> Iterator[Known]:
    """While this lasts, rules that look at the case share what is known of it; then it is forgotten."""
    case.known = Known(case, on=on)
    try:
        yield case.known
    finally:
        case.known = None
