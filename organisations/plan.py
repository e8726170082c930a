"""The plan of a reorganisation: which old unit goes where, and what that makes of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from django.db.models import Q

from .models import Unit, with_versions

#: What a row may say of the live cases of the old unit.
TAKE, FINISH = "take", "finish"


class PlanRow(NamedTuple):
    """One old unit, or a part of it, and where it goes; `where` names the line of the file."""

    old_code: str
    new_code: str
    new_kind: str
    new_name: str
    is_part: bool = False
    cases: str = ""
    keeps: bool = False
    where: str = ""


def choose(rows: Iterable[PlanRow], takers: dict[str, str]) -> list[PlanRow]:
    """The plan with who takes the cases of some old units: old code → new code, or FINISH."""

    def mark(row: PlanRow) -> str:
        taker = takers[row.old_code]
        return FINISH if taker == FINISH else TAKE if taker == row.new_code else ""

    return [row._replace(cases=mark(row)) if row.old_code in takers else row for row in rows]


@dataclass
class Plan:
    """Rows with the standing units they name; the questions of what becomes of whom."""

    rows: list[PlanRow]
    on: date
    legal_instrument: str
    units: dict[str, Unit]

    @cached_property
    def by_old(self) -> dict[str, list[PlanRow]]:
        found: dict[str, list[PlanRow]] = {}
        for row in self.rows:
            found.setdefault(row.old_code, []).append(row)
        return found

    @cached_property
    def by_new(self) -> dict[str, list[PlanRow]]:
        found: dict[str, list[PlanRow]] = {}
        for row in self.rows:
            found.setdefault(row.new_code, []).append(row)
        return found

    def named(self, code: str) -> tuple[str, str]:
        """Kind and name of a new unit: said once, they hold for every line of its code."""
        rows = self.by_new[code]
        return (
            next((row.new_kind for row in rows if row.new_kind), ""),
            next((row.new_name for row in rows if row.new_name), ""),
        )

    def goes_on(self, code: str) -> bool:
        """The same unit under another name or of another kind: its own and only predecessor."""
        rows = self.by_old.get(code, [])
        is_whole = len(rows) == 1 and rows[0].new_code == code and not (rows[0].is_part or rows[0].keeps)
        return is_whole and len(self.by_new[code]) == 1

    def keeps(self, code: str) -> bool:
        """A unit that gives a part away and stands as before."""
        return any(row.keeps for row in self.by_old.get(code, []))

    @cached_property
    def dissolved(self) -> dict[str, Unit]:
        """The units that end, by code."""
        old = {code: self.units[code] for code in self.by_old if code in self.units}
        return {code: u for code, u in old.items() if not (self.goes_on(code) or self.keeps(code))}

    @cached_property
    def reused(self) -> dict[str, Unit]:
        """Units that stand already and receive."""
        return {c: self.units[c] for c in self.by_new if c in self.units and c not in self.dissolved}

    def taker_of(self, code: str) -> PlanRow | None:
        """The row whose successor takes the cases of an old unit; None where they end or none is named."""
        rows = self.by_old[code]
        if any(row.cases == FINISH for row in rows):
            return None
        marked = [row for row in rows if row.cases == TAKE]
        able = marked or (rows if len(rows) == 1 else [])
        return able[0] if able else None

    def is_undecided(self, code: str) -> bool:
        """Several could take the cases, and nothing is said."""
        rows = self.by_old[code]
        return len(rows) > 1 and not any(row.cases for row in rows)


def plan_for(rows: list[PlanRow], *, on: date, legal_instrument: str = "") -> Plan:
    """The plan with the units that stand on the day under the codes it names."""
    codes = {row.old_code for row in rows} | {row.new_code for row in rows}
    found = Unit.objects.filter(code__in=codes, dissolved_on=None).select_related("parent")
    units = {unit.code: unit for unit in found.prefetch_related(with_versions())}
    return Plan(rows, on, legal_instrument, units)


def hold(plan: Plan) -> Plan:
    """The same plan with its units locked, and as they are once nobody else holds them."""
    codes = {*plan.by_old, *plan.by_new}
    cities = {unit.city.pk for unit in plan.units.values()}
    # Twice: whoever waited for another reorganisation now finds the units that it made. With the
    # city first, two reorganisations of a city take turns.
    for _turn in range(2):
        named = Unit.objects.filter(Q(code__in=codes) | Q(pk__in=cities))
        list(named.select_for_update(no_key=True).order_by("pk").values("pk"))
    return plan_for(plan.rows, on=plan.on, legal_instrument=plan.legal_instrument)
