"""Checking the record: every chain recomputed from the events as they stand in the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from .models import Case
from .trail import Break, breaks

_COLUMNS = (
    "number", "version", "head_hash", "events__seq", "events__kind", "events__actor_id", "events__at",
    "events__note", "events__changes", "events__once", "events__previous_hash", "events__hash",
)  # fmt: skip


class _Row(NamedTuple):
    number: str
    version: int
    head_hash: str
    seq: int | None
    kind: str
    actor_id: int | None
    at: Any
    note: str
    changes: Any
    once: str | None
    previous_hash: str
    hash: str


class Checked:
    """Walks the chains of all cases, or of one; counts what it read as it goes."""

    def __init__(self, number: str | None = None) -> None:
        self._cases = Case.objects.filter(number=number) if number else Case.objects.all()
        self.cases = 0
        self.events = 0

    def breaks(self) -> Iterator[Break]:
        """The first broken link of each case whose chain does not hold."""
        return breaks(self._rows())

    def _rows(self) -> Iterator[_Row]:
        last = None
        ordered = self._cases.order_by("pk", "events__seq").values_list(*_COLUMNS)
        for values in ordered.iterator(chunk_size=5000):
            row = _Row(*values)
            self.cases += row.number != last
            self.events += row.seq is not None
            last = row.number
            yield row
