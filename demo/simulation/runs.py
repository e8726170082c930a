"""How long each deadline ran, read from the record alone: of a case, and of its corrective actions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from workflow.vocabulary import TURNS, WORKED_ON

from .rows import CLOCK_KINDS, Happened


@dataclass
class Run:
    """One deadline from the step that set it to the step that ended or moved it; None while it runs."""

    case: int
    action: int
    #: What the deadline is called in the record, or whose the corrective action is.
    name: Any
    due_on: date
    began_at: datetime
    ended_at: datetime | None = None
    rung: list[Happened] = field(default_factory=list)

    def is_running(self, at: datetime) -> bool:
        return self.began_at <= at and (self.ended_at is None or at < self.ended_at)


def runs_of(events: Iterable[Happened]) -> list[Run]:
    """The runs of all deadlines of one case, from its events in their order."""
    return _Reader().read(events)


class _Reader:
    def __init__(self) -> None:
        self.runs: list[Run] = []
        self.running: dict[int, Run] = {}
        self.case: dict[str, Any] = {}
        #: Corrective actions still to be done: number to day and owner.
        self.actions: dict[int, tuple[date, Any]] = {}

    def read(self, events: Iterable[Happened]) -> list[Run]:
        for event in events:
            if event.kind in CLOCK_KINDS:
                self._ring(event)
                continue
            if event.action:
                self._read_action(event)
            else:
                self.case |= {name: pair[1] for name, pair in event.changes.items()}
                moved = (event.changes.get("corrective_actions") or [{}, {}])[1]
                for number, day in moved.items():
                    self.actions[int(number)] = (date.fromisoformat(day), self.actions[int(number)][1])
            self._set_runs(event)
        return self.runs

    def _ring(self, event: Happened) -> None:
        run = self.running.get(event.action)
        if run is None:
            # A reminder of nothing: kept as a run of no length, for the checks to stumble over.
            due_on = date.fromisoformat(event.changes["due_on"][1])
            run = Run(event.case, event.action, None, due_on, event.at, event.at)
            self.runs.append(run)
        run.rung.append(event)

    def _read_action(self, event: Happened) -> None:
        number, changes = event.action, event.changes
        if event.kind in ("action_completed", "action_dropped"):
            self.actions.pop(number, None)
        elif event.kind in ("action_planned", "action_changed"):
            day, owner = self.actions.get(number, (None, None))
            day = date.fromisoformat(changes["due_on"][1]) if "due_on" in changes else day
            assert day is not None
            self.actions[number] = (day, changes["owner"][1] if "owner" in changes else owner)

    def _set_runs(self, event: Happened) -> None:
        wanted = dict(self._wanted())
        for number, run in list(self.running.items()):
            if wanted.get(number) != (run.due_on, run.name):
                run.ended_at = event.at
                del self.running[number]
        for number, (due_on, name) in wanted.items():
            if number not in self.running:
                self.running[number] = Run(event.case, number, name, due_on, event.at)
                self.runs.append(self.running[number])

    def _wanted(self) -> Iterator[tuple[int, tuple[date, Any]]]:
        """Which deadlines run, as things stand: number to day and name."""
        state = self.case["state"]
        name = TURNS[state][1]
        if name and self.case.get(name):
            yield 0, (date.fromisoformat(self.case[name]), name)
        if state in WORKED_ON:
            yield from self.actions.items()
