"""A simulated year as a stranger sees it: its letters, the rows that it left, the deadlines that ran."""

from __future__ import annotations

from .facts import Facts
from .letterbox import Letter
from .rows import CLOCK_KINDS, Happened, Said
from .runs import Run, runs_of
from .year import Year


class Seen:
    """A year from outside, with the rows that it left and the deadlines that ran in it."""

    def __init__(self, year: Year, facts: Facts | None = None) -> None:
        self.year = year
        self.letters = list(year.letters)
        self.facts = facts or Facts()
        self.runs: dict[int, list[Run]] = {
            case: runs_of(events) for case, events in self.facts.events_of.items()
        }

    def said_in(self, letter: Letter) -> list[Said]:
        """What the register says that a letter carried."""
        sending = self.facts.sending_of.get(letter.message_id)
        return self.facts.said_in[sending.pk] if sending else []

    def named_in(self, letter: Letter) -> set[int]:
        """The cases that a letter names, in its text or by the register."""
        named = {self.facts.case_of[number] for number in letter.cases if number in self.facts.case_of}
        return named | {said.case for said in self.said_in(letter) if said.case}

    def reminders_in(self, letter: Letter) -> list[Happened]:
        """The reminders that a letter carried."""
        carried = (said.event for said in self.said_in(letter) if said.kind in CLOCK_KINDS)
        return [self.facts.events[event] for event in carried if event]

    def name(self, case: int) -> str:
        return f"hồ sơ {self.facts.number_of[case]}"
