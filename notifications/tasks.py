"""What the queue may ask of notifications: the queue only nudges, the database knows the work."""

from celery import shared_task

from . import delivery, telling


@shared_task
def tell() -> int:
    """Tell people of what happened, and send what is not to wait."""
    told = telling.tell()
    if told:
        deliver.delay()
    return told


@shared_task
def deliver() -> int:
    return delivery.deliver()
