"""Dates that move because the calendar does: which, where to, and what of it is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Any, NamedTuple

from django.db.models import Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from indicators.bulk import update_rows
from organisations.models import User

from . import deadlines
from .arrows import Moment
from .calendar import WorkingDays
from .models import Case, Event, Policy, Timer
from .operations import nudge_after_commit, seal_event, write_events
from .vocabulary import TURNS, Kind, State

#: What a deadline in working days counts, by the state in which it runs; other dates were chosen.
COUNTED = {
    State.OPEN: "assign_within_working_days",
    State.IN_VERIFICATION: "verify_within_working_days",
    State.HANDED_UP: "answer_within_working_days",
}
#: Days of the calendar that a note names one by one.
NAMED = 5

_DATES = list(dict.fromkeys(name for _turn, name in TURNS.values() if name))


@dataclass(frozen=True)
class Change:
    """The calendar before and after; the days on which they differ, with name and source of each."""

    before: WorkingDays
    after: WorkingDays
    days: Mapping[date, tuple[str, str]]

    @property
    def first(self) -> date:
        return min(self.days)

    @property
    def last(self) -> date:
        return max(self.days)

    def rest_days(self, on: date) -> list[date]:
        """The days, from one on, that are no longer worked."""
        return [day for day in self.days if day >= on and not self.after.is_working(day)]


class Move(NamedTuple):
    """One deadline that moves, of the case or of a corrective action, and the days that move it."""

    case: Case
    name: str
    before: date
    after: date
    because_of: list[date]
    action: Any = None

    @property
    def key(self) -> tuple[int, int]:
        """The case and number by which a timer knows its deadline."""
        return self.case.pk, self.action.number if self.action else 0


def move_what_follows(change: Change, *, by: User | None, moment: Moment) -> tuple[list[Move], list[Event]]:
    """Move what follows from a change, one event a case; a constant number of statements.

    What is over stays: only dates from today on move, and none into the past.
    """
    cases = _affected(change, moment)
    moves = [move for case in cases if (move := _of_case(case, change, moment))]
    moves += _of_actions(cases, change, moment)
    events = _record(moves, change, by, moment) if moves else []
    _recount_timers(change, moves)
    return moves, events


# --- Which, and where to --------------------------------------------------------------------


def _affected(change: Change, moment: Moment) -> list[Case]:
    """Live cases, locked, whose running date or an outstanding corrective action may move."""
    rest = change.rest_days(moment.today)
    longest = Policy.objects.aggregate(**{name: Max(name) for name in COUNTED.values()})
    counted = Q(
        state__in=COUNTED,
        turn_due_on__gte=max(change.first, moment.today),
        turn_due_on__lte=change.before.shift(change.last, max(n or 0 for n in longest.values())),
        turn_began_on__lt=change.last,
    )
    to_do = _outstanding().filter(due_on__in=rest).values("case")
    affected = Case.objects.live().filter(counted | Q(turn_due_on__in=rest) | Q(pk__in=to_do))
    # Locked first and read after, as `operations.lock` does, in the order in which all lock.
    keys = list(affected.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    related = ("policy", "unit__parent", "indicator", "assignee")
    return list(Case.objects.filter(pk__in=keys).select_related(*related).order_by("pk"))


def _outstanding() -> Any:
    actions: Any = Case._meta.get_field("corrective_actions").related_model
    return actions.objects.filter(completed_at=None, dropped_at=None)


def _of_case(case: Case, change: Change, moment: Moment) -> Move | None:
    """Counted again from the day the turn began, or off a rest day: where the running date goes."""
    before, began = case.turn_due_on, case.turn_began_on
    if before is None or before < moment.today:
        return None
    counts = COUNTED.get(State(case.state))
    if counts and began:
        after = change.after.shift(began, getattr(case.policy, counts))
        because_of = [day for day in change.days if began < day <= max(before, after)]
    else:
        after = change.after.on_or_after(before) if before in change.days else before
        because_of = [day for day in change.days if before <= day < after]
    # Nobody becomes late by a calendar.
    if after == before or after < moment.today:
        return None
    return Move(case, case.turn_date_name, before, after, because_of)


def _of_actions(cases: Sequence[Case], change: Change, moment: Moment) -> list[Move]:
    """Corrective actions that are due on what is now a rest day go on to the next working day."""
    by_key = {case.pk: case for case in cases}
    due = _outstanding().filter(case__in=by_key, due_on__in=change.rest_days(moment.today))
    moves = []
    for action in due.select_related("owner").order_by("case", "number"):
        before, after = action.due_on, change.after.on_or_after(action.due_on)
        because_of = [day for day in change.days if before <= day < after]
        moves.append(Move(by_key[action.case_id], "due_on", before, after, because_of, action))
    return moves


# --- What is written ------------------------------------------------------------------------


def _record(moves: Sequence[Move], change: Change, by: User | None, moment: Moment) -> list[Event]:
    """One event for each case, whatever of it moves, written with the new dates as one set."""
    of_case: dict[int, list[Move]] = {}
    for move in sorted(moves, key=lambda move: move.key):
        of_case.setdefault(move.case.pk, []).append(move)
    events = []
    for moved in of_case.values():
        case, changes, note = moved[0].case, _changes(moved), _note(moved, change)
        for move in moved:
            if move.action:
                move.action.due_on = move.after
            else:
                setattr(case, move.name, move.after)
                case.turn_due_on = move.after
        events.append(seal_event(case, Kind.RESCHEDULED, by=by, at=moment.at, note=note, changes=changes))
    names = [*_DATES, "turn_due_on", "version", "head_hash"]
    update_rows(Case, names, [(e.case_id, *(getattr(e.case, name) for name in names)) for e in events])
    write_events(events)
    actions = [move.action for move in moves if move.action]
    if actions:
        update_rows(type(actions[0]), ["due_on"], [(action.pk, action.due_on) for action in actions])
    nudge_after_commit()
    return events


def _changes(moves: Sequence[Move]) -> dict[str, Any]:
    """{field: [before, after]}; corrective actions together, each by its number."""
    changes: dict[str, Any] = {
        m.name: [m.before.isoformat(), m.after.isoformat()] for m in moves if not m.action
    }
    if actions := [move for move in moves if move.action]:
        changes["corrective_actions"] = [
            {str(m.action.number): m.before.isoformat() for m in actions},
            {str(m.action.number): m.after.isoformat() for m in actions},
        ]
    return changes


def _note(moves: Sequence[Move], change: Change) -> str:
    """Which days of the calendar moved these dates, and why."""
    bearing = sorted({day for move in moves for day in move.because_of})
    with override("vi"):  # the record keeps one language, whoever writes it
        said = [_said(day, change) for day in bearing[:NAMED]]
        if len(bearing) > NAMED:
            said.append(_("và %(count)s ngày khác") % {"count": len(bearing) - NAMED})
        return _("Lịch làm việc thay đổi: %(days)s.") % {"days": "; ".join(said)}


def _said(day: date, change: Change) -> str:
    what = _("làm việc") if change.after.is_working(day) else _("nghỉ")
    reason = ", ".join(part for part in change.days[day] if part)
    return f"{day:%d/%m/%Y} {what}" + (f" ({reason})" if reason else "")


def _recount_timers(change: Change, moves: Sequence[Move]) -> None:
    """Run timers to their new dates, and count the milestones of the others again.

    What has rung stays behind each timer and the milestone after it rings next, at once where its
    day has passed: nothing rings twice, and nothing is lost.
    """
    moved = {move.key: move.after for move in moves}
    begins = datetime.combine(change.first, time.min, deadlines.LOCAL)
    ends = datetime.combine(change.last, time.max, deadlines.LOCAL)
    counted_over = Q(next_at__lte=ends, due_on__gte=change.first)
    counted_over |= Q(next_at__gte=begins, due_on__lte=change.last)
    timers = Timer.objects.filter(counted_over | Q(case__in={case for case, _number in moved}))
    columns = ("pk", "case", "corrective_action_number", "due_on", "revision", "last_milestone", "next_at")
    ring = cache(lambda due_on, last: deadlines.rings_at(due_on, deadlines.next_after(last), change.after))
    rows = []
    for key, case, number, due_on, revision, last, next_at in (
        timers.select_for_update(no_key=True).order_by("pk").values_list(*columns)
    ):
        new = moved.get((case, number), due_on)
        rings = ring(new, last) if next_at else None
        if (new, rings) != (due_on, next_at):
            rows.append((key, new, revision + (new != due_on), rings))
    update_rows(Timer, ["due_on", "revision", "next_at"], rows)
