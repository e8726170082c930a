"""Who took over from whom: the dissolved units that stand behind those of today, and by which act."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, Q

from .models import Succession, Unit, UnitVersion, with_versions

#: One statement however far back it goes; a unit that still stands passes nothing on.
_PREDECESSORS = """
WITH RECURSIVE behind (unit_id) AS (
    SELECT succession.predecessor_id
    FROM organisations_succession AS succession
    JOIN organisations_unit AS unit ON unit.id = succession.predecessor_id
    WHERE succession.successor_id IN ({units}) AND succession.since <= %s AND unit.dissolved_on <= %s
    UNION
    SELECT succession.predecessor_id
    FROM behind
    JOIN organisations_succession AS succession ON succession.successor_id = behind.unit_id
    JOIN organisations_unit AS unit ON unit.id = succession.predecessor_id
    WHERE succession.since <= %s AND unit.dissolved_on <= %s
)
SELECT unit_id FROM behind
"""


def dissolved_predecessors(units: Iterable[int], *, on: date) -> frozenset[int]:
    """Keys of the units dissolved by a day that these took over from, at once or through others."""
    keys, day = list(units), on.isoformat()
    if not keys:
        return frozenset()
    marks = ", ".join(["%s"] * len(keys))
    with connection.cursor() as cursor:
        cursor.execute(_PREDECESSORS.format(units=marks), [*keys, day, day, day, day])
        return frozenset(row[0] for row in cursor.fetchall())


class Kin(NamedTuple):
    """A unit that stands before or after another, as it was called then, and by which act."""

    line: Succession
    unit: Unit
    name: str
    is_before: bool


def kin_of(unit: Unit) -> list[Kin]:
    """Whom a unit took over from, and who took over from it, the oldest act first."""
    lines = Succession.objects.filter(Q(successor=unit) | Q(predecessor=unit))
    lines = lines.select_related("predecessor", "successor").order_by("since", "predecessor__sort_key")
    return [_kin(line, unit) for line in lines.prefetch_related(with_versions("predecessor__"))]


def _kin(line: Succession, unit: Unit) -> Kin:
    if line.successor_id == unit.pk:
        return Kin(line, line.predecessor, line.predecessor.name_on(line.since), True)
    return Kin(line, line.successor, str(line.successor), False)


class Past(NamedTuple):
    """All that one resolution did on one day: successors with those they took over from, new names."""

    on: date
    legal_instrument: str
    lines: list[tuple[Unit, list[tuple[str, bool]]]]
    renamed: list[tuple[str, str]]


def past_reorganisations(cities: Iterable[int]) -> list[Past]:
    """The reorganisations of these cities, the newest first; a fixed number of statements."""
    cities = list(cities)
    lines = Succession.objects.filter(Q(predecessor__parent__in=cities) | Q(successor__parent__in=cities))
    lines = lines.select_related("predecessor", "successor").prefetch_related(with_versions("predecessor__"))
    acts: dict[tuple[date, str], dict[int, tuple[Unit, list[tuple[str, bool]]]]] = {}
    for line in lines.order_by("successor__sort_key", "successor_id", "predecessor__sort_key"):
        heirs = acts.setdefault((line.since, line.legal_instrument), {})
        told = (line.predecessor.name_on(line.since), line.is_partial)
        heirs.setdefault(line.successor_id, (line.successor, []))[1].append(told)
    renamed = _renamings(cities)
    return [
        Past(*act, list(acts.get(act, {}).values()), renamed.get(act, []))
        for act in sorted({*acts, *renamed}, reverse=True)
    ]


def _renamings(cities: list[int]) -> dict[tuple[date, str], list[tuple[str, str]]]:
    """By day and resolution, units that went on under a new name or kind: (before, after)."""
    versions = UnitVersion.objects.filter(unit__parent__in=cities).select_related("parent")
    found: dict[tuple[date, str], list[tuple[str, str]]] = {}
    for before, after in pairwise(versions.exclude(unit__in=_lonely(cities)).order_by("unit_id", "since")):
        if before.unit_id == after.unit_id:
            names = (before.full_name, str(after))
            found.setdefault((after.since, after.legal_instrument), []).append(names)
    return found


def _lonely(cities: list[int]) -> Any:
    """Units that never changed their name."""
    counted = UnitVersion.objects.filter(unit__parent__in=cities).values("unit").annotate(n=Count("pk"))
    return counted.filter(n=1).order_by().values("unit")
