"""Units as their people and their city read them: the list, and one of them with its people and past."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.models import Count, Prefetch, Q, QuerySet

from indicators.models import Assessment
from organisations.hands import Hand
from organisations.models import (
    Appointment,
    Delegation,
    Role,
    Succession,
    Unit,
    UnitVersion,
    User,
    with_versions,
)
from workflow.models import Case
from workflow.vocabulary import State

#: Assessments that the page of a unit names; the rest are a link away.
_LATEST = 4


def units_seen_by(hand: Hand) -> QuerySet[Unit]:
    """The units whose people and past the reader may read: those whose affairs they see, and their city."""
    return hand.visible_units() | Unit.objects.filter(pk__in=hand.cities)


class Row(NamedTuple):
    unit: Unit
    chairs: list[User]
    people: int
    cases: int


def rows_of(units: Sequence[Unit], hand: Hand) -> list[Row]:
    """The same units with what a list says of each; a fixed number of statements."""
    held = Appointment.objects.current(hand.on).filter(unit__in=units, user__is_active=True)
    people = dict(_counts(held.values_list("unit").annotate(n=Count("user", distinct=True))))
    cases = dict(
        _counts(Case.objects.live().filter(unit__in=units).values_list("unit").annotate(n=Count("pk")))
    )
    chairs: dict[int, list[User]] = {}
    for office in held.filter(role=Role.CHAIRPERSON).select_related("user").order_by("user__sort_key"):
        chairs.setdefault(office.unit_id, []).append(office.user)
    return [Row(u, chairs.get(u.pk, []), people.get(u.pk, 0), cases.get(u.pk, 0)) for u in units]


def _counts(rows: Any) -> Any:
    return rows.order_by()


def unit_file(hand: Hand, unit: Unit) -> dict[str, Any]:
    """What the page of a unit shows; a fixed number of statements."""
    states = Case.objects.live().filter(unit=unit).values_list("state").annotate(n=Count("pk")).order_by()
    counts = Counter(dict(states))
    assessments = Assessment.objects.filter(unit=unit).select_related("period")
    return {
        "unit": unit,
        "is_dissolved": unit.is_dissolved(hand.on),
        "roles": _people(unit, hand),
        "delegations": _delegations(unit, hand),
        "names": list(reversed(unit.versions.all())) if len(unit.versions.all()) > 1 else [],
        "lineage": _lineage(unit, hand),
        "states": [(state, counts[state]) for state in State.values if counts[state]],
        "live": sum(counts.values()),
        "assessments": list(assessments.order_by("-period__starts_on", "kind")[:_LATEST]),
        "may_appoint": unit.city.pk in hand.cities_administered,
        "looks_after": unit.city.pk in hand.cities_administered or unit.pk in hand.units_chaired,
        "may_see_cases": unit.parent_id is not None,
    }


def _people(unit: Unit, hand: Hand) -> list[tuple[Role, list[Appointment]]]:
    """Who holds which office today, in the order of the offices."""
    held = Appointment.objects.current(hand.on).filter(unit=unit, user__is_active=True)
    offices = list(held.select_related("user").order_by("user__sort_key", "pk"))
    by_role = [(role, [office for office in offices if office.role == role]) for role in Role]
    return [(role, found) for role, found in by_role if found]


def _delegations(unit: Unit, hand: Hand) -> QuerySet[Delegation]:
    given = Delegation.objects.filter(Q(until=None) | Q(until__gt=hand.on), unit=unit)
    return given.select_related("giver", "taker").order_by("since", "pk")


class Kin(NamedTuple):
    """A unit that stands before or after another, and by which act."""

    line: Succession
    unit: Unit
    name: str
    is_before: bool
    may_read: bool


def _lineage(unit: Unit, hand: Hand) -> list[Kin]:
    lines = Succession.objects.filter(Q(successor=unit) | Q(predecessor=unit))
    lines = lines.select_related("predecessor", "successor").order_by("since", "predecessor__sort_key")
    lines = lines.prefetch_related(with_versions("predecessor__"))
    found = [(line, line.predecessor if line.successor_id == unit.pk else line.successor) for line in lines]
    keys = [kin.pk for _line, kin in found]
    readable = set(units_seen_by(hand).filter(pk__in=keys).values_list("pk", flat=True))
    return [
        Kin(line, kin, _name(line, kin), kin.pk == line.predecessor_id, kin.pk in readable)
        for line, kin in found
    ]


def _name(line: Succession, kin: Unit) -> str:
    return kin.name_on(line.since) if kin.pk == line.predecessor_id else str(kin)


def for_a_page(units: QuerySet[Unit]) -> QuerySet[Unit]:
    """With all that the page of a unit reads of it."""
    versions = Prefetch("versions", UnitVersion.objects.select_related("parent").order_by("since"))
    return units.select_related("parent").prefetch_related(versions)
