"""The clock's timetable as the administrator has set it: followed without a restart, whatever fails."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from celery.beat import ScheduleEntry, Scheduler
from django.db import Error, close_old_connections

from workflow.models import Round
from workflow.rounds import as_written, has_asked, rounds_of

log = logging.getLogger(__name__)

#: How soon an edit of the timetable is noticed.
READS_EVERY_SECONDS = 3
#: A round nobody took up in this part of its interval is dropped: the next one finds the same work.
EXPIRES_AFTER = 0.9


class Timetable(Scheduler):
    """Asks for each round that is on, and notes that it did; without a database it goes by what it
    last knew, for mail may still be waiting when the database is back."""

    max_interval = READS_EVERY_SECONDS
    schedule: dict[str, ScheduleEntry]
    _read_at = float("-inf")

    def setup_schedule(self) -> None:
        self._written = dict(self.app.conf.beat_schedule)
        self._follow([as_written(name, row) for name, row in self._written.items()])

    def tick(self, *args: Any, **kwargs: Any) -> float:
        if time.monotonic() - self._read_at >= READS_EVERY_SECONDS:
            self._read_at = time.monotonic()
            with _whatever_the_database_does():
                self._follow(rounds_of(self._written))
        return super().tick(*args, **kwargs)

    def apply_async(self, entry: ScheduleEntry, *args: Any, **kwargs: Any) -> Any:
        asked = super().apply_async(entry, *args, **kwargs)
        with _whatever_the_database_does():
            has_asked(entry.name)
        return asked

    def _follow(self, rounds: list[Round]) -> None:
        """Go on by these rounds; what has not changed keeps its place in time."""
        now = self.app.now()
        entries = {round.name: self._entry(round, now) for round in rounds if round.is_on}
        known = self.schedule
        if entries.keys() != known.keys() or any(entries[name] is not known[name] for name in known):
            self.schedule = entries
            self._heap = None

    def _entry(self, round: Round, now: datetime) -> ScheduleEntry:
        """The entry of a round: due at once where it was never asked for, else when its pace says."""
        every = timedelta(seconds=round.every_seconds)
        known = self._asked(round.name, now)
        if known and known.schedule.run_every == every:
            return known
        return self.Entry(
            name=round.name,
            task=self._written[round.name]["task"],
            schedule=every,
            options={"expires": EXPIRES_AFTER * round.every_seconds},
            last_run_at=known.last_run_at if known else now - every,
            total_run_count=known.total_run_count if known else 0,
            app=self.app,
        )

    def _asked(self, name: str, now: datetime) -> ScheduleEntry | None:
        known = self.schedule.get(name)
        # Asked for in the future: the machine's clock was set back, and would be waited for.
        return known if known and known.total_run_count and known.last_run_at <= now else None


@contextmanager
def _whatever_the_database_does() -> Iterator[None]:
    """A clock whose database is away goes on; it takes a new connection where the old one is dead."""
    try:
        close_old_connections()
        yield
    except Error as error:
        log.warning("The clock goes on without the database: %s", type(error).__name__)
