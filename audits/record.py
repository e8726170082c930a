"""The record of a case as sentences a person reads: who did what, until when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from actions.models import CauseCategory
from indicators.models import Colour
from organisations.models import Unit, User, with_versions
from workflow.models import Event
from workflow.vocabulary import Kind, Verifier

from .phrases import LABELS, PEOPLE, PHRASES, SPENT, UNTOLD
from .vocabulary import Verdict

#: What the clock says, and from how many in a row on it is folded.
RINGS = (Kind.DUE_SOON, Kind.DUE_TODAY, Kind.OVERDUE, Kind.ESCALATED)
FOLDED = 3

#: Who acts where no person did.
SYSTEM = gettext_lazy("Hệ thống")


class Line(NamedTuple):
    """One event, told: the sentence, what else changed, and the note in the person's own words."""

    seq: int
    at: datetime
    kind: str
    sentence: str
    details: list[str]
    note: str
    is_by_person: bool
    hash: str


class Fold(NamedTuple):
    """Several reminders of the clock in a row, which say one thing: that it was silent meanwhile."""

    lines: list[Line]

    @property
    def newest(self) -> Line:
        return self.lines[0]

    @property
    def oldest(self) -> Line:
        return self.lines[-1]


class Names:
    """The people and units that a record mentions, fetched once."""

    def __init__(self, events: Iterable[Event]) -> None:
        people: set[int] = set()
        units: set[int] = set()
        for event in events:
            for name, pair in event.changes.items():
                if name in PEOPLE:
                    people |= {key for side in pair for key in _keys(side)}
                if name == "unit":
                    units |= {key for side in pair for key in _keys(side)}
        self.people = User.objects.in_bulk(people) if people else {}
        self.units = Unit.objects.prefetch_related(with_versions()).in_bulk(units) if units else {}

    def person(self, key: int) -> str:
        return inside(self.people[key]) if key in self.people else "—"

    def unit(self, key: int, on: date) -> str:
        """A unit as it was called on the day it was written of."""
        return self.units[key].name_on(on) if key in self.units else "—"


def _keys(side: Any) -> list[int]:
    """Keys as the record holds them: one, several, or none."""
    found = side if isinstance(side, list) else [side]
    return [int(key) for key in found if str(key or "").isdigit()]


def inside(user: User) -> str:
    """A name in the middle of a sentence: "ông Phạm Quốc Tuấn"."""
    name = user.formal_name
    is_vietnamese = (get_language() or "vi").startswith("vi")
    return name[0].lower() + name[1:] if user.address and is_vietnamese else name


def lines(events: list[Event]) -> list[Line]:
    """Every event of a case in words, oldest first."""
    names = Names(events)
    return [_line(event, names) for event in events]


def folded(told: Iterable[Line]) -> list[Line | Fold]:
    """The same lines, reminders in a row put together, so that what people did is not lost among them."""
    found: list[Line | Fold] = []
    for rings, group in groupby(told, key=lambda line: line.kind in RINGS):
        together = list(group)
        found += [Fold(together)] if rings and len(together) >= FOLDED else together
    return found


def _line(event: Event, names: Names) -> Line:
    on = timezone.localdate(event.at)
    values = {name: told(name, pair[1], names, on) for name, pair in event.changes.items()}
    values["actor"] = event.actor.formal_name if event.actor else str(SYSTEM)
    phrase, used = _phrase(event, values)
    details = [
        _detail(name, pair, names, on)
        for name, pair in event.changes.items()
        if name not in used and name not in UNTOLD and pair[0] != pair[1] and not _is_spent(name, pair)
    ]
    return Line(
        seq=event.seq,
        at=event.at,
        kind=event.kind,
        sentence=phrase % values,
        details=details,
        note=event.note,
        is_by_person=event.actor_id is not None,
        hash=event.hash,
    )


def _phrase(event: Event, values: dict[str, str]) -> tuple[str, set[str]]:
    """The first phrase of the kind all of whose words this event has."""
    for needs, phrase in PHRASES[event.kind]:
        if all(values.get(name) for name in needs):
            return str(phrase), set(needs)
    return _("%(actor)s: ") + event.get_kind_display(), set()


def _is_spent(name: str, pair: list[Any]) -> bool:
    """A date that has served its turn and is cleared by the step is nothing to tell."""
    return name in SPENT and not pair[1]


def _detail(name: str, pair: list[Any], names: Names, on: date) -> str:
    before, after = (told(name, side, names, on) for side in pair)
    label = capfirst(LABELS.get(name, name))
    if not before:
        return f"{label}: {after}"
    return f"{label}: {before} → {after or '—'}"


def told(name: str, value: Any, names: Names, on: date) -> str:
    """A value recorded on a day, in words."""
    if value in (None, "", []):
        return ""
    if name in PEOPLE:
        return ", ".join(names.person(key) for key in _keys(value))
    if name == "unit":
        return ", ".join(names.unit(key, on) for key in _keys(value))
    if isinstance(value, bool):
        return _("có") if value else _("không")
    if name in ("colour", "rated"):
        return str(Colour(value).label)
    if name == "verifier":
        return str(Verifier(value).label)
    if name == "verdict":
        return str(Verdict(value).label).lower()
    if name == "cause_category":
        return str(CauseCategory(value).label)
    if name == "size":
        return f"{int(value) // 1024 + 1} kB"
    if isinstance(value, dict):
        return "; ".join(f"{key}: {told(name, part, names, on)}" for key, part in value.items())
    if isinstance(value, list):
        return "; ".join(str(part) for part in value)
    day = parse_date(value) if isinstance(value, str) and len(value) == 10 else None
    return _day(day) if day else str(value)


def _day(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")
