"""What an intake would do, rating by rating: colour now and before, and what becomes of the case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from indicators.comparison import Change, change, last_before, ratings_of
from indicators.models import Indicator, Period
from indicators.operations import Effect, Report, Row
from organisations.models import Unit
from workflow.models import Case

from .pieces import Piece, piece_of

#: What a rating that touches no case does: it is recorded, or says what was said already.
RECORDED, UNCHANGED = "recorded", "unchanged"

#: Effect → (its name above the list, what it does in a sentence), in the order of the list.
EFFECTS = {
    "opened": (_("Mới"), _("Mở hồ sơ mới")),
    "recurrence": (_("Tái diễn"), _("Tái diễn: mở hồ sơ mới nối với hồ sơ đã đóng")),
    "reopened": (_("Mở lại"), _("Chưa đạt hiệu lực: mở lại hồ sơ")),
    "rated_again": (_("Đã có hồ sơ"), _("Đã có hồ sơ: ghi đánh giá mới")),
    "confirmed": (_("Đóng"), _("Xanh trở lại: đóng hồ sơ")),
    "cancelled": (_("Hủy"), _("Sửa thành Xanh: hủy hồ sơ")),
    RECORDED: (_("Chỉ ghi đánh giá"), _("Ghi đánh giá, không đụng đến hồ sơ nào")),
    UNCHANGED: (_("Không đổi"), _("Như lần ghi trước, không ghi lại")),
}
#: Effects that give a case its number only when they happen.
NOT_NUMBERED = ("opened", "recurrence")
#: Rows on a page: a unit is always seen whole.
ROWS = 117


class Line(NamedTuple):
    """One rating: of what, how it stands now and stood before, and what it does to which case."""

    unit: Unit
    indicator: Indicator
    colour: str
    before: str
    change: Change
    finding: str
    effect: str
    sentence: Any
    case: Case | None


class Choice(NamedTuple):
    """One effect to narrow the list by, with how many ratings have it."""

    effect: str
    label: Any
    ratings: int


class Preview(NamedTuple):
    lines: list[Line]
    choices: list[Choice]
    chosen: str
    piece: Piece
    has_many_units: bool


def preview_of(rows: list[Row], report: Report, *, period: Period, kind: str, query: QueryDict) -> Preview:
    """The part of the list that the address asks for; a fixed number of queries."""
    found = Unit.objects.standing(timezone.localdate()).filter(code__in={row.unit for row in rows})
    units = {unit.code: unit for unit in found}
    indicators = {indicator.code: indicator for indicator in Indicator.objects.all()}
    effects = {(e.unit_id, e.indicator_id): e for e in report.effects}

    def effect_of(row: Row) -> Effect | None:
        return effects.get((units[row.unit].pk, indicators[row.indicator].pk))

    named = [(row, _name(row, effect_of(row), report)) for row in rows]
    tally = Counter(name for _row, name in named)
    order = {name: place for place, name in enumerate(EFFECTS)}
    chosen = query.get("effect", "") if query.get("effect") in tally else ""
    kept = [(row, name) for row, name in named if not chosen or name == chosen]
    kept.sort(key=lambda r: (order[r[1]], units[r[0].unit].sort_key, indicators[r[0].indicator].position))
    piece = piece_of(kept, query, size=ROWS)
    shown = [
        (units[row.unit], indicators[row.indicator], row, name, effect_of(row)) for row, name in piece.rows
    ]
    return Preview(
        _lines(shown, period, kind),
        [Choice(name, label, tally[name]) for name, (label, _said) in EFFECTS.items() if tally[name]],
        chosen,
        piece,
        len(units) > 1,
    )


def _name(row: Row, effect: Effect | None, report: Report) -> str:
    if effect:
        return effect.effect
    return RECORDED if (row.unit, row.indicator) in report.changed else UNCHANGED


def _lines(
    shown: Sequence[tuple[Unit, Indicator, Row, str, Effect | None]], period: Period, kind: str
) -> list[Line]:
    last = last_before([unit.pk for unit, *_rest in shown], period=period, kind=kind)
    before = ratings_of(last.values())
    numbers = {e.case for *_rest, name, e in shown if e and name not in NOT_NUMBERED}
    cases = {case.number: case for case in Case.objects.filter(number__in=numbers)}
    lines = []
    for unit, indicator, row, name, effect in shown:
        earlier = before.get((unit.pk, indicator.pk))
        then = earlier.colour if earlier else ""
        lines.append(
            Line(
                unit, indicator, row.colour, then, change(then, row.colour), row.finding,
                name, EFFECTS[name][1], cases.get(effect.case) if effect else None,
            )
        )  # fmt: skip
    return lines
