"""What will be said of a case, when and to whom, if nothing is done: by the offices of today."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import NamedTuple

from organisations.models import User
from organisations.posts import Holder, People, grouped
from workflow.calendar import WorkingDays
from workflow.known import Known
from workflow.models import Case, Event
from workflow.reminders import Reminder, to_come

from .audience import people_told
from .company import Company


class Forecast(NamedTuple):
    """One reminder to come, and who would be told of it."""

    reminder: Reminder
    people: list[User]


def forecast(case: Case, *, days: WorkingDays, on: date) -> list[Forecast]:
    """The reminders to come of a case, soonest first; a fixed number of queries."""
    found = told_of(case, days=days, on=on)
    people = User.objects.in_bulk({person.id for _reminder, told in found for person in told})
    return [Forecast(reminder, [people[person.id] for person in told]) for reminder, told in found]


def told_of(case: Case, *, days: WorkingDays, on: date) -> list[tuple[Reminder, list[Holder]]]:
    """The same, with people as they are named to others; whoever is told holds an office here."""
    reminders = to_come(case, days=days)
    if not reminders:
        return []
    events = [_as_written(case, reminder) for reminder in reminders]
    company = _CompanyOfOne(events, case.known) if case.known else Company(events, on=on)
    people = company.posts.people
    told = [[people[key] for key in people_told(event, company)] for event in events]
    return [
        (reminder, sorted(those, key=lambda person: (person.sort_key, person.id)))
        for reminder, those in zip(reminders, told, strict=True)
    ]


class _CompanyOfOne(Company):
    """Those around a case that is being looked at: what is known of it is not asked again."""

    def __init__(self, events: Iterable[Event], known: Known) -> None:
        super().__init__(events, on=known.on)
        self._known, self.posts = known, known.posts

    @cached_property
    def _parts(self) -> dict[tuple[int, str], People]:
        held = [part for part in self._known.parts if part.ended_at is None]
        return grouped(((case, one.part), one.user_id) for case in self._cases for one in held)

    @cached_property
    def _owners(self) -> dict[tuple[int, int], int | None]:
        owned = [timer for timer in self._known.timers if timer.owner_id]
        return {(c, one.corrective_action_number): one.owner_id for c in self._cases for one in owned}

    @cached_property
    def _did_the_work(self) -> dict[int, People]:
        return grouped((case, person) for case in self._cases for person in self._known.doers)


def _as_written(case: Case, reminder: Reminder) -> Event:
    """The event that the clock would write."""
    changes = {"milestone": [None, reminder.milestone]}
    if reminder.corrective_action_number:
        changes["corrective_action"] = [None, reminder.corrective_action_number]
    return Event(case=case, kind=reminder.kind, changes=changes)
