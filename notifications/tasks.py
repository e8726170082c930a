"""What the queue may ask of notifications: the queue only nudges, the database knows the work.

`now` is an instant in ISO 8601, for a rehearsal; the timetable names none.
"""

from datetime import datetime

from celery import shared_task

from workflow.rounds import has_run

from . import delivery, posting, telling


@shared_task
def tell(now: str | None = None) -> int:
    """Tell people of what happened, and send what is not to wait."""
    told = telling.tell(now=datetime.fromisoformat(now) if now else None)
    if told:
        deliver.delay(now=now)
        deliver_webhooks.delay(now=now)
    has_run(tell.name)
    return told


@shared_task
def deliver(now: str | None = None) -> int:
    sent = delivery.deliver(now=datetime.fromisoformat(now) if now else None)
    has_run(deliver.name)
    return sent


@shared_task
def deliver_webhooks(now: str | None = None) -> int:
    """A run of its own: a receiver that is slow to answer holds up nobody's mail."""
    sent = posting.deliver_webhooks(now=datetime.fromisoformat(now) if now else None)
    has_run(deliver_webhooks.name)
    return sent
