"""How many requests a minute: of one token or person, and of one network address."""

from __future__ import annotations

import hashlib
import logging
import time
from threading import Lock
from typing import Any

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

log = logging.getLogger(__name__)

WINDOW_SECONDS = 60


class _PerMinute(BaseThrottle):
    """Counts in whole minutes by one atomic step of the shared cache, so that no two processes of the
    web count past each other; a cache that is away limits nobody."""

    def is_within(self, who: str, most: int) -> bool:
        """Count one request of somebody, and say whether their minute still has room for it."""
        now = time.time()
        self._left = WINDOW_SECONDS - now % WINDOW_SECONDS
        minute = int(now // WINDOW_SECONDS)
        try:
            return _ahead.has_room(hashlib.sha256(who.encode()).hexdigest(), minute, most)
        except (RedisError, OSError, ValueError) as fault:  # ValueError: emptied between the two
            log.warning("Requests are not counted: %s", type(fault).__name__)
            return True

    def wait(self) -> float:
        return self._left + 1


class CountedAhead:
    """Requests that the shared count was told of before they came: a process asks for up to a hundredth
    of a minute's room at a time, since to ask costs more than many an answer. Nobody gets more than
    their minute holds; of it, each process may hold that little back from the others."""

    MOST = 10

    def __init__(self) -> None:
        self._lock = Lock()
        self._minute = 0
        self._rooms: dict[str, int] = {}

    def has_room(self, who: str, minute: int, most: int) -> bool:
        key = f"requests:{minute}:{most}:{who}"
        if self._is_there(key, minute):
            return True
        # Whoever is behind at the turn of a minute, or by a clock set back, is counted one by one.
        ahead = 1 if minute < self._minute else max(1, min(self.MOST, most // 100))
        room = min(ahead, most - (_counted(key, ahead) - ahead))
        if room > 1:
            with self._lock:
                self._rooms[key] = self._rooms.get(key, 0) + room - 1
        return room > 0

    def _is_there(self, key: str, minute: int) -> bool:
        with self._lock:
            if minute > self._minute:
                self._minute, self._rooms = minute, {}
            room = self._rooms.get(key, 0)
            self._rooms |= {key: room - 1} if room else {}
            return room > 0


_ahead = CountedAhead()


def _counted(key: str, more: int) -> int:
    """How many of a minute there are with these; only the first of a minute has a counter to begin."""
    try:
        return cache.incr(key, more)
    except ValueError:
        cache.add(key, 0, timeout=2 * WINDOW_SECONDS)
        return cache.incr(key, more)


class PerAddress(_PerMinute):
    """Counted before anybody is asked who they are, so that guessing at tokens is limited as well."""

    def allow_request(self, request: Request, view: Any) -> bool:
        return self.is_within(
            f"address {self.get_ident(request)}", settings.API_REQUESTS_PER_MINUTE_AND_ADDRESS
        )


class PerToken(_PerMinute):
    """Of one token; of whoever comes with a session, all they do. Whoever is nobody has no minute here."""

    def allow_request(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return True
        who = f"token {request.auth.pk}" if request.auth else f"person {request.user.pk}"
        return self.is_within(who, settings.API_REQUESTS_PER_MINUTE_AND_TOKEN)
