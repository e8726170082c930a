"""Whether a kept connection to PostgreSQL still leads anywhere: heard for nothing, not asked each time.

A server that has gone, or has sent us away, has closed its end, and that can be read. Where there is
something to read, or nothing was asked for a while (a server that lost its power says nothing), Django
asks as it always does; else silence is answer enough, and saves a busy connection a trip each request.
"""

from __future__ import annotations

import time
from select import POLLIN, poll
from typing import Any

from django.core.signals import request_started
from django.db import connections

BUSY = 5  # seconds between two requests at most


def begin_to_listen() -> None:
    """From now on, before each request; after what Django does then with connections."""
    request_started.connect(trust_the_silent, dispatch_uid="config.connections")


def trust_the_silent(**_sent: Any) -> None:
    kept: Any = connections.all(initialized_only=True)
    for connection in kept:
        if connection.vendor != "postgresql" or connection.connection is None:
            continue
        used_at, now = vars(connection).get("used_at"), time.monotonic()
        vars(connection)["used_at"] = now
        if used_at is not None and now - used_at < BUSY and _is_silent(connection):
            connection.health_check_done = True


def _is_silent(connection: Any) -> bool:
    if connection.connection.closed:
        return False
    ear = poll()
    ear.register(connection.connection.fileno(), POLLIN)
    return not ear.poll(0)
