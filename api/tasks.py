"""What the queue may ask of the entrance for machines."""

from celery import shared_task

from workflow.rounds import has_run

from . import once


@shared_task
def forget() -> int:
    """Let go of kept answers that have had their day."""
    count = once.forget()
    has_run(forget.name)
    return count
