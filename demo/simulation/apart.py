"""A simulation writes to nobody: its mail, its files and its queue are not those of the installation."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from django.test.utils import override_settings

from notifications.receivers import nudge_the_teller
from workflow.models import Event
from workflow.signals import events_recorded


@contextmanager
def apart() -> Iterator[None]:
    """Mail, files and queue of the installation are left alone."""
    events_recorded.disconnect(nudge_the_teller, sender=Event)
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            override_settings(
                EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
                NOTIFICATION_CHANNELS=["notifications.mail.Mail"],
                MEDIA_ROOT=folder,
            ),
        ):
            yield
    finally:
        events_recorded.connect(nudge_the_teller, sender=Event)
