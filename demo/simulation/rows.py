"""Rows as those who judge a simulation read them: plain, as they were written."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from workflow.deadlines import LOCAL

CLOCK_KINDS = ("due_soon", "due_today", "overdue", "escalated")


class Office(NamedTuple):
    person: int
    unit: int
    role: str
    since: date
    until: date | None


class Deputy(NamedTuple):
    giver: int
    person: int
    unit: int
    since: date
    until: date | None


class Happened(NamedTuple):
    """An event of the record."""

    pk: int
    case: int
    kind: str
    at: datetime
    changes: dict[str, Any]

    @property
    def action(self) -> int:
        """The number of the corrective action that it is about; 0 where it is about the case."""
        return (self.changes.get("corrective_action") or [0, 0])[1] or 0


class Said(NamedTuple):
    """One thing told to one person, with the mail that carried it, or why none did."""

    person: int
    key: str
    kind: str
    unit: int
    case: int | None
    event: int | None
    at: datetime
    message: int | None
    withheld: str


class Sending(NamedTuple):
    pk: int
    message_id: str
    state: str
    next_at: datetime
    digest_on: date | None
    sent_at: datetime | None


def day_of(at: datetime) -> date:
    return at.astimezone(LOCAL).date()


def said_at(at: datetime) -> str:
    """An instant as it is said to people."""
    return f"{at.astimezone(LOCAL):%d/%m/%Y %H:%M}"


def holds(row: Office | Deputy, day: date) -> bool:
    """Whether an office or a deputyship is held on a day; `until` is the first day without it."""
    return row.since <= day and (row.until is None or day < row.until)
