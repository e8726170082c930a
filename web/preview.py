"""What an intake would do to cases, rating by rating, in words."""

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from indicators.models import Indicator
from indicators.operations import Report, Row
from organisations.models import Unit
from workflow.models import Case

EFFECTS = {
    "opened": _("Mở hồ sơ mới"),
    "recurrence": _("Tái diễn: mở hồ sơ mới nối với hồ sơ đã đóng"),
    "rated_again": _("Đã có hồ sơ: ghi đánh giá mới"),
    "confirmed": _("Xanh trở lại: đóng hồ sơ"),
    "reopened": _("Chưa đạt hiệu lực: mở lại hồ sơ"),
    "cancelled": _("Sửa thành Xanh: hủy hồ sơ"),
}

#: Effects that give a case its number only when they happen.
NOT_NUMBERED = ("opened", "recurrence")


class Told(NamedTuple):
    """One rating that does something: to what, and what."""

    unit: Unit
    indicator: Indicator
    colour: str
    effect: str
    sentence: Any
    case: Case | None
    finding: str


def told(rows: list[Row], report: Report) -> list[Told]:
    """Every effect, new cases first, in the order of the standard."""
    units = Unit.objects.in_bulk({effect.unit_id for effect in report.effects})
    indicators = Indicator.objects.in_bulk({effect.indicator_id for effect in report.effects})
    numbers = {e.case for e in report.effects if e.effect not in NOT_NUMBERED}
    cases = {case.number: case for case in Case.objects.filter(number__in=numbers)}
    findings = {(row.unit, row.indicator): row.finding for row in rows}
    order = list(EFFECTS)
    found = [
        Told(
            unit := units[effect.unit_id],
            indicator := indicators[effect.indicator_id],
            effect.colour,
            effect.effect,
            EFFECTS[effect.effect],
            cases.get(effect.case),
            findings.get((unit.code, indicator.code), ""),
        )
        for effect in report.effects
    ]
    return sorted(found, key=lambda t: (order.index(t.effect), t.unit.sort_key, t.indicator.position))
