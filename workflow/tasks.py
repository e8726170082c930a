"""What the queue may ask of the heart."""

from celery import shared_task

from . import clock


@shared_task
def ring_due() -> int:
    return clock.ring_due()
