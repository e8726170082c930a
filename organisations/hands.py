"""The hand that acts: a person with the offices they hold on a day, or nobody for clock and intake."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import BigIntegerField, Exists, F, Func, OuterRef, Q, QuerySet
from django.db.models.lookups import In
from django.utils import timezone

from .lineage import dissolved_predecessors
from .models import CITY_ROLES, Appointment, Delegation, Role, Unit, UnitQuerySet, User
from .questions import Question

_held = Question(
    lambda user, on: Appointment.objects.current(on).filter(user=user).values_list("role", "unit_id")
)


class Hand:
    """A person, or None for the clock and intake, with today's offices asked of the database once."""

    def __init__(self, user: User | None, *, on: date | None = None) -> None:
        self.user = user
        self.on = on or timezone.localdate()

    @cached_property
    def offices(self) -> frozenset[tuple[str, int]]:
        """(role, unit id) of every office held on the day; none for a deactivated person."""
        if self.user is None or not self.user.is_active:
            return frozenset()
        return frozenset(_held(self.user.pk, self.on))

    @cached_property
    def units_chaired(self) -> frozenset[int]:
        """Units chaired on the day: as chairperson, or as vice-chair with a delegation from them."""
        chaired = {unit for role, unit in self.offices if role == Role.CHAIRPERSON}
        deputised = [unit for role, unit in self.offices if role == Role.VICE_CHAIR]
        if deputised:
            given = chairing_delegations(self.on).filter(taker=self.user, unit__in=deputised)
            chaired |= set(given.values_list("unit_id", flat=True))
        return frozenset(chaired)

    def chairs_for(self, unit_id: int) -> int | None:
        """Key of the chairperson in whose place the person chairs a unit; None where it is their own
        office, or where they do not chair it."""
        if unit_id not in self.units_chaired or self.holds(Role.CHAIRPERSON, unit_id):
            return None
        given = chairing_delegations(self.on).filter(taker=self.user, unit=unit_id)
        return given.order_by("pk").values_list("giver_id", flat=True).first()

    def holds(self, role: Role, unit_id: int | None) -> bool:
        return (role, unit_id) in self.offices

    def audits(self, unit: Unit) -> bool:
        return self.holds(Role.AUDITOR, unit.city.pk)

    def administers(self, unit: Unit) -> bool:
        return self.holds(Role.ADMINISTRATOR, unit.city.pk)

    @cached_property
    def own_units(self) -> frozenset[int]:
        """Units in which the person holds an office of the unit itself."""
        return frozenset(unit for role, unit in self.offices if role not in CITY_ROLES)

    @cached_property
    def cities(self) -> frozenset[int]:
        """Cities over which the person holds an office of the city."""
        return frozenset(unit for role, unit in self.offices if role in CITY_ROLES)

    @cached_property
    def cities_administered(self) -> frozenset[int]:
        """Cities whose units, people, calendar and policies the person keeps."""
        return frozenset(unit for role, unit in self.offices if role == Role.ADMINISTRATOR)

    @cached_property
    def inherited_units(self) -> frozenset[int]:
        """Dissolved units that the person's own took over from: theirs to read, and no more."""
        return dissolved_predecessors(self.own_units, on=self.on)

    def visible_units(self) -> UnitQuerySet:
        """The units whose affairs the person sees: their own with those they took over from, and
        all of a city they serve."""
        return Unit.objects.filter(self.sees())

    def sees(self, path: str = "") -> Q:
        """That the person sees a unit, or what lies in the unit at the end of a path such as "unit__"."""
        return lies_in(self.units_seen, self.cities, path)

    @property
    def units_seen(self) -> frozenset[int]:
        """Units that the person sees for themselves, not by their city."""
        return self.own_units | self.inherited_units


def lies_in(units: Collection[Any], cities: Collection[Any], path: str = "") -> Q:
    """That the unit at the end of a path is one of these, or of one of these cities."""
    city = _OneByOne(f"{path}parent") if path else F("parent")
    return Q(In(F(f"{path}pk"), units)) | Q(In(city, cities))


class _OneByOne(Func):
    """A column that is looked at row by row, in the order of a list: SQLite would rather gather all of
    a city unit by unit, to sort it. PostgreSQL weighs that by the length of the page, and is left alone."""

    template = "%(expressions)s"
    output_field = BigIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="+%(expressions)s", **context)


def chairing_delegations(on: date) -> QuerySet[Delegation]:
    """Current delegations from a chairperson of the unit, in office and active, to a vice-chair of it."""
    offices = Appointment.objects.current(on).filter(unit=OuterRef("unit"))
    return Delegation.objects.current(on).filter(
        Exists(offices.filter(role=Role.CHAIRPERSON, user=OuterRef("giver"))),
        Exists(offices.filter(role=Role.VICE_CHAIR, user=OuterRef("taker"))),
        giver__is_active=True,
    )


def office_holders(role: Role, unit_id: int, on: date) -> set[int]:
    """Keys of the active people who hold an office in a unit on a day."""
    held = Appointment.objects.current(on).filter(role=role, unit=unit_id, user__is_active=True)
    return set(held.values_list("user_id", flat=True))


def chairs_of(unit_id: int, on: date) -> set[int]:
    """Keys of the people who chair a unit on a day, by office or by delegation."""
    delegated = chairing_delegations(on).filter(unit=unit_id, taker__is_active=True)
    return office_holders(Role.CHAIRPERSON, unit_id, on) | set(delegated.values_list("taker_id", flat=True))
