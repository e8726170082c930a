"""What the queue may ask of the heart."""

from datetime import datetime

from celery import shared_task

from . import clock
from .rounds import has_run


@shared_task
def ring_due(now: str | None = None) -> int:
    """`now` is an instant in ISO 8601, for a rehearsal; the timetable names none."""
    count = clock.ring_due(now=datetime.fromisoformat(now) if now else None)
    has_run(ring_due.name)
    return count
