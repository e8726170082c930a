"""Parts of an answer spelled out as the serializers spell them, without their cost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from django.utils.translation import get_language

from organisations.posts import Holder
from workflow.arrows import ASKED
from workflow.lateness import Stage
from workflow.offers import Offer
from workflow.reminders import Reminder
from workflow.vocabulary import Step

Told = dict[str, Any]


def day_of(day: date | None) -> str | None:
    return day.isoformat() if day else None


def instant_of(at: datetime | None) -> str | None:
    """In UTC whatever zone the city lives in."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def person_of(key: int, full_name: str, email: str) -> Told:
    return {"id": key, "full_name": full_name, "email": email}


def rating_of(row: tuple[Any, ...]) -> Told:
    """Of the columns key, rater, period, colour and finding, and of any after them."""
    _key, kind, period, colour, finding, *_more = row
    return {"kind": kind, "period": period, "colour": colour, "finding": finding}


def stage_of(stage: Stage) -> Told:
    return {
        "state": stage.state,
        "held_by": stage.held_by,
        "began_on": day_of(stage.began_on),
        "ended_on": day_of(stage.ended_on),
        "due_on": day_of(stage.due_on),
        "days_late": stage.days_late,
    }


def reminder_of(reminder: Reminder, people: Iterable[Holder]) -> Told:
    return {
        "at": instant_of(reminder.at),
        "kind": reminder.kind,
        "milestone": reminder.milestone,
        "due_on": day_of(reminder.due_on),
        "corrective_action": reminder.corrective_action_number,
        "told": [person_of(one.id, one.full_name, one.email) for one in people],
    }


def offer_of(offer: Offer) -> Told:
    language = get_language()
    return {
        "step": offer.step,
        "label": _label(offer.step, language),
        "possible": offer.possible,
        "why_not": offer.why_not,
        "asks": [dict(one) for one in _asks(offer.asks, language)],
    }


# Words that are the same for every case are looked up once in each language.


@cache
def _label(step: Step, _language: str | None) -> str:
    return str(step.label)


@cache
def _asks(names: tuple[str, ...], _language: str | None) -> list[Told]:
    return [
        {"name": n.rstrip("?"), "required": not n.endswith("?"), "label": str(ASKED[n.rstrip("?")])}
        for n in names
    ]
