"""How units become other units: a plan without faults, carried out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import F, Q

from .models import Appointment, Delegation, Succession, Unit, UnitVersion
from .plan import Plan


class Dissolved(NamedTuple):
    """A unit that ended, who took over, and how many offices and delegations ended with it."""

    unit: Unit
    name: str
    successors: list[Unit]
    is_in_parts: bool
    offices: int
    delegations: int


class Renamed(NamedTuple):
    unit: Unit
    before: str


class Ceded(NamedTuple):
    """A unit that stands and gave a part away."""

    unit: Unit
    receivers: list[Unit]


@dataclass
class Outcome:
    """What became of the units of a plan; `successors` by code."""

    made: list[Unit] = field(default_factory=list)
    dissolved: list[Dissolved] = field(default_factory=list)
    renamed: list[Renamed] = field(default_factory=list)
    ceded: list[Ceded] = field(default_factory=list)
    successors: dict[str, Unit] = field(default_factory=dict)


def carry_out(plan: Plan) -> Outcome:
    """Do what a faultless plan says, inside the transaction that holds its units."""
    outcome = Outcome(renamed=[_rename(plan, code) for code in plan.by_old if plan.goes_on(code)])
    _hold_offices(plan)
    for unit in plan.dissolved.values():
        unit.dissolved_on = plan.on
        unit.save(update_fields=["dissolved_on"])
    outcome.successors = plan.reused | _made(plan)
    outcome.made = [u for code, u in outcome.successors.items() if code not in plan.reused]
    for code, unit in plan.dissolved.items():
        takers = _succeed(plan, code, outcome)
        in_parts = len(takers) > 1
        outcome.dissolved.append(
            Dissolved(unit, unit.name_on(plan.on), takers, in_parts, *_end_offices(unit, plan.on))
        )
    ceding = [code for code in plan.by_old if plan.keeps(code)]
    outcome.ceded = [Ceded(plan.units[code], _succeed(plan, code, outcome)) for code in ceding]
    return outcome


def _rename(plan: Plan, code: str) -> Renamed:
    """The unit goes on; its former name stays as the version before."""
    unit, row, before = plan.units[code], plan.by_old[code][0], str(plan.units[code])
    _keep_former_name(unit, plan.on)
    unit.kind, unit.name = row.new_kind, row.new_name
    unit.save()
    _version(unit, plan).save()
    return Renamed(unit, before)


def _keep_former_name(unit: Unit, on: date) -> None:
    """A name that nobody dated was in use until the day before."""
    eve = on - timedelta(days=1)
    if not unit.versions.exists():
        UnitVersion.objects.create(unit=unit, since=eve, kind=unit.kind, name=unit.name, parent=unit.parent)
    else:
        unit.versions.filter(since=on).update(since=eve)


def _made(plan: Plan) -> dict[str, Unit]:
    """Each new unit, in the city of its first predecessor."""
    made = {}
    for code, rows in plan.by_new.items():
        if code in plan.reused:
            continue
        city = plan.units[rows[0].old_code].city
        kind, name = plan.named(code)
        unit = Unit(code=code, kind=kind, name=name, parent=city)
        unit.save()
        _version(unit, plan).save()
        made[code] = unit
    return made


def _version(unit: Unit, plan: Plan) -> UnitVersion:
    return UnitVersion(
        unit=unit,
        since=plan.on,
        kind=unit.kind,
        name=unit.name,
        parent=unit.parent,
        legal_instrument=plan.legal_instrument,
    )


def _succeed(plan: Plan, code: str, outcome: Outcome) -> list[Unit]:
    """Write down who took over from a unit; answers them in the order of the plan."""
    rows = plan.by_old[code]
    successors = [outcome.successors[row.new_code] for row in rows]
    Succession.objects.bulk_create(
        Succession(
            predecessor=plan.units[code],
            successor=successor,
            since=plan.on,
            is_partial=len(rows) > 1 or row.is_part or row.keeps,
            legal_instrument=plan.legal_instrument,
        )
        for row, successor in zip(rows, successors, strict=True)
    )
    return successors


def _hold_offices(plan: Plan) -> None:
    """What ends with the units, locked in the order in which all lock: somebody with offices in two
    of them may be leaving at the same moment."""
    for rows in (Appointment.objects, Delegation.objects):
        ending = rows.filter(Q(until=None) | Q(until__gt=plan.on), unit__in=plan.dissolved.values())
        list(ending.select_for_update(no_key=True).order_by("pk").values("pk"))


def _end_offices(unit: Unit, on: date) -> tuple[int, int]:
    """End what is held in a unit on a day; what would begin later never begins."""
    ended = []
    for rows in (Appointment.objects, Delegation.objects):
        held = rows.filter(Q(until=None) | Q(until__gt=on), unit=unit)
        begun, to_come = held.filter(since__lte=on), held.filter(since__gt=on)
        ended.append(to_come.update(until=F("since")) + begun.update(until=on))
    return ended[0], ended[1]
