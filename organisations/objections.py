"""What stands in the way of a plan, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from .models import Succession
from .plan import FINISH, TAKE, Plan, PlanRow
from .refusals import Fault
from .vietnamese import spelling


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
        if row.new_code in first:
            said = _("Cặp mã %(old)s → %(new)s đã có ở %(earlier)s; chỉ giữ một dòng.")
            named = {"old": code, "new": row.new_code, "earlier": first[row.new_code]}
            yield Fault(row.where, said % named)
        first.setdefault(row.new_code, row.where)
    if len({row.keeps for row in rows}) > 1:
        said = _("Cột keeps của mã %(code)s phải giống nhau ở mọi dòng.")
        yield Fault(rows[0].where, said % {"code": code})
    if len(rows) == 1 and rows[0].is_part and not rows[0].keeps:
        said = _(
            "Chỉ một phần của đơn vị mang mã %(code)s có nơi nhận: "
            "thêm dòng cho phần còn lại, hoặc ghi keeps = yes."
        )
        yield Fault(rows[0].where, said % {"code": code})
    marked = [row for row in rows if row.cases]
    if len(marked) > 1 and any(row.cases == TAKE for row in marked):
        said = _("Mã %(code)s có nhiều dòng ghi take ở cột cases; chỉ một đơn vị nhận hồ sơ.")
        yield Fault(marked[1].where, said % {"code": code})
    if plan.goes_on(code) and rows[0].cases == FINISH:
        yield Fault(rows[0].where, _("Đơn vị đổi tên hay đổi loại giữ hồ sơ của mình; để trống cột cases."))


def _faults_of_new(plan: Plan, rows: list[PlanRow]) -> Iterator[Fault]:
    code, where = rows[0].new_code, rows[0].where
    standing, named = plan.reused.get(code), plan.named(code)
    if standing is None or plan.goes_on(code):
        if len(code) != 5:
            yield Fault(where, _("Mã đơn vị mới phải có 5 chữ số."))
        if not all(named):
            yield Fault(where, _("Đơn vị mới cần loại (new_kind) và tên (new_name)."))
    elif standing.parent_id is None:
        yield Fault(where, _("%(unit)s là cấp tỉnh, không sắp xếp ở đây.") % {"unit": standing})
    for row in rows:
        if not _is_called(row, *named):
            said = _("Loại và tên của mã %(code)s khác với dòng trước.")
            yield Fault(row.where, said % {"code": code})
        elif standing and not plan.goes_on(code) and not _is_called(row, standing.kind, standing.name):
            said = _("Mã %(code)s đang là %(unit)s; ghi đúng loại và tên ấy hoặc để trống.")
            yield Fault(row.where, said % {"code": code, "unit": standing})


def _is_called(row: PlanRow, kind: str, name: str) -> bool:
    """What a row leaves empty it does not contradict."""
    is_the_kind = row.new_kind in ("", kind)
    return is_the_kind and spelling(row.new_name) in ([], spelling(name))


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
