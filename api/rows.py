"""Cases as a list shows them, straight from the columns: what CaseSerializer says of each, at a fraction
of its cost. A test holds the two to the same words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cache, lru_cache
from typing import Any

from django.db.models import F
from django.db.models.lookups import In
from django.utils.timezone import localdate
from django.utils.translation import get_language

from indicators.models import Colour
from organisations.models import Unit, UnitVersion, named_on, titled
from organisations.questions import Question
from workflow.lateness import holder
from workflow.models import Case
from workflow.vocabulary import LIVE, State, turn_of

from .spelled import day_of, instant_of, person_of
from .stretches import COLUMNS


class CaseRows:
    """The cases of one page, in the reader's language, as they stand on a day."""

    def __init__(self, *, on: date) -> None:
        self._on = on
        self._language = get_language()
        self._labels = _labels(self._language)
        self._title = COLUMNS.index(
            "indicator__title_en" if self._language == "en" else "indicator__title_vi"
        )

    def told(self, rows: Iterable[tuple[Any, ...]]) -> list[dict[str, Any]]:
        rows = list(rows)
        names, numbers = _names_at_the_end(rows), _numbers_of_the_first(rows)
        return [self._told(row, names, numbers) for row in rows]

    def _told(self, row: tuple[Any, ...], names: dict[int, str], numbers: dict[int, str]) -> dict[str, Any]:
        (key, number, _unit, unit, kind, name, indicator, _title_vi, _title_en, colour, state, verifier,
         assignee, full_name, email, turn_due_on, due_on, original_due_on, extensions, reopenings,
         recurrence_of, recurrences, opened_at, closed_at, version) = row  # fmt: skip
        person = person_of(assignee, full_name, email) if assignee else None
        return {
            "number": number,
            "unit": unit,
            "unit_name": names.get(key) or _titled(self._language, kind, name),
            "indicator": indicator,
            "indicator_title": row[self._title],
            "colour": colour,
            "colour_label": self._labels[colour],
            "state": state,
            "state_label": self._labels[state],
            "turn": _turn(state, assignee is not None),
            "held_by": _holder(state, verifier),
            "turn_due_on": day_of(turn_due_on),
            "overdue": turn_due_on is not None and turn_due_on < self._on,
            "assignee": person,
            "due_on": day_of(due_on),
            "original_due_on": day_of(original_due_on),
            "extension_count": extensions,
            "reopening_count": reopenings,
            "recurrence_of": numbers.get(recurrence_of),
            "recurrence_count": recurrences,
            "opened_at": instant_of(opened_at),
            "closed_at": instant_of(closed_at),
            "version": version,
        }


_holder = cache(holder)


@cache
def _turn(state: str, is_given: bool) -> str:
    return turn_of(state, is_given=is_given)


@cache
def _labels(_language: str | None) -> dict[str, str]:
    return {word.value: str(word.label) for word in (*Colour, *State)}


@lru_cache(10_000)
def _titled(_language: str | None, kind: str, name: str) -> str:
    return titled(kind, name)


def _names_at_the_end(rows: Iterable[tuple[Any, ...]]) -> dict[int, str]:
    """What the units of cases that are over were called when they ended, by the key of the case."""
    state, closed_at, unit = (COLUMNS.index(name) for name in ("state", "closed_at", "unit_id"))
    over = {row[0]: row for row in rows if row[state] not in LIVE and row[closed_at]}
    if not over:
        return {}
    known: dict[int, list[UnitVersion]] = defaultdict(list)
    units = {row[unit] for row in over.values()}
    for key, since, kind, name, *around in _versions_of(len(units))(*units):
        district = Unit(kind=around[0], name=around[1]) if around[0] else None
        known[key].append(UnitVersion(since=since, kind=kind, name=name, parent=district))
    return {key: named_on(known[row[unit]], localdate(row[closed_at])) for key, row in over.items()}


@lru_cache(200)
def _versions_of(_count: int) -> Question:
    """Asks for what so many units were called."""
    columns = ("unit_id", "since", "kind", "name", "parent__kind", "parent__name")
    rows = UnitVersion.objects.order_by()
    return Question(lambda *units: rows.filter(In(F("unit"), units)).values_list(*columns))


def _numbers_of_the_first(rows: Iterable[tuple[Any, ...]]) -> dict[int, str]:
    """Numbers of the cases that these recur, by their keys. Most recur none; to have the database join
    the table with itself for all of them takes it longer than the whole rest."""
    first = COLUMNS.index("recurrence_of_id")
    keys = {row[first] for row in rows} - {None}
    return dict(Case.objects.order_by().filter(pk__in=keys).values_list("pk", "number")) if keys else {}
