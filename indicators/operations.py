"""How ratings are recorded: checked as a whole, written as a set, corrected without losing any."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from organisations.hands import Hand
from organisations.models import Unit, User

from .bulk import analyse, collector_resting, copy_rows, reserve_ids, update_rows
from .models import Assessment, Colour, Indicator, Intake, Rating
from .periods import period_for
from .refusals import Fault, NotAllowed, Outdated, Refused
from .rules import may_record
from .signals import assessment_recorded

_COLOURS = frozenset(Colour.values)
#: Characters of a finding or of a note on its proof, whichever way it comes.
LONGEST = 10_000
#: From this many rows on, the planner is told of them before the transaction ends.
_LARGE = 1000


class Row(NamedTuple):
    """A rating as it was sent: codes and text, and where it stands in the file or request."""

    unit: str
    indicator: str
    colour: str
    finding: str
    evidence_note: str
    where: str
    #: Key of the rating it is to correct as the sender saw it, 0 for none; None says nothing of it.
    seen: int | None = None


class NewRating(NamedTuple):
    """A rating just recorded."""

    id: int
    assessment_id: int
    unit_id: int
    indicator_id: int
    colour: str
    corrects: str  # colour of the rating it supersedes in the same assessment, or ""


class Effect(NamedTuple):
    """What a rating did: the kind of effect and the number of the case."""

    rating_id: int
    unit_id: int
    indicator_id: int
    colour: str
    effect: str
    case: str


@dataclass
class Report:
    """What recording an assessment did, or in a dry run would do."""

    colours: Counter[str] = field(default_factory=Counter)
    units: int = 0
    recorded: int = 0
    unchanged: int = 0
    #: (unit, indicator) codes of what is recorded; the rest says what is said already.
    changed: set[tuple[str, str]] = field(default_factory=set)
    effects: list[Effect] = field(default_factory=list)
    #: (unit, indicator) codes by the keys that effects name.
    codes: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)

    def cases(self, effect: str) -> list[str]:
        return [e.case for e in self.effects if e.effect == effect]

    def by_codes(self) -> dict[tuple[str, str], Effect]:
        """What was done to the case of each unit and indicator, by their codes."""
        return {self.codes[e.unit_id, e.indicator_id]: e for e in self.effects}

    @property
    def has_changed_nothing(self) -> bool:
        return self.recorded == 0


def record_assessments(
    rows: Iterable[Row],
    *,
    period: str,
    kind: str,
    by: User,
    dry_run: bool = False,
    source_name: str = "",
    source_sha256: str = "",
    now: datetime | None = None,
) -> Report:
    """Record ratings of one or many units and let them act on cases: all of it, or nothing.

    The same content again changes nothing. A dry run does everything and takes it back, so what it
    reports is what would happen. Raises Refused with every fault, Outdated or NotAllowed.
    """
    with collector_resting():
        intake = Intake(
            kind=kind,
            recorded_by=by,
            recorded_at=now or timezone.now(),
            source_name=source_name,
            source_sha256=source_sha256,
        )
        return _record_all([_as_kept(row) for row in rows], period, intake, dry_run)


def _record_all(rows: list[Row], period: str, intake: Intake, dry_run: bool) -> Report:
    units = {u.code: u for u in _units_named(rows)}
    indicators = {i.code: i for i in Indicator.objects.all()}
    faults = [fault for row in rows for fault in _faults(row, units, indicators)]
    faults += _duplicates(rows)
    if faults:
        raise Refused(faults)
    _refuse_strangers(intake.recorded_by, units.values(), intake.kind)
    with transaction.atomic():
        intake.period = period_for(period)
        report = _record(rows, units, indicators, intake)
        if dry_run:
            transaction.set_rollback(True)
    return report


def as_lines(text: str) -> str:
    """Text with its line ends as they are kept, whatever a browser, a cell or a script wrote."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _as_kept(row: Row) -> Row:
    return row._replace(finding=as_lines(row.finding), evidence_note=as_lines(row.evidence_note))


def _units_named(rows: list[Row]) -> Iterable[Unit]:
    codes = {row.unit for row in rows}
    return Unit.objects.standing(timezone.localdate()).filter(code__in=codes).select_related("parent")


def _faults(row: Row, units: dict[str, Unit], indicators: dict[str, Indicator]) -> Iterable[Fault]:
    if row.unit not in units:
        yield Fault(row.where, _("Không có đơn vị mang mã “%(code)s”.") % {"code": row.unit})
    if row.indicator not in indicators:
        yield Fault(
            row.where,
            _("Không có chỉ số mang mã “%(code)s”; dùng mã từ 1.1 đến 4.8.") % {"code": row.indicator},
        )
    if row.colour not in _COLOURS:
        yield Fault(row.where, _("Không hiểu mức đánh giá “%(colour)s”.") % {"colour": row.colour})
    if row.colour == Colour.NOT_APPLICABLE and not row.finding.strip():
        yield Fault(row.where, _("“Không áp dụng” cần lý do ở cột Phát hiện."))
    if max(len(row.finding), len(row.evidence_note)) > LONGEST:
        yield Fault(row.where, too_long())


def too_long() -> str:
    return _("Không quá %(count)s ký tự.") % {"count": LONGEST}


def _duplicates(rows: list[Row]) -> list[Fault]:
    first: dict[tuple[str, str], str] = {}
    faults = []
    for row in rows:
        earlier = first.setdefault((row.unit, row.indicator), row.where)
        if earlier != row.where:
            faults.append(
                Fault(
                    row.where,
                    _("Chỉ số %(code)s của đơn vị %(unit)s đã có ở %(earlier)s; chỉ giữ một dòng.")
                    % {"code": row.indicator, "unit": row.unit, "earlier": earlier},
                )
            )
    return faults


def _refuse_strangers(by: User, units: Iterable[Unit], kind: str) -> None:
    hand = Hand(by)
    for unit in units:
        if not may_record(hand, unit, kind):
            raise NotAllowed(
                _("%(person)s không có quyền ghi đánh giá của %(unit)s.") % {"person": by, "unit": unit}
            )


def _record(
    rows: list[Row], units: dict[str, Unit], indicators: dict[str, Indicator], intake: Intake
) -> Report:
    # All intake of a unit waits its turn here, so two deliveries can never open the same case.
    unit_ids = sorted(unit.pk for unit in units.values())
    _hold(units, rows)
    report = Report(colours=Counter(row.colour for row in rows), units=len(units))
    assessments = _assessments_of(unit_ids, intake)
    in_force = _ratings_in_force(assessments)
    new: list[tuple[Row, int, int, tuple[int, str] | None]] = []
    for row in rows:
        unit_id, indicator_id = units[row.unit].pk, indicators[row.indicator].pk
        old = in_force.get((unit_id, indicator_id))
        if old is None or old[1:] != (row.colour, row.finding, row.evidence_note):
            new.append((row, unit_id, indicator_id, old[:2] if old else None))
    _refuse_outdated(new)
    report.recorded, report.unchanged = len(new), len(rows) - len(new)
    report.changed = {(row.unit, row.indicator) for row, *_rest in new}
    report.codes = {(unit, indicator): (row.unit, row.indicator) for row, unit, indicator, _old in new}
    if not new:
        return report
    intake.save()
    missing = sorted({unit_id for _row, unit_id, *_rest in new} - assessments.keys())
    copy_rows(
        Assessment,
        ["unit", "period", "kind"],
        ((unit_id, intake.period_id, intake.kind) for unit_id in missing),
    )
    if missing:
        assessments = _assessments_of(unit_ids, intake)
    superseded = [(old[0], intake.recorded_at) for *_rest, old in new if old]
    update_rows(Rating, ["superseded_at"], superseded)
    ids = reserve_ids(Rating, len(new))
    copy_rows(
        Rating,
        ["id", "assessment", "indicator", "intake", "colour", "finding", "evidence_note"],
        (
            (
                key,
                assessments[unit],
                indicator,
                intake.pk,
                row.colour,
                row.finding,
                row.evidence_note,
            )
            for key, (row, unit, indicator, _old) in zip(ids, new, strict=True)
        ),
    )
    if len(new) >= _LARGE:
        analyse(Assessment, Rating)
    ratings = [
        NewRating(key, assessments[unit], unit, indicator, row.colour, old[1] if old else "")
        for key, (row, unit, indicator, old) in zip(ids, new, strict=True)
    ]
    heard: list[Any] = assessment_recorded.send(sender=Intake, intake=intake, ratings=ratings)
    for _receiver, effects in heard:
        report.effects += effects
    return report


def _refuse_outdated(new: list[tuple[Row, int, int, tuple[int, str] | None]]) -> None:
    """Nobody overwrites what somebody else has said since they looked, unless they have looked again."""
    sentence = _("Chỉ số %(code)s vừa được người khác đánh giá lại; hãy xem rồi ghi.")
    faults = [
        Fault(row.where, sentence % {"code": row.indicator})
        for row, _unit, _indicator, old in new
        if row.seen is not None and row.seen != (old[0] if old else 0)
    ]
    if faults:
        raise Outdated(faults)


def _hold(units: dict[str, Unit], rows: list[Row]) -> None:
    """Lock the units in one order; whoever waited for a reorganisation finds out what it dissolved."""
    standing = Unit.objects.standing(timezone.localdate()).filter(pk__in=[u.pk for u in units.values()])
    held = set(standing.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    gone = _("%(unit)s vừa giải thể; hãy ghi đánh giá cho đơn vị kế thừa.")
    faults = [
        Fault(row.where, gone % {"unit": units[row.unit]}) for row in rows if units[row.unit].pk not in held
    ]
    if faults:
        raise Refused(faults)


def _assessments_of(unit_ids: list[int], intake: Intake) -> dict[int, int]:
    found = Assessment.objects.filter(unit__in=unit_ids, period=intake.period_id, kind=intake.kind)
    return dict(found.values_list("unit_id", "pk"))


def _ratings_in_force(
    assessments: dict[int, int],
) -> dict[tuple[int, int], tuple[int, str, str, str]]:
    """What the rater has said so far in these assessments, by unit and indicator."""
    unit_of = {assessment: unit for unit, assessment in assessments.items()}
    rows = (
        Rating.objects.in_force()
        .filter(assessment__in=unit_of)
        .values_list("assessment_id", "indicator_id", "pk", "colour", "finding", "evidence_note")
    )
    return {
        (unit_of[assessment], indicator): (key, colour, as_lines(finding), as_lines(evidence))
        for assessment, indicator, key, colour, finding, evidence in rows.iterator(chunk_size=5000)
    }
