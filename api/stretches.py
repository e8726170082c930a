"""Stretches of the list of cases, read as columns: by a question made for them, or by one made once."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from organisations.hands import Hand, lies_in
from organisations.questions import Question
from workflow.models import Case
from workflow.queries import CaseQuerySet

from .pagination import Stretch

COLUMNS = (
    "id", "number", "unit_id", "unit__code", "unit__kind", "unit__name", "indicator__code",
    "indicator__title_vi", "indicator__title_en", "colour", "state", "verifier", "assignee_id",
    "assignee__full_name", "assignee__email", "turn_due_on", "due_on", "original_due_on",
    "extension_count", "reopening_count", "recurrence_of_id", "recurrence_count", "opened_at",
    "closed_at", "version",
)  # fmt: skip


def read(cases: CaseQuerySet, stretch: Stretch) -> list[tuple[Any, ...]]:
    """A stretch of these cases."""
    return list(stretch.of(_in_order(cases, stretch.order)).values_list(*COLUMNS))


def read_all(hand: Hand, stretch: Stretch) -> list[tuple[Any, ...]]:
    """A stretch of all cases that somebody sees."""
    units, cities = sorted(hand.units_seen), sorted(hand.cities)
    if not units and not cities:
        return []
    question = _all(stretch._replace(values=None), stretch.values is not None, len(units), len(cities))
    return question(*units, *cities, *(stretch.values or ()))


@lru_cache(256)
def _all(stretch: Stretch, is_further: bool, units: int, cities: int) -> Question:
    """Asks for a stretch, from the beginning or further on, by so many units and cities."""

    def ask(*given: Any) -> QuerySet[Case, Any]:
        seen = lies_in(given[:units], given[units : units + cities], "unit__")
        place = given[units + cities :] if is_further else None
        cases = _in_order(Case.objects.filter(seen), stretch.order)
        return stretch._replace(values=place).of(cases).values_list(*COLUMNS)

    return Question(ask, finds_many=True)


def _in_order(cases: CaseQuerySet, order: tuple[str, ...]) -> CaseQuerySet:
    # Said as its index says it: SQLite does not see that "not null" is the same.
    return cases.filter(turn_due_on__isnull=False) if "turn_due_on" in order[0] else cases


def place_of(row: tuple[Any, ...], order: Iterable[str]) -> tuple[Any, ...]:
    """Where a row stands in an order of the list."""
    return tuple(row[COLUMNS.index(name.lstrip("-"))] for name in order)
