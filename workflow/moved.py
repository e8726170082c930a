"""What of a moved date is written: the case and its record, the corrective action, the timers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from functools import cache
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from indicators.bulk import update_rows
from organisations.models import User

from . import deadlines
from .arrows import Moment
from .models import Case, Event, Timer
from .moves import Change, Move
from .operations import nudge_after_commit, seal_event, write_events
from .vocabulary import TURNS, Kind

#: Days of the calendar that a note names one by one.
NAMED = 5

_DATES = list(dict.fromkeys(name for _turn, name in TURNS.values() if name))


def record_moves(moves: Sequence[Move], change: Change, by: User | None, moment: Moment) -> list[Event]:
    """One event for each case, whatever of it moves, written with the new dates as one set."""
    if not moves:
        return []
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


def recount_timers(change: Change, moves: Sequence[Move]) -> None:
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
