"""New ratings reach cases as one set: opening, rating again, reopening, confirming, cancelling."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Max, OuterRef
from django.utils.translation import override

from indicators.bulk import analyse, copy_rows, reserve_ids, update_rows
from indicators.models import NEEDS_WORK, Colour, Intake, Rating
from indicators.operations import Effect, NewRating

from . import deadlines
from .arrows import Moment, arrow_for
from .models import Case, CaseNumber, Event, Policy, Timer
from .operations import (
    moment_now,
    move,
    nudge_after_commit,
    seal_event,
    write_events,
)
from .queries import did_the_work
from .timers import restart_action_timers
from .trail import GENESIS, seal
from .vocabulary import Kind, State, Step

#: From this many cases on, the planner is told of them before the transaction ends.
_LARGE = 1000

Key = tuple[int, int]


def open_cases(intake: Intake, ratings: list[NewRating]) -> list[Effect]:
    """Let new ratings act on cases by the table of `docs/life-of-a-case.md`.

    A constant number of statements whatever the number of ratings; runs inside the transaction
    that recorded them, which holds the units.
    """
    moment = moment_now(intake.recorded_at)
    units = {rating.unit_id for rating in ratings}
    outdated = _rated_in_a_later_period(intake, units)
    current = [r for r in ratings if (r.unit_id, r.indicator_id) not in outdated]
    live = _live_cases(units)
    again = [(live[key], r) for r in current if (key := (r.unit_id, r.indicator_id)) in live]
    to_open = [r for r in current if r.colour in NEEDS_WORK and (r.unit_id, r.indicator_id) not in live]
    effects = _rate_again(again, intake, moment) + _open(to_open, moment)
    nudge_after_commit()
    return effects


def _rated_in_a_later_period(intake: Intake, units: set[int]) -> set[Key]:
    """Where a later period has been rated, a rating of this one is history and acts on nothing."""
    later = (
        Rating.objects.in_force()
        .filter(assessment__unit__in=units, assessment__period__starts_on__gt=intake.period.starts_on)
        .exclude(colour=Colour.NOT_RATED)
    )
    return set(later.values_list("assessment__unit_id", "indicator_id"))


class _Live(NamedTuple):
    """As much of a live case as rating it again needs; a country has tens of thousands of them."""

    pk: int
    unit_id: int
    indicator_id: int
    number: str
    state: str
    version: int
    head_hash: str
    latest_rating_id: int
    latest_colour: str
    assessment_id: int  # that of the rating which opened the case
    rated_from: date  # the first day of that rating's period


def _live_cases(units: set[int]) -> dict[Key, _Live]:
    rows = (
        Case.objects.live()
        .select_for_update(no_key=True, of=("self",))
        .filter(unit__in=units)
        .order_by("pk")
        .values_list(
            "pk", "unit_id", "indicator_id", "number", "state", "version", "head_hash",
            "latest_rating_id", "latest_rating__colour", "rating__assessment_id",
            "rating__assessment__period__starts_on",
        )
    )  # fmt: skip
    return {row[1:3]: _Live(*row) for row in rows}


# --- Opening --------------------------------------------------------------------------------


def _open(ratings: list[NewRating], moment: Moment) -> list[Effect]:
    if not ratings:
        return []
    policies = policies_on(moment)
    relapsed = _last_closed({rating.unit_id for rating in ratings})
    numbers = _next_numbers(moment.today.year, len(ratings))
    ids = reserve_ids(Case, len(ratings))
    deadline = {c: assign_by(policy, moment) for c, policy in policies.items()}
    ring = {c: deadlines.next_ring(d, on=moment.today, days=moment.days) for c, d in deadline.items()}
    cases, events, timers, effects = [], [], [], []
    for key, number, rating in zip(ids, numbers, ratings, strict=True):
        colour, due = rating.colour, deadline[rating.colour]
        closed_id, closed_number, count = relapsed.get(
            (rating.unit_id, rating.indicator_id), (None, None, -1)
        )
        changes = {
            "state": [None, State.OPEN.value],
            "colour": [None, colour],
            "rating": [None, rating.id],
            "assign_by": [None, due.isoformat()],
        }
        if closed_number:
            changes["recurrence_of"] = [None, closed_number]
        sealed = seal(
            case=number, seq=1, kind=Kind.OPENED.value, actor=None, at=moment.at, note="",
            changes=changes, once=None, previous=GENESIS,
        )  # fmt: skip
        cases.append(
            (key, State.OPEN.value, number, rating.unit_id, rating.indicator_id, colour, rating.id,
             rating.id, policies[colour].pk, closed_id, count + 1, "", "", "", moment.at, due,
             due, moment.today, 0, 0, 1, sealed)
        )  # fmt: skip
        events.append((key, 1, Kind.OPENED.value, moment.at, "", changes, GENESIS, sealed))
        timers.append((key, 0, due, 1, *ring[colour]))
        effect = "recurrence" if closed_id else "opened"
        effects.append(_effect(rating, effect, number))
    copy_rows(
        Case,
        ["id", "state", "number", "unit", "indicator", "colour", "rating", "latest_rating",
         "policy", "recurrence_of", "recurrence_count", "product", "authority", "verifier",
         "opened_at",
         "assign_by", "turn_due_on", "turn_began_on", "extension_count", "reopening_count", "version",
         "head_hash"],
        cases,
    )  # fmt: skip
    _write_events(events)
    copy_rows(
        Timer,
        ["case", "corrective_action_number", "due_on", "revision", "last_milestone", "next_at"],
        timers,
    )
    if len(cases) >= _LARGE:
        analyse(Case, Event, Timer)
    return effects


def _write_events(rows: Iterable[tuple[Any, ...]]) -> None:
    names = ["case", "seq", "kind", "at", "note", "changes", "previous_hash", "hash"]
    copy_rows(Event, names, rows)


def policies_on(moment: Moment) -> dict[str, Policy]:
    """The policy in force on the day for each colour."""
    rows = Policy.objects.filter(valid_from__lte=moment.today).order_by("valid_from")
    return {policy.colour: policy for policy in rows}


def assign_by(policy: Policy, moment: Moment) -> Any:
    """The day by which a case opened now is to be assigned."""
    return moment.days.shift(moment.today, policy.assign_within_working_days)


def _last_closed(units: set[int]) -> dict[Key, tuple[int, str, int]]:
    """The newest closed case of each indicator of these units."""
    newest = (
        Case.objects.filter(unit__in=units, state=State.CLOSED)
        .values("unit_id", "indicator_id")
        .annotate(newest=Max("pk"))
        .values("newest")
    )
    rows = Case.objects.filter(pk__in=newest).values_list(
        "unit_id", "indicator_id", "pk", "number", "recurrence_count"
    )
    return {row[:2]: row[2:] for row in rows}


def _next_numbers(year: int, count: int) -> list[str]:
    """Running numbers of the year, taken under a lock so that none is given twice."""
    CaseNumber.objects.get_or_create(year=year)
    counter = CaseNumber.objects.select_for_update().get(year=year)
    first = counter.last + 1
    counter.last += count
    counter.save(update_fields=["last"])
    return [f"{year}-{running:06d}" for running in range(first, first + count)]


# --- Rating a live case again ---------------------------------------------------------------


def _rate_again(pairs: list[tuple[_Live, NewRating]], intake: Intake, moment: Moment) -> list[Effect]:
    """Each live case notes its new rating; where that takes a step, the machine takes it."""
    if not pairs:
        return []
    events, noted, effects = [], [], []
    steps: dict[int, tuple[Step, str]] = {}
    unproven = _unproven([live for live, rating in pairs if _would_confirm(live, rating)], intake)
    for live, rating in pairs:
        changes = {
            "rating": [live.latest_rating_id, rating.id],
            "rated": [live.latest_colour, rating.colour],
        }
        seq, kind = live.version + 1, Kind.RATED_AGAIN.value
        sealed = seal(
            case=live.number, seq=seq, kind=kind, actor=None, at=moment.at, note="",
            changes=changes, once=None, previous=live.head_hash,
        )  # fmt: skip
        events.append((live.pk, seq, kind, moment.at, "", changes, live.head_hash, sealed))
        noted.append((live.pk, rating.id, seq, sealed))
        step = None if live.pk in unproven else _step_after(live, rating)
        if step:
            steps[live.pk] = (step, rating.colour)
        effects.append(_effect(rating, _EFFECTS[step], live.number))
    update_rows(Case, ["latest_rating", "version", "head_hash"], noted)
    _write_events(events)
    _take_steps(steps, intake, moment)
    return effects


_EFFECTS = {
    None: "rated_again",
    Step.REOPEN: "reopened",
    Step.CONFIRM: "confirmed",
    Step.CANCEL: "cancelled",
}


def _would_confirm(case: _Live, rating: NewRating) -> bool:
    return case.state == State.MONITORING and rating.colour == Colour.GREEN


def _unproven(watched: list[_Live], intake: Intake) -> set[int]:
    """Keys of watched cases that this green does not close by itself: it is not of a later period,
    the other rater says otherwise of the same period, or whoever records it did the work. It is
    noted, and the verifier decides."""
    if not watched:
        return set()
    keys = [case.pk for case in watched]
    own_work = Case.objects.filter(did_the_work(intake.recorded_by_id, OuterRef("pk")), pk__in=keys)
    said_otherwise = Rating.objects.in_force().filter(
        assessment__period=intake.period_id,
        assessment__unit__in={case.unit_id for case in watched},
        colour__in=NEEDS_WORK,
    )
    others = said_otherwise.exclude(assessment__kind=intake.kind)
    contradicted = set(others.values_list("assessment__unit_id", "indicator_id"))
    return set(own_work.values_list("pk", flat=True)) | {
        case.pk
        for case in watched
        if case.rated_from >= intake.period.starts_on or (case.unit_id, case.indicator_id) in contradicted
    }


def _step_after(case: _Live, rating: NewRating) -> Step | None:
    """The step that a new rating takes by itself in a live case."""
    if case.state == State.MONITORING and rating.colour in NEEDS_WORK:
        return Step.REOPEN
    if _would_confirm(case, rating):
        return Step.CONFIRM
    is_corrected = case.assessment_id == rating.assessment_id
    if case.state == State.OPEN and rating.colour == Colour.GREEN and is_corrected:
        return Step.CANCEL
    return None


def _take_steps(steps: dict[int, tuple[Step, str]], intake: Intake, moment: Moment) -> None:
    """Run the machine for the cases that a rating moves, and write them as one set."""
    if not steps:
        return
    cases = list(Case.objects.filter(pk__in=steps).select_related("policy").order_by("pk"))
    events = []
    for case in cases:
        step, colour = steps[case.pk]
        arrow = arrow_for(step, case.state)
        assert arrow is not None
        changes = move(case, arrow, moment, {})
        with override("vi"):  # the record keeps one language, whoever writes it
            note = f"Đánh giá kỳ {intake.period.code}: {Colour(colour).label}."
        events.append(seal_event(case, arrow.leaves, by=None, at=moment.at, note=note, changes=changes))
    names = ["state", "due_on", "check_on", "turn_due_on", "turn_began_on", "requested_due_on", "closed_at",
             "reopening_count", "version", "head_hash"]  # fmt: skip
    update_rows(Case, names, [(case.pk, *(getattr(case, name) for name in names)) for case in cases])
    write_events(events)
    _move_timers([case for case in cases if case.is_live], moment)
    restart_action_timers([case for case in cases if case.is_worked_on], moment)
    Timer.objects.filter(case__in=[case for case in cases if not case.is_live]).update(next_at=None)


def _move_timers(cases: list[Case], moment: Moment) -> None:
    by_case = {case.pk: case for case in cases}
    timers = Timer.objects.filter(case__in=by_case, corrective_action_number=0)
    rows = []
    for timer in timers:
        due_on = by_case[timer.case_id].turn_due_on
        assert due_on is not None  # a live case has its timer
        passed, next_at = deadlines.next_ring(due_on, on=moment.today, days=moment.days)
        rows.append((timer.pk, due_on, timer.revision + 1, passed, next_at))
    update_rows(Timer, ["due_on", "revision", "last_milestone", "next_at"], rows)


def _effect(rating: NewRating, effect: str, case: str) -> Effect:
    return Effect(rating.id, rating.unit_id, rating.indicator_id, rating.colour, effect, case)
