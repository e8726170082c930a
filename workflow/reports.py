"""What a reorganisation did, or would do, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from .reorganisation import Fate, Report


def summary(report: Report, *, dry_run: bool) -> list[str]:
    """How many units and cases, and whether it has been stored."""
    units = report.units
    counted = _("%(made)s đơn vị thành lập, %(dissolved)s giải thể, %(renamed)s đổi tên hay đổi loại.") % {
        "made": len(units.made),
        "dissolved": len(units.dissolved),
        "renamed": len(units.renamed),
    }
    cases = _("%(handed)s hồ sơ chuyển giao đơn vị kế thừa, %(finished)s hồ sơ kết thúc.") % {
        "handed": len(report.handed),
        "finished": len(report.finished),
    }
    offices = _("%(offices)s chức vụ và %(delegations)s ủy quyền kết thúc.") % {
        "offices": sum(done.offices for done in units.dissolved),
        "delegations": sum(done.delegations for done in units.dissolved),
    }
    return [counted, cases, offices, *([_("Xem trước: chưa lưu gì.")] if dry_run else [])]


def details(report: Report) -> Iterator[str]:
    """One line for each unit and each live case."""
    for unit in report.units.made:
        yield _("Thành lập: %(unit)s (%(code)s)") % {"unit": unit, "code": unit.code}
    for renamed in report.units.renamed:
        named = {"before": renamed.before, "unit": renamed.unit, "code": renamed.unit.code}
        yield _("Đổi tên, đổi loại: %(before)s → %(unit)s (%(code)s)") % named
    for done in report.units.dissolved:
        said = _("Giải thể: %(unit)s → %(heirs)s; %(offices)s chức vụ, %(delegations)s ủy quyền kết thúc")
        yield said % {
            "unit": done.name,
            "heirs": ", ".join(str(heir) for heir in done.successors),
            "offices": done.offices,
            "delegations": done.delegations,
        }
    for ceded in report.units.ceded:
        heirs = ", ".join(str(heir) for heir in ceded.receivers)
        yield _("Giữ nguyên, chia một phần: %(unit)s → %(heirs)s") % {"unit": ceded.unit, "heirs": heirs}
    for fate in report.fates:
        named = {"number": fate.number, "indicator": fate.indicator.code, "unit": fate.from_name}
        said = _("Hồ sơ %(number)s, chỉ số %(indicator)s, %(unit)s: ") % named
        yield said + told(fate)


def told(fate: Fate) -> str:
    """What becomes of one live case, and why."""
    if fate.to:
        return _("chuyển giao %(unit)s") % {"unit": fate.to}
    if fate.goes_on_in:
        return _("kết thúc; việc tiếp tục trong hồ sơ %(number)s") % {"number": fate.goes_on_in}
    return _("kết thúc theo đơn vị")
