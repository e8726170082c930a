"""Who holds which office in some units on a day, and who stands in for them: two questions for all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import date
from functools import cache, cached_property
from typing import Any, NamedTuple

from django.db.models import F
from django.db.models.lookups import In

from .models import Appointment, Delegation, Role
from .questions import Question

People = set[int]
Find = Callable[[Collection[Any], Any], Any]

FEW = 8  # units


class Holder(NamedTuple):
    """A person in office, as they are named to others."""

    id: int
    full_name: str
    email: str
    sort_key: str


class Posts:
    """Offices held by active people, read when first asked for; a unit that was not named has none."""

    def __init__(self, units: Iterable[int], *, on: date) -> None:
        self._units, self._on = set(units), on

    def chairs(self, unit: int) -> People:
        """Those who chair a unit, by office or by delegation, as `hands.chairs_of` has it."""
        return self.holders[Role.CHAIRPERSON, unit] | self._acting_chairs(unit)

    def _acting_chairs(self, unit: int) -> People:
        """As `hands.chairing_delegations` has it: from a chairperson of the unit to a vice-chair of it."""
        chairs, vices = self.holders[Role.CHAIRPERSON, unit], self.holders[Role.VICE_CHAIR, unit]
        if not chairs or not vices:
            return set()
        return set().union(*(self.deputies[chair, unit] & vices for chair in chairs))

    @cached_property
    def holders(self) -> dict[tuple[str, int], People]:
        """By role and unit."""
        return grouped(((role, unit), user) for role, unit, user, *_named in self._held)

    @cached_property
    def insiders(self) -> dict[int, People]:
        """By unit, everybody who holds an office in it."""
        return grouped((unit, user) for _role, unit, user, *_named in self._held)

    @cached_property
    def deputies(self) -> dict[tuple[int, int], People]:
        """By giver and unit."""
        given = self._ask(_given)
        return grouped(((giver, unit), taker) for giver, unit, taker in given)

    @cached_property
    def people(self) -> dict[int, Holder]:
        """By key, everybody who holds an office in one of the units."""
        return {user: Holder(user, *named) for _role, _unit, user, *named in self._held}

    @cached_property
    def _held(self) -> list[tuple[Any, ...]]:
        return self._ask(_held)

    def _ask(self, find: Find) -> list[tuple[Any, ...]]:
        # So many as one case or a page has are asked for all day; each other number would be new words.
        units = self._units
        return (
            _of_so_many(find, len(units))(*units, self._on)
            if len(units) <= FEW
            else list(find(units, self._on))
        )


def _held(units: Collection[Any], on: Any) -> Any:
    held = Appointment.objects.current(on).filter(In(F("unit"), units), user__is_active=True)
    return held.values_list("role", "unit", "user", "user__full_name", "user__email", "user__sort_key")


def _given(units: Collection[Any], on: Any) -> Any:
    given = Delegation.objects.current(on).filter(In(F("unit"), units))
    return given.values_list("giver", "unit", "taker")


@cache
def _of_so_many(find: Find, units: int) -> Question:
    return Question(lambda *given: find(given[:units], given[units]))


def grouped(pairs: Iterable[tuple[Any, int]]) -> dict[Any, People]:
    groups: dict[Any, People] = defaultdict(set)
    for key, person in pairs:
        groups[key].add(person)
    return groups
