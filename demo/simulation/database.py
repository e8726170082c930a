"""A database that lasts as long as a simulation: in memory, and never the city's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connections
from django.db.backends.sqlite3.base import DatabaseWrapper

_IN_MEMORY = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": ":memory:",
    "OPTIONS": {"transaction_mode": "IMMEDIATE"},
    "CONN_MAX_AGE": None,
    "CONN_HEALTH_CHECKS": False,
    "ATOMIC_REQUESTS": False,
}


@contextmanager
def a_database_of_its_own() -> Iterator[None]:
    """Everything inside happens in an empty database with all tables, and nothing of it remains.

    Whatever database the installation has: while this holds, nobody in this process reaches it.
    """
    of_the_city = connections["default"]
    settings: dict[str, Any] = deepcopy(connections.settings["default"]) | deepcopy(_IN_MEMORY)
    connections["default"] = DatabaseWrapper(settings, "default")
    # Keys of types that another database gave out mean nothing in this one.
    ContentType.objects.clear_cache()
    try:
        call_command("migrate", verbosity=0, interactive=False)
        yield
    finally:
        connections["default"].close()
        connections["default"] = of_the_city
        ContentType.objects.clear_cache()
