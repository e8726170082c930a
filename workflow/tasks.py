"""What the queue may ask of the heart."""

from datetime import datetime

from celery import shared_task

from . import clock


@shared_task
def ring_due(now: str | None = None) -> int:
    """`now` is an instant in ISO 8601, for a rehearsal; the timetable names none."""
    return clock.ring_due(now=datetime.fromisoformat(now) if now else None)
