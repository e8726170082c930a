"""How units become other units: a plan checked as a whole, then carried out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from django.db.models import F, Q
from django.utils.translation import gettext as _

from .models import Appointment, Delegation, Succession, Unit, UnitVersion, with_versions
from .plan import FINISH, TAKE, PlanRow
from .refusals import Fault
from .vietnamese import fold


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


# --- What stands in the way -------------------------------------------------------------------


def faults_of(plan: Plan) -> list[Fault]:
    """Everything that is wrong with a plan, line by line."""
    known = Succession.objects.filter(successor__in=plan.units.values(), since__gte=plan.on)
    pairs = set(known.values_list("predecessor__code", "successor__code"))
    faults = [fault for row in plan.rows for fault in _faults_of_row(plan, row, pairs)]
    faults += [fault for code, rows in plan.by_old.items() for fault in _faults_of_old(plan, code, rows)]
    faults += [fault for rows in plan.by_new.values() for fault in _faults_of_new(plan, rows)]
    faults += [fault for code in plan.by_old if plan.goes_on(code) for fault in _faults_of_name(plan, code)]
    return faults


def _faults_of_row(plan: Plan, row: PlanRow, known: set[tuple[str, str]]) -> Iterator[Fault]:
    old = plan.units.get(row.old_code)
    if old is None:
        yield Fault(row.where, _("Không có đơn vị đang hoạt động mang mã %(code)s.") % {"code": row.old_code})
    elif old.parent_id is None:
        yield Fault(row.where, _("%(unit)s là cấp tỉnh, không sắp xếp ở đây.") % {"unit": old})
    elif row.old_code in plan.dissolved and row.old_code in {new for _old, new in known}:
        said = _("%(unit)s mới thành lập ngày này hoặc sau đó; có lẽ phương án đã được thực hiện.")
        yield Fault(row.where, said % {"unit": old})
    elif row.keeps and (row.old_code, row.new_code) in known:
        yield Fault(row.where, _("Việc chia tách này đã được ghi từ ngày này hoặc sau đó."))
    if row.keeps and row.new_code == row.old_code:
        yield Fault(row.where, _("Đơn vị giữ nguyên (keeps) không nhận phần của chính mình."))
    if row.keeps and row.cases:
        yield Fault(row.where, _("Đơn vị giữ nguyên (keeps) giữ hồ sơ của mình; để trống cột cases."))


def _faults_of_old(plan: Plan, code: str, rows: list[PlanRow]) -> Iterator[Fault]:
    first: dict[str, str] = {}
    for row in rows:
        if first.setdefault(row.new_code, row.where) != row.where:
            said = _("Cặp mã %(old)s → %(new)s đã có ở %(earlier)s; chỉ giữ một dòng.")
            named = {"old": code, "new": row.new_code, "earlier": first[row.new_code]}
            yield Fault(row.where, said % named)
    if len({row.keeps for row in rows}) > 1:
        said = _("Cột keeps của mã %(code)s phải giống nhau ở mọi dòng.")
        yield Fault(rows[0].where, said % {"code": code})
    if len(rows) == 1 and rows[0].is_part and not rows[0].keeps:
        said = _(
            "Chỉ một phần của mã %(code)s có nơi nhận: thêm dòng cho phần còn lại, hoặc ghi keeps = yes."
        )
        yield Fault(rows[0].where, said % {"code": code})
    marked = [row for row in rows if row.cases]
    if len(marked) > 1 and any(row.cases == TAKE for row in marked):
        said = _("Mã %(code)s có nhiều dòng ghi cột cases; chỉ một dòng nhận hồ sơ.")
        yield Fault(marked[1].where, said % {"code": code})
    if plan.goes_on(code) and rows[0].cases == FINISH:
        yield Fault(rows[0].where, _("Đơn vị đổi tên hay đổi loại giữ hồ sơ của mình; để trống cột cases."))


def _faults_of_new(plan: Plan, rows: list[PlanRow]) -> Iterator[Fault]:
    said_first, standing = rows[0], plan.reused.get(rows[0].new_code)
    if standing is None or plan.goes_on(said_first.new_code):
        if len(said_first.new_code) != 5:
            yield Fault(said_first.where, _("Mã đơn vị mới phải có 5 chữ số."))
        if not (said_first.new_name and said_first.new_kind):
            yield Fault(said_first.where, _("Đơn vị mới cần loại (new_kind) và tên (new_name)."))
    elif standing.parent_id is None:
        yield Fault(said_first.where, _("%(unit)s là cấp tỉnh, không sắp xếp ở đây.") % {"unit": standing})
    for row in rows:
        if (row.new_kind, fold(row.new_name)) != (said_first.new_kind, fold(said_first.new_name)):
            said = _("Loại và tên của mã %(code)s khác với %(earlier)s.")
            yield Fault(row.where, said % {"code": row.new_code, "earlier": said_first.where})
        elif standing and not plan.goes_on(row.new_code) and not _is_called(standing, row):
            said = _("Mã %(code)s đang là %(unit)s; ghi đúng loại và tên ấy hoặc để trống.")
            yield Fault(row.where, said % {"code": row.new_code, "unit": standing})


def _is_called(unit: Unit, row: PlanRow) -> bool:
    same_kind = row.new_kind in ("", unit.kind)
    return same_kind and fold(row.new_name) in ("", fold(unit.name))


def _faults_of_name(plan: Plan, code: str) -> Iterator[Fault]:
    row, unit = plan.by_old[code][0], plan.units.get(code)
    if unit is None:
        return
    if (unit.kind, unit.name) == (row.new_kind, row.new_name):
        yield Fault(row.where, _("%(unit)s đã mang loại và tên này; không có gì thay đổi.") % {"unit": unit})
    since = [version.since for version in unit.versions.all()]
    if max(since, default=date.min) > plan.on or (plan.on in since and len(since) > 1):
        said = _("%(unit)s đã đổi tên hay đổi loại từ ngày này hoặc sau đó.")
        yield Fault(row.where, said % {"unit": unit})


# --- Carrying it out --------------------------------------------------------------------------


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
        unit = Unit(code=code, kind=rows[0].new_kind, name=rows[0].new_name, parent=city)
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


def _end_offices(unit: Unit, on: date) -> tuple[int, int]:
    """End what is held in a unit on a day; what would begin later never begins."""
    ended = []
    for rows in (Appointment.objects, Delegation.objects):
        held = rows.filter(Q(until=None) | Q(until__gt=on), unit=unit)
        begun, to_come = held.filter(since__lte=on), held.filter(since__gt=on)
        ended.append(to_come.update(until=F("since")) + begun.update(until=on))
    return ended[0], ended[1]
