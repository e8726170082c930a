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

from organisations.posts import Posts

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
        names = ("user_id", "part", "ended_at", "user__full_name", "user__email")
        held = self._case.participations.order_by("pk")
        return [PartHeld(*row) for row in held.values_list(*names)]

    @property
    def supporters(self) -> list[PartHeld]:
        """As `Case.supporters` has it."""
        return [one for one in self.parts if one.part == Part.SUPPORT and one.ended_at is None]

    @cached_property
    def events(self) -> list[Any]:
        """What the record says, link by link, without its seals."""
        said = self._case.events.order_by("seq")
        return list(said.values_list("kind", "at", "actor_id", "changes", named=True))

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
        analysis = [f"analysis__{name}" for name in Written._fields]
        actions = [f"corrective_actions__{name}" for name in Planned._fields]
        this = type(self._case).objects.filter(pk=self._case.pk).order_by()
        return list(this.values_list(*analysis, *actions))

    @cached_property
    def evidence(self) -> list[Any]:
        added = self._case.evidence.order_by("pk")
        return list(added.values_list("withdrawn_at", "added_by_id", named=True))

    @cached_property
    def timers(self) -> list[Any]:
        names = ("corrective_action_number", "owner_id", "due_on", "last_milestone", "next_at")
        return list(self._case.timers.order_by("pk").values_list(*names, named=True))

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
