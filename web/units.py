"""Units as their people and their city read them: the list, and one of them with its people and past."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.models import Count, Prefetch, QuerySet

from indicators.models import Assessment
from organisations.hands import Hand
from organisations.lineage import Kin, kin_of
from organisations.models import (
    Appointment,
    Role,
    Unit,
    UnitVersion,
    User,
)
from organisations.reach import deputies_in, offices_in, units_read_by
from workflow.models import Case
from workflow.vocabulary import State

#: Assessments that the page of a unit names; the rest are a link away.
_LATEST = 4


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
        "delegations": deputies_in(unit, hand.on),
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
    offices = list(offices_in(unit, hand.on))
    by_role = [(role, [office for office in offices if office.role == role]) for role in Role]
    return [(role, found) for role, found in by_role if found]


def _lineage(unit: Unit, hand: Hand) -> list[tuple[Kin, bool]]:
    """Those before and after it, each with whether the reader may read on there."""
    found = kin_of(unit)
    keys = [kin.unit.pk for kin in found]
    readable = set(units_read_by(hand).filter(pk__in=keys).values_list("pk", flat=True))
    return [(kin, kin.unit.pk in readable) for kin in found]


def for_a_page(units: QuerySet[Unit]) -> QuerySet[Unit]:
    """With all that the page of a unit reads of it."""
    versions = Prefetch("versions", UnitVersion.objects.select_related("parent").order_by("since"))
    return units.select_related("parent").prefetch_related(versions)
