"""What will be said of a case, when and to whom, if nothing is done: by the offices of today."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from organisations.models import User
from workflow.calendar import WorkingDays
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
    reminders = to_come(case, days=days)
    events = [_as_written(case, reminder) for reminder in reminders]
    company = Company(events, on=on)
    told = [people_told(event, company) for event in events]
    people = User.objects.in_bulk(set().union(*told))
    return [
        Forecast(reminder, sorted((people[key] for key in keys), key=lambda person: person.sort_key))
        for reminder, keys in zip(reminders, told, strict=True)
    ]


def _as_written(case: Case, reminder: Reminder) -> Event:
    """The event that the clock would write."""
    changes = {"milestone": [None, reminder.milestone]}
    if reminder.corrective_action_number:
        changes["corrective_action"] = [None, reminder.corrective_action_number]
    return Event(case=case, kind=reminder.kind, changes=changes)
