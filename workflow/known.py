"""What is known of a case while it is looked at: each fact is asked of the database once.

Rules find it on the case. A case that is locked for a step is a new one and knows nothing: the door
asks for itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from organisations.posts import Posts

from .facts import (
    PartHeld,
    Planned,
    Proof,
    Running,
    Said,
    Written,
    events_of,
    evidence_of,
    file_of,
    parts_of,
    timers_of,
)
from .vocabulary import CITY_WORK_KINDS, Part

if TYPE_CHECKING:
    from .models import Case


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
        return [PartHeld(*row) for row in parts_of(self._case.pk)]

    @property
    def supporters(self) -> list[PartHeld]:
        """As `Case.supporters` has it."""
        return [one for one in self.parts if one.part == Part.SUPPORT and one.ended_at is None]

    @cached_property
    def events(self) -> list[Any]:
        """What the record says, link by link."""
        return [Said(*row) for row in events_of(self._case.pk)]

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
        return file_of(self._case.pk)

    @cached_property
    def evidence(self) -> list[Proof]:
        return [Proof(*row) for row in evidence_of(self._case.pk)]

    @cached_property
    def timers(self) -> list[Any]:
        return [Running(*row) for row in timers_of(self._case.pk)]

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
