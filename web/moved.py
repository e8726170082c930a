"""What a change of the calendar moves, in words: which dates of which cases, and who is told."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from notifications.audience import people_told
from notifications.company import Company
from organisations.models import User
from workflow.models import Case
from workflow.moves import Move
from workflow.rescheduling import Report
from workflow.vocabulary import DATES

#: Cases that a preview lists; the count is of all.
SHOWN = 200


class Moved(NamedTuple):
    """One case with what of it moves and the people who will be told."""

    case: Case
    dates: list[tuple[str, date, date]]
    told: str


def moved(report: Report, *, on: date) -> list[Moved]:
    """The cases of a report in their order, the first of them in words."""
    events = report.events[:SHOWN]
    company = Company(events, on=on)
    told = {event.case_id: people_told(event, company) for event in events}
    names = User.objects.in_bulk(set().union(*told.values())) if told else {}
    dates: dict[int, list[tuple[str, date, date]]] = {}
    for move in report.moves:
        dates.setdefault(move.case.pk, []).append((_name(move), move.before, move.after))
    return [
        Moved(
            event.case,
            dates[event.case_id],
            ", ".join(sorted(names[person].formal_name for person in told[event.case_id])),
        )
        for event in events
    ]


def _name(move: Move) -> str:
    if move.action:
        return _("Hành động %(number)s") % {"number": move.action.number}
    return str(DATES[move.name])


def fingerprint(report: Report) -> str:
    """What a preview showed: the same again only while nothing has changed underneath."""
    moves = sorted((move.key, move.name, move.before, move.after) for move in report.moves)
    said: list[Any] = [sorted(day.on for day in report.days), moves]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:32]
