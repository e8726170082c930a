"""Units become other units: every live case goes on with a successor or ends with its unit, at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from indicators.models import Colour, Indicator
from organisations.hands import Hand
from organisations.models import Unit, User, titled
from organisations.objections import faults_of
from organisations.offices import FIRST_DAY
from organisations.plan import FINISH, Plan, PlanRow, hold, plan_for
from organisations.refusals import Fault, Refused
from organisations.reorganising import Outcome, carry_out

from .arrows import Moment
from .models import Case
from .operations import moment_now, take_step
from .refusals import NotYours
from .vocabulary import LIVE, Step


class Fate(NamedTuple):
    """What becomes of a live case: it goes `to` a unit, or ends and perhaps goes on in another case."""

    number: str
    indicator: Indicator
    colour: str
    from_name: str
    to: Unit | None
    goes_on_in: str


@dataclass
class Report:
    """What a reorganisation did, or in a dry run would do."""

    on: date
    legal_instrument: str
    units: Outcome
    fates: list[Fate] = field(default_factory=list)

    @property
    def handed(self) -> list[Fate]:
        return [fate for fate in self.fates if fate.to]

    @property
    def finished(self) -> list[Fate]:
        return [fate for fate in self.fates if not fate.to]


class Choice(NamedTuple):
    """An old unit with live cases and several successors: who takes them is to be said."""

    unit: Unit
    successors: list[tuple[str, str]]  # code and name
    live: int
    chosen: str  # code of the taker, FINISH, or ""


def reorganise(
    rows: Iterable[PlanRow],
    *,
    on: date,
    legal_instrument: str,
    by: User,
    dry_run: bool = False,
    now: datetime | None = None,
) -> Report:
    """Carry out a plan as of a day that has come: all of it, or nothing.

    Every live case of a unit that ends is handed to its successor or finished by a step of its
    own. A dry run does everything and takes it back. Raises Refused with every fault, or NotYours.
    """
    instrument = legal_instrument.strip()
    with transaction.atomic():
        # Units, then the rules of time, then cases: as intake has it, or three could wait in a ring.
        plan = hold(plan_for(list(rows), on=on, legal_instrument=instrument))
        moment = moment_now(now)
        if faults := _faults_of_the_act(on, instrument, moment):
            raise Refused(faults)
        _refuse_strangers(plan, Hand(by, on=moment.today))
        live = _hold_cases(plan)
        if faults := faults_of(plan) + _undecided(plan, live):
            raise Refused(faults)
        report = Report(on, instrument, carry_out(plan))
        report.fates = list(_settle(plan, report.units, live, by=by, moment=moment))
        if dry_run:
            transaction.set_rollback(True)
    return report


def choices(rows: Iterable[PlanRow], *, on: date) -> list[Choice]:
    """The old units of a plan whose live cases more than one successor could take."""
    plan = plan_for(list(rows), on=on)
    several = {code: unit for code, unit in plan.dissolved.items() if len(plan.by_old[code]) > 1}
    live = Counter(Case.objects.live().filter(unit__in=several.values()).values_list("unit_id", flat=True))
    return [
        Choice(unit, [_named(plan, row) for row in plan.by_old[code]], live[unit.pk], _chosen(plan, code))
        for code, unit in several.items()
        if live[unit.pk]
    ]


def _named(plan: Plan, row: PlanRow) -> tuple[str, str]:
    standing = plan.reused.get(row.new_code)
    return row.new_code, str(standing) if standing else titled(*plan.named(row.new_code))


def _chosen(plan: Plan, code: str) -> str:
    if plan.is_undecided(code):
        return ""
    taker = plan.taker_of(code)
    return taker.new_code if taker else FINISH


# --- What stands in the way -------------------------------------------------------------------


def _faults_of_the_act(on: date, instrument: str, moment: Moment) -> list[Fault]:
    faults = []
    if on > moment.today:
        said = _("Ngày %(on)s chưa đến; hãy thực hiện từ ngày đó trở đi.")
        faults.append(Fault("on", said % {"on": on.strftime("%d/%m/%Y")}))
    elif on < FIRST_DAY:
        faults.append(Fault("on", _("Hãy xem lại năm.")))
    if not instrument:
        faults.append(Fault("legal_instrument", _("Cần nêu văn bản quyết định sắp xếp.")))
    elif len(instrument) > 200:
        faults.append(Fault("legal_instrument", _("Tên văn bản dài quá 200 ký tự.")))
    return faults


def _refuse_strangers(plan: Plan, hand: Hand) -> None:
    """Only an administrator of the city of all units concerned."""
    cities = {unit.city.pk for unit in plan.units.values()}
    if not hand.cities_administered or not cities <= hand.cities_administered:
        raise NotYours(_("Chỉ quản trị của thành phố sắp xếp đơn vị của thành phố ấy."))


def _undecided(plan: Plan, live: list[Case]) -> list[Fault]:
    counts = Counter(case.unit_id for case in live)
    said = _(
        "%(unit)s có %(count)s hồ sơ đang xử lý và nhiều đơn vị kế thừa: ghi take ở cột cases của dòng có "
        "đơn vị nhận hồ sơ, hoặc ghi finish để kết thúc các hồ sơ ấy."
    )
    return [
        Fault(plan.by_old[code][0].where, said % {"unit": unit, "count": counts[unit.pk]})
        for code, unit in plan.dissolved.items()
        if counts[unit.pk] and plan.is_undecided(code)
    ]


# --- Cases ------------------------------------------------------------------------------------


def _hold_cases(plan: Plan) -> list[Case]:
    """The live cases of all units concerned, locked until the end.

    Those that are over are locked as well: one that is just being reopened would else live on in
    a unit that is no more.
    """
    ending, receiving = plan.dissolved.values(), plan.reused.values()
    concerned = Case.objects.filter(Q(unit__in=ending) | Q(unit__in=receiving, state__in=LIVE))
    list(concerned.select_for_update(no_key=True).order_by("pk").values("pk"))
    live = Case.objects.live().filter(unit__in=[*ending, *receiving])
    return list(live.select_related("indicator", "unit").order_by("pk"))


def _settle(plan: Plan, units: Outcome, live: list[Case], *, by: User, moment: Moment) -> Iterator[Fate]:
    """Take each live case of a unit that ended to where the plan says."""
    ended = {unit.pk: code for code, unit in plan.dissolved.items()}
    taken = {(case.unit_id, case.indicator_id): case for case in live if case.unit_id not in ended}
    for case in sorted((case for case in live if case.unit_id in ended), key=_precedence):
        code = ended[case.unit_id]
        row, old = plan.taker_of(code), plan.dissolved[code]
        heir = units.successors[row.new_code] if row else None
        before = taken.get((heir.pk, case.indicator_id)) if heir else None
        note = _note(plan, old, heir, before)
        yield Fate(
            case.number,
            case.indicator,
            case.colour,
            old.name_on(plan.on),
            None if before else heir,
            before.number if before else "",
        )
        if heir and not before:
            case = take_step(case, Step.TRANSFER, by=by, now=moment.at, note=note, unit=heir)
            taken[(heir.pk, case.indicator_id)] = case
        else:
            take_step(case, Step.FINISH, by=by, now=moment.at, note=note)


def _precedence(case: Case) -> tuple[bool, datetime, int]:
    """Of two cases of one indicator the red one goes on, then the older."""
    return case.colour != Colour.RED, case.opened_at, case.pk


def _note(plan: Plan, old: Unit, heir: Unit | None, before: Case | None) -> str:
    """What the record says of it, in the one language it keeps."""
    with override("vi"):
        act, name = f"{plan.legal_instrument}, từ {plan.on:%d/%m/%Y}", old.name_on(plan.on)
        if before:
            return f"{act}: việc này tiếp tục trong hồ sơ {before.number} của {heir}."
        if heir:
            return f"{act}: {heir} kế thừa {name}."
        return f"{act}: {name} giải thể, hồ sơ kết thúc theo đơn vị."
