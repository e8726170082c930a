"""Follow-through: what became of the cases opened in some periods, by unit, by period and in all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, Window
from django.db.models.functions import RowNumber

from indicators.models import Period
from organisations.models import Unit, UnitQuerySet, with_versions
from workflow.models import Case
from workflow.queries import CaseQuerySet
from workflow.vocabulary import State

from .cohorts import ENDS, has_passed, is_done, is_late, is_unfinished, opened_from, opened_until, with_days
from .vocabulary import Done, Stage

#: Without a choice the figures are of the newest periods rated.
NEWEST = 4
COUNTS = ("opened", "on_time", "late", "open_late", "closed", "recurring", "unfinished_late")


class Figures(NamedTuple):
    """Counts of cases, and the median of the calendar days that each stage took."""

    opened: int = 0
    on_time: int = 0
    late: int = 0
    open_late: int = 0
    closed: int = 0
    recurring: int = 0
    unfinished_late: int = 0
    medians: Mapping[str, float | None] = {}

    @property
    def others(self) -> int:
        """Neither reported complete nor late: at work in time, with the city, or cancelled."""
        return self.opened - self.on_time - self.late - self.unfinished_late

    def median(self, stage: str) -> float | None:
        return self.medians.get(stage)


class Row(NamedTuple):
    """A unit with its figures."""

    unit: Unit
    figures: Figures


def bounds(periods: Iterable[Period]) -> tuple[Period, Period]:
    """Of some periods, which may be a year and its quarters, the one that starts first and the one that
    ends last."""
    found = list(periods)
    return min(found, key=lambda period: period.starts_on), max(found, key=lambda period: period.ends_on)


def cases_of(units: UnitQuerySet, first: Period, last: Period) -> CaseQuerySet:
    """The cases that the figures of these units and periods are about."""
    cases = Case.objects.filter(unit__in=units.order_by().values("pk"))
    return opened_until(opened_from(cases, first), last).order_by()


def by_unit(units: UnitQuerySet, first: Period, last: Period, *, on: date) -> list[Row]:
    """The units that stand or have such cases, by name, each with its figures."""
    figures = _figures(cases_of(units, first, last), "unit", on)
    shown = units.filter(Q(dissolved_on=None) | Q(dissolved_on__gt=on) | Q(pk__in=figures.keys()))
    return [Row(u, figures.get(u.pk, Figures())) for u in shown.prefetch_related(with_versions())]


def in_all(units: UnitQuerySet, first: Period, last: Period, *, on: date) -> Figures:
    """The same figures of all these units together."""
    return _figures(cases_of(units, first, last), None, on).get(None, Figures())


def by_period(
    units: UnitQuerySet, periods: list[Period], *, on: date, group: str = ""
) -> list[tuple[Period, Figures]]:
    """The counts of each period, oldest first."""
    found = Case.objects.filter(unit__in=units.order_by().values("pk"))
    if group:
        found = found.filter(indicator__group=group)
    path = "rating__assessment__period"
    counts = _counts(found.filter(**{f"{path}__in": periods}).order_by(), path, on)
    return [(period, Figures(**counts.get(period.pk, {}))) for period in reversed(periods)]


def _figures(cases: CaseQuerySet, by: str | None, on: date) -> dict[Any, Figures]:
    counts = _counts(cases, by, on)
    medians = {stage.value: _medians(cases, stage, by) for stage in Stage}
    return {
        key: Figures(**count, medians={name: found.get(key) for name, found in medians.items()})
        for key, count in counts.items()
    }


def _counts(cases: CaseQuerySet, by: str | None, on: date) -> dict[Any, dict[str, Any]]:
    wanted = {
        "opened": Count("pk"),
        "on_time": Count("pk", filter=is_done(Done.ON_TIME)),
        "late": Count("pk", filter=is_done(Done.LATE)),
        "open_late": Count("pk", filter=is_late(on)),
        "closed": Count("pk", filter=Q(state=State.CLOSED)),
        "recurring": Count("pk", filter=Q(recurrence_of__isnull=False)),
        "unfinished_late": Count("pk", filter=is_late(on) & is_unfinished()),
    }
    named = {f"n_{name}": count for name, count in wanted.items()}
    cases = with_days(cases)
    rows: Any = cases.values(by).annotate(**named) if by else [{None: None} | cases.aggregate(**named)]
    return {row[by]: {name: row[f"n_{name}"] for name in COUNTS} for row in rows}


def _medians(cases: CaseQuerySet, stage: Stage, by: str | None) -> dict[Any, float | None]:
    """The median days of a stage by unit or in all: the database ranks, and hands out the middle."""
    began, ended = ENDS[stage]
    apart = [F(by)] if by else None
    ranked = (
        with_days(cases)
        .filter(has_passed(stage))
        .annotate(days=ExpressionWrapper(F(ended) - F(began), DurationField()))
        .annotate(
            twice=Window(RowNumber(), partition_by=apart, order_by=[F("days"), F("pk")]) * 2,
            among=Window(Count("pk"), partition_by=apart),
        )
        .filter(twice__gte=F("among"), twice__lte=F("among") + 2)
    )
    middle: dict[Any, list[timedelta]] = {}
    for row in ranked.values(*([by] if by else []), "days"):
        middle.setdefault(row[by] if by else None, []).append(row["days"])
    return {key: sum(day.days for day in days) / len(days) for key, days in middle.items()}
