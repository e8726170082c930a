"""The file of a case as a list of what is there and what is not, each with the place to write it."""

from __future__ import annotations

from typing import NamedTuple

from workflow.completeness import parts_of_the_file
from workflow.models import Case
from workflow.vocabulary import State

#: States in which a reader is told how far the file has come.
SHOWN_IN = (State.ASSIGNED, State.IN_PROGRESS, State.IN_VERIFICATION)


class Entry(NamedTuple):
    label: str
    lacking: str
    anchor: str

    @property
    def is_there(self) -> bool:
        return not self.lacking


def checklist(case: Case, *, writes: bool) -> list[Entry]:
    """Whoever writes the file is led to the field, others to the part of the page."""
    if case.state not in SHOWN_IN:
        return []
    return [Entry(part.label, part.lacking, _anchor(part.name, writes)) for part in parts_of_the_file(case)]


def _anchor(name: str, writes: bool) -> str:
    if name in ("actions", "evidence"):
        return name
    return f"analysis-{name}" if writes else "analysis"
