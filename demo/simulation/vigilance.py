"""Whether a simulated year let anything overdue slip: escalated, to those in office, and never silent."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime

from .rows import CLOCK_KINDS, Happened, Said, day_of, holds
from .runs import Run
from .seen import Seen

#: After so many working days overdue a deadline has been escalated.
ESCALATED_AFTER = 7
#: Whole working days without a word between two reminders that are five working days apart.
SILENT_AT_MOST = 4


class _Clock:
    """The days on which the clock could speak: worked, and with a round in office hours."""

    def __init__(self, seen: Seen) -> None:
        self._first_rounds: list[datetime] = []
        self._days: list[date] = []
        for at in seen.year.rounds:
            if seen.facts.is_office_hour(at) and day_of(at) not in self._days[-1:]:
                self._first_rounds.append(at)
                self._days.append(day_of(at))
        self.end = max(seen.year.rounds, default=datetime.max.replace(tzinfo=UTC))

    def days(self, after: date, before: datetime) -> int:
        """How many of these days began after a day and before an instant."""
        return max(0, bisect_left(self._first_rounds, before) - bisect_right(self._days, after))


def everything_overdue_is_escalated(seen: Seen) -> Iterator[str]:
    """A case's deadline missed by more than seven working days is escalated: to the city's auditors
    and the chair of the unit, or the administrators where nobody holds the chair."""
    clock, told = _Clock(seen), _told(seen)
    for runs in seen.runs.values():
        for run in (run for run in runs if run.action == 0):
            escalated = [event for event in run.rung if event.kind == "escalated"]
            overdue = clock.days(_overdue_since(run), run.ended_at or clock.end)
            if overdue > ESCALATED_AFTER and not escalated:
                yield f"{_said(seen, run)} quá {overdue} ngày làm việc mà không được đôn đốc"
            for event in escalated:
                yield from _not_told(seen, event, told)


def _overdue_since(run: Run) -> date:
    return max(run.due_on, day_of(run.began_at))


def _said(seen: Seen, run: Run) -> str:
    action = f", hành động {run.action}" if run.action else ""
    return f"{seen.name(run.case)}{action}, hạn {run.due_on:%d/%m/%Y}"


def _told(seen: Seen) -> dict[str, set[int]]:
    told: dict[str, set[int]] = defaultdict(set)
    for said in seen.facts.said:
        told[said.key].add(said.person)
    return told


def _not_told(seen: Seen, event: Happened, told: dict[str, set[int]]) -> Iterator[str]:
    """Those in office on the day who had to hear of an escalation, and did not."""
    facts, day = seen.facts, day_of(event.at)
    unit = facts.unit_of[event.case]
    city = facts.city_of[unit]
    chairs = facts.holders(unit, "chairperson", day)
    for person in sorted((facts.holders(city, "auditor", day) | chairs) - told[f"event {event.pk}"]):
        yield f"{seen.name(event.case)}: đôn đốc ngày {day:%d/%m/%Y} không đến {facts.address_of[person]}"
    if not chairs:
        year, week, _weekday = day.isocalendar()
        reported = told[f"vacant {unit} {year}-{week:02}"]
        for person in sorted(facts.holders(city, "administrator", day) - reported):
            who, where = facts.address_of[person], facts.name_of[unit]
            yield f"{where} khuyết chủ tịch ngày {day:%d/%m/%Y} mà {who} không được báo"


def nothing_overdue_is_silent(seen: Seen) -> Iterator[str]:
    """Between two reminders of a deadline that is over, at most five working days of the clock; and
    never two reminders of it on one day."""
    clock = _Clock(seen)
    for runs in seen.runs.values():
        for run in runs:
            yield from _silent(seen, run, clock)
            for day, count in Counter(day_of(event.at) for event in run.rung).items():
                if count > 1:
                    yield f"{_said(seen, run)} được nhắc {count} lần trong ngày {day:%d/%m/%Y}"


def _silent(seen: Seen, run: Run, clock: _Clock) -> Iterator[str]:
    since = _overdue_since(run)
    for at in [*(event.at for event in run.rung), run.ended_at or clock.end]:
        silent = clock.days(since, at)
        if silent > SILENT_AT_MOST:
            yield f"{_said(seen, run)}: im lặng {silent} ngày làm việc từ {since:%d/%m/%Y}"
        since = max(since, day_of(at))


def deputies_are_told(seen: Seen) -> Iterator[str]:
    """Whoever stands in for a person who is away hears of every reminder that the person hears of."""
    told = _told(seen)
    for said in seen.facts.said:
        if said.kind in CLOCK_KINDS and said.case and said.key.startswith("event "):
            for deputy in _deputies(seen, said) - told[said.key]:
                who, giver = seen.facts.address_of[deputy], seen.facts.address_of[said.person]
                when = f"{seen.name(said.case)}, {day_of(said.at):%d/%m/%Y}"
                yield f"{when}: {who} thay {giver} mà không được nhắc"


def _deputies(seen: Seen, said: Said) -> set[int]:
    """Those in office who stand in for the reader on the day, in the unit or its city."""
    where, day = (said.unit, seen.facts.city_of[said.unit]), day_of(said.at)
    return {
        deputy.person
        for deputy in seen.facts.deputies_of[said.person]
        if deputy.unit in where
        and holds(deputy, day)
        and seen.facts.is_in_office(deputy.person, said.unit, day)
    }
