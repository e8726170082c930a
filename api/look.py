"""One case as its reader sees it, straight from what is known of it: what CaseDetailSerializer says, at a
fraction of its cost. A test holds the two to the same words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from django.db.models import Q, prefetch_related_objects

from indicators.models import Rating
from notifications.forecast import told_of
from organisations.hands import Hand
from organisations.models import with_versions
from organisations.questions import Question
from workflow.calendar import WorkingDays, working_days
from workflow.completeness import missing_in_the_file
from workflow.known import Known, looking_at
from workflow.lateness import Stage, days_late, stages
from workflow.models import Case
from workflow.offers import steps_for

from .spelled import day_of, instant_of, offer_of, person_of, rating_of, reminder_of, stage_of

Told = dict[str, Any]

_RATED = ("pk", "assessment__kind", "assessment__period__code", "colour", "finding")
_ratings = Question(
    lambda opened_by, latest: Rating.objects.filter(pk__in=[opened_by, latest]).values_list(
        *_RATED, "assessment__unit_id", "assessment__period_id"
    )
)
_beside = Question(
    lambda indicator, unit, period: (
        Rating.objects.in_force()
        .filter(indicator=indicator, assessment__unit=unit, assessment__period=period)
        .order_by("assessment__kind")
        .values_list(*_RATED)
    )
)
_kin = Question(
    lambda before, this: (
        Case.objects.filter(Q(pk=before) | Q(recurrence_of=this)).order_by("-pk").values_list("pk", "number")
    )
)


def told(case: Case, hand: Hand, names: Iterable[str]) -> Told:
    """What the reader is told of a case, under these names; what is not named is not worked out."""
    with looking_at(case, on=hand.on) as known:
        look = Look(case, hand, known)
        return {name: _TELLS[name](look) for name in names}


class Look:
    """What several parts of the answer are made from, worked out when first needed."""

    def __init__(self, case: Case, hand: Hand, known: Known) -> None:
        self.case, self.hand, self.known = case, hand, known

    @cached_property
    def days(self) -> WorkingDays:
        return working_days()

    @cached_property
    def stages(self) -> list[Stage]:
        return stages(self.known.events, on=self.hand.on, days=self.days)

    @cached_property
    def ratings(self) -> dict[int, tuple[Any, ...]]:
        """The rating that opened the case and the latest, by key, with whose they are and of when."""
        return {row[0]: row for row in _ratings(self.case.rating_id, self.case.latest_rating_id)}

    @cached_property
    def beside(self) -> list[tuple[Any, ...]]:
        """As `Rating.objects.beside` has it of the latest."""
        *_rated, unit, period = self.ratings[self.case.latest_rating_id]
        return _beside(self.case.indicator_id, unit, period)

    @cached_property
    def kin(self) -> dict[int, str]:
        """Numbers by key, the newest first: of the case that this repeats, and of those that repeat this."""
        return dict(_kin(self.case.recurrence_of_id or 0, self.case.pk))  # no case has the key 0


def _unit_name(look: Look) -> str:
    if not look.case.is_live:
        prefetch_related_objects([look.case], with_versions("unit__"))
    return look.case.unit_name


def _recurrence_of(look: Look) -> str | None:
    before = look.case.recurrence_of_id
    return look.kin[before] if before else None


def _recurrences(look: Look) -> list[str]:
    return [number for key, number in look.kin.items() if key != look.case.recurrence_of_id]


def _supporters(look: Look) -> list[Told]:
    return [person_of(one.user_id, one.full_name, one.email) for one in look.known.supporters]


def _assignee(look: Look) -> Told | None:
    who = look.case.assignee
    return person_of(who.pk, who.full_name, who.email) if who else None


def _days_late(look: Look) -> dict[str, int]:
    return {who.value: count for who, count in days_late(look.stages).items()}


def _reminders(look: Look) -> list[Told]:
    found = told_of(look.case, days=look.days, on=look.hand.on)
    return [reminder_of(reminder, people) for reminder, people in found]


def _plainly(name: str) -> Callable[[Look], Any]:
    return lambda look: getattr(look.case, name)


def _day(name: str) -> Callable[[Look], Any]:
    return lambda look: day_of(getattr(look.case, name))


_PLAIN = (
    "number", "colour", "state", "turn", "held_by", "extension_count", "reopening_count", "recurrence_count",
    "version", "product", "authority",
)  # fmt: skip
_DAYS = (
    "turn_due_on", "due_on", "original_due_on", "assign_by", "verify_by", "check_on", "answer_by",
    "accepted_on", "city_due_on", "requested_due_on",
)  # fmt: skip
_TELLS: dict[str, Callable[[Look], Any]] = {
    **{name: _plainly(name) for name in _PLAIN},
    **{name: _day(name) for name in _DAYS},
    "unit": lambda look: look.case.unit.code,
    "unit_name": _unit_name,
    "indicator": lambda look: look.case.indicator.code,
    "indicator_title": lambda look: look.case.indicator.title,
    "colour_label": lambda look: look.case.get_colour_display(),
    "state_label": lambda look: look.case.get_state_display(),
    "overdue": lambda look: look.case.is_overdue(look.hand.on),
    "assignee": _assignee,
    "recurrence_of": _recurrence_of,
    "opened_at": lambda look: instant_of(look.case.opened_at),
    "closed_at": lambda look: instant_of(look.case.closed_at),
    "opened_by": lambda look: rating_of(look.ratings[look.case.rating_id]),
    "latest_rating": lambda look: rating_of(look.ratings[look.case.latest_rating_id]),
    "ratings": lambda look: [rating_of(row) for row in look.beside],
    "recurrences": _recurrences,
    "supporters": _supporters,
    "stages": lambda look: [stage_of(stage) for stage in look.stages],
    "days_late": _days_late,
    "missing": lambda look: missing_in_the_file(look.case),
    "steps": lambda look: [offer_of(offer) for offer in steps_for(look.case, look.hand)],
    "reminders": _reminders,
}
