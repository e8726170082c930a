"""What notifications hear from the heart: that there is something new to read."""

import logging
from typing import Any

from django.dispatch import receiver
from kombu.exceptions import OperationalError

from workflow.models import Event
from workflow.signals import events_recorded

from .tasks import tell

log = logging.getLogger(__name__)


@receiver(events_recorded, sender=Event)
def nudge_the_teller(sender: type[Event], **kwargs: Any) -> None:
    """Without a broker the clock finds the events a minute later; nothing is lost but time."""
    try:
        tell.apply_async(expires=300)
    except OperationalError:
        log.warning("The broker cannot be reached; the clock will tell instead.")
