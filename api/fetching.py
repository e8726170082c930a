"""One case together with the right to see it, with as much of what it is joined to as rules and readers
ask for: PostgreSQL plans a statement of twelve tables for longer than it runs."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model, QuerySet
from django.http import Http404

from indicators.models import Indicator
from organisations.hands import lies_in
from organisations.models import Unit, User
from organisations.questions import Question
from workflow.models import Case, Policy

from .requests import PersonRequest, hand_of

_CASE = tuple(field.attname for field in Case._meta.concrete_fields)
_READ: dict[str, tuple[type[Model], set[str]]] = {
    "unit": (Unit, {"id", "code", "kind", "name", "dissolved_on", "parent_id"}),
    "unit__parent": (Unit, {"id", "kind"}),
    "indicator": (Indicator, {"id", "code", "title_vi", "title_en"}),
    "assignee": (User, {"id", "full_name", "email", "is_active"}),
    "policy": (Policy, {"id", "verifier", "extension_limit"}),
}
#: In the order of each model, the key first, as it takes them.
_JOINED = {
    path: (model, tuple(field.attname for field in model._meta.concrete_fields if field.attname in names))
    for path, (model, names) in _READ.items()
}
_COLUMNS = (*_CASE, *(f"{path}__{name}" for path, (_model, names) in _JOINED.items() for name in names))


def fetch(request: PersonRequest, number: str) -> Case:
    """The case of a number; where the person does not see it, there is none."""
    hand = hand_of(request)
    units, cities = hand.units_seen, hand.cities
    if units or cities:
        for row in _of_number(len(units), len(cities))(number, *units, *cities):
            return _case(row)
    raise Http404


@lru_cache(200)
def _of_number(units: int, cities: int) -> Question:
    """Asks for the case of a number by so many units and cities."""

    def ask(number: Any, *given: Any) -> QuerySet[Case, Any]:
        seen = lies_in(given[:units], given[units : units + cities], "unit__")
        return Case.objects.order_by().filter(seen, number=number).values_list(*_COLUMNS)

    return Question(ask)


def _case(row: tuple[Any, ...]) -> Case:
    case = Case.from_db(DEFAULT_DB_ALIAS, _CASE, row[: len(_CASE)])
    at = len(_CASE)
    for path, (model, names) in _JOINED.items():
        key, *_more = columns = row[at : at + len(names)]
        at += len(names)
        *way, name = path.split("__")
        holder: Any = getattr(case, *way) if way else case
        setattr(holder, name, model.from_db(DEFAULT_DB_ALIAS, names, columns) if key else None)
    return case
