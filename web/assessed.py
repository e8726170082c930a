"""Assessments as they are read: the list of a reader's units, and one of them on a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Count, Max, Q, QuerySet

from indicators.comparison import Change, change, last_before, ratings_of
from indicators.models import Assessment, Colour, Group, Indicator, Intake, Rating
from organisations.hands import Hand
from organisations.models import with_versions
from workflow.models import Case

#: How the counts of a list are called, by colour.
COUNTED = {
    "red": Colour.RED,
    "yellow": Colour.YELLOW,
    "green": Colour.GREEN,
    "not_rated": Colour.NOT_RATED,
    "not_applicable": Colour.NOT_APPLICABLE,
}


def assessments_seen_by(hand: Hand) -> QuerySet[Assessment]:
    """What was said of the units whose affairs the reader sees."""
    found = Assessment.objects.filter(unit__in=hand.visible_units().values("pk"))
    return found.select_related("unit__parent", "period").prefetch_related(with_versions("unit__"))


class Counts(NamedTuple):
    """One assessment of a list, with its colours counted and who recorded last."""

    assessment: Assessment
    unit_name: str
    colours: list[tuple[str, int]]
    last: Intake | None


def counted(assessments: Iterable[Assessment]) -> list[Counts]:
    """The same assessments with what a list says of each; two statements for any number."""
    found = list(assessments)
    in_force = Q(superseded_at=None)
    rows = Rating.objects.filter(assessment__in=found).values("assessment").order_by()
    rows = rows.annotate(
        last=Max("intake_id"),
        **{name: Count("pk", filter=in_force & Q(colour=colour)) for name, colour in COUNTED.items()},
    )
    by_key: dict[int, Any] = {row["assessment"]: row for row in rows}
    last = Intake.objects.select_related("recorded_by").in_bulk([row["last"] for row in by_key.values()])
    return [
        Counts(
            assessment,
            assessment.unit.name_on(assessment.period.ends_on),
            [(name, said[name]) for name in COUNTED if said.get(name)],
            last.get(said.get("last")),
        )
        for assessment in found
        for said in (by_key.get(assessment.pk, {}),)
    ]


class Rated(NamedTuple):
    """One indicator of an assessment beside the last period, the other rater and its case."""

    indicator: Indicator
    colour: str
    rating: Rating | None
    before: str
    change: Change
    other: str
    differs: bool
    case: Case | None


def assessment_file(assessment: Assessment, *, reader: Hand) -> dict[str, Any]:
    """What the page of an assessment shows its reader; a fixed number of queries."""
    unit, period = assessment.unit_id, assessment.period
    last = last_before([unit], period=period, kind=assessment.kind).get(unit)
    beside = Assessment.objects.filter(unit=unit, period=period).exclude(kind=assessment.kind)
    other = beside.select_related("period").first()
    said = ratings_of([assessment])
    before, others = ratings_of([last] if last else []), ratings_of([other] if other else [])
    cases = _cases(assessment, reader)
    rows = [
        _rated(indicator, said, before, others, cases, unit)
        for indicator in Indicator.objects.select_related("catalogue")
    ]
    (counts,) = counted([assessment])
    return {
        "assessment": assessment,
        "counts": counts,
        "last": last,
        "other": other,
        "groups": [(group, [r for r in rows if r.indicator.group == group]) for group in Group],
        "changes": Counter(row.change.value or "none" for row in rows),
        "differing": sum(row.differs for row in rows),
    }


Said = dict[tuple[int, int], Rating]


def _rated(
    indicator: Indicator, said: Said, before: Said, others: Said, cases: dict[int, Case], unit: int
) -> Rated:
    key = (unit, indicator.pk)

    def colour_in(ratings: Said) -> str:
        return ratings[key].colour if key in ratings else ""

    now, then, other = colour_in(said) or Colour.NOT_RATED, colour_in(before), colour_in(others)
    differs = bool(other) and change(other, now) in (Change.BETTER, Change.WORSE)
    case = cases.get(indicator.pk)
    return Rated(indicator, now, said.get(key), then, change(then, now), other, differs, case)


def _cases(assessment: Assessment, reader: Hand) -> dict[int, Case]:
    """By indicator the live case, or else the one that this assessment opened, wherever it is now."""
    seen = Case.objects.filter(unit__in=reader.visible_units().values("pk"))
    live = seen.live().filter(unit=assessment.unit_id)
    found = seen.filter(Q(pk__in=live) | Q(rating__assessment=assessment))
    return {case.indicator_id: case for case in sorted(found, key=lambda c: (c.is_live, c.pk))}
