"""What notifications hear from the heart: that there is something new to read."""

from typing import Any

from django.dispatch import receiver

from workflow.models import Event
from workflow.signals import events_recorded

from .tasks import nudge, tell


@receiver(events_recorded, sender=Event)
def nudge_the_teller(sender: type[Event], **kwargs: Any) -> None:
    nudge(tell)
