"""What the queue may ask of notifications: the queue only nudges, the database knows the work.

`now` is an instant in ISO 8601, for a rehearsal; the timetable names none.
"""

import logging
from datetime import datetime

from celery import Task, shared_task
from kombu.exceptions import OperationalError

from workflow.rounds import has_run

from . import delivery, invitations, posting, telling
from .channels import MAIL, channels

log = logging.getLogger(__name__)

#: A nudge that nobody took up by then is dropped: the clock has asked meanwhile.
NUDGE_EXPIRES_SECONDS = 60


@shared_task
def tell(now: str | None = None) -> int:
    """Tell people of what happened, and send what is not to wait."""
    told = telling.tell(now=datetime.fromisoformat(now) if now else None)
    if told:
        nudge(deliver, now=now)
        nudge(deliver_webhooks, now=now)
    has_run(tell.name)
    return told


@shared_task
def deliver(now: str | None = None, channel: str | None = None) -> int:
    """Send by one channel; asked for none, by e-mail here and by each other in a run of its own, so
    that a server that hangs holds up nobody else's."""
    if channel is None:
        for other in channels():
            if other != MAIL:
                nudge(deliver, now=now, channel=other)
    instant = datetime.fromisoformat(now) if now else None
    sent = delivery.deliver(now=instant, only=[channel or MAIL])
    if channel in (None, MAIL):
        sent += invitations.send_invitations(now=instant)
    has_run(deliver.name)
    return sent


@shared_task
def deliver_webhooks(now: str | None = None) -> int:
    """A run of its own: a receiver that is slow to answer holds up nobody's mail."""
    sent = posting.deliver_webhooks(now=datetime.fromisoformat(now) if now else None)
    has_run(deliver_webhooks.name)
    return sent


def nudge(task: Task, **given: str | None) -> None:
    """Ask for a task at once. Without a broker the clock asks for it later; nothing is lost but time."""
    try:
        task.apply_async(kwargs=given, expires=NUDGE_EXPIRES_SECONDS)
    except OperationalError:
        log.warning("The broker cannot be reached; the clock will ask for %s instead.", task.name)
