"""Ways out of the product: what each must be able to do, and which of them this installation has.

A plug-in for Zalo or SMS is one class with what `Channel` asks for, named in NOTIFICATION_CHANNELS.
Claiming, fencing, retries, preferences and the ledger are the same for all and are not its business.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from organisations.models import User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from .models import Message, Notification

MAIL = "mail"


class Refused(Exception):
    """The other side said no, or broke off before the message was released: it has not gone."""


class Unanswered(Exception):
    """The message was released and nobody said what became of it: it may have gone, or not."""


class Line(Protocol):
    """A way out held open for a run of messages."""

    @property
    def is_down(self) -> bool:
        """Whether the other side cannot be reached at all; the next message need not try."""
        ...

    @property
    def is_connected(self) -> bool:
        """Whether the other side is known to be there."""
        ...

    def hand_over(
        self, message: Message, notifications: Sequence[Notification], release: Callable[[], bool]
    ) -> bool:
        """Send a message; `release` is asked at the point of no return and may say no. True when it went.

        Raises Refused before that point, Unanswered after it.
        """
        ...


class Channel(Protocol):
    """One way out: e-mail, a file, a webhook."""

    #: The word under which it is known in preferences and in the ledger.
    name: str
    label: StrOrPromise
    #: Whether the other side recognises a repeat, so that an unknown outcome may be sent again.
    repeats_harmlessly: bool

    def reaches(self, person: User) -> bool:
        """Whether the person has an address there."""
        ...

    def open(self) -> AbstractContextManager[Line]: ...


def channels() -> dict[str, Channel]:
    """The ways out to people that this installation has, by name; e-mail is always one of them."""
    made = [import_string(path)() for path in settings.NOTIFICATION_CHANNELS]
    return {channel.name: channel for channel in made}
