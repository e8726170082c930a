"""A post office for tests: a real mail server on the loopback address, well or ill as it is told."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from notifications.delivery import deliver
from notifications.telling import tell
from workflow.clock import ring_due


class PostOffice:
    """What a mail server did with the mail it was given."""

    def __init__(self) -> None:
        self.box: list[EmailMessage] = []
        self.addresses: list[str] = []
        #: Addresses it does not know.
        self.unknown: set[str] = set()
        #: What it says of a mail that it has in full; by default that it is well.
        self.verdicts: list[str] = []
        self.hangs_up_after_the_dot = False
        #: What happens in the world between its hearing of an address and the end of the mail.
        self.meanwhile: Callable[[], object] = lambda: None
        #: What happens once it has a mail in full, before it says so.
        self.in_full: Callable[[], object] = lambda: None
        self.connections = 0

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, hostname: str, said: list) -> list:
        self.connections += 1
        session.host_name = hostname
        return said

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.unknown:
            return "550 5.1.1 no such person"
        await asyncio.to_thread(self.meanwhile)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        verdict = self.verdicts.pop(0) if self.verdicts else "250 OK"
        if verdict.startswith("250"):
            self.box.append(message_from_bytes(envelope.content, policy=policy.default))
            self.addresses += envelope.rcpt_tos
        await asyncio.to_thread(self.in_full)
        if self.hangs_up_after_the_dot:
            server.transport.abort()
        return verdict

    def mail_to(self, person: Any) -> list[EmailMessage]:
        return [m for m in self.box if m["To"] == person.email]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@pytest.fixture
def post(settings: Any) -> Iterator[PostOffice]:
    """An open post office, which mail goes to."""
    office = PostOffice()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = 5
    controller = Controller(office, hostname="127.0.0.1", port=settings.EMAIL_PORT)
    office.controller = controller
    controller.start()
    yield office
    controller.stop(no_assert=True)


def local(day: int, hour: int = 8, minute: int = 0, *, month: int = 10) -> datetime:
    """A time of a day of autumn 2026 in Hải Phòng."""
    from workflow.deadlines import LOCAL

    return datetime(2026, month, day, hour, minute, tzinfo=LOCAL)


def go_round(at: datetime) -> int:
    """The clock rings, people are told, and what waits is sent once the morning's rest has joined."""
    ring_due(now=at)
    tell(now=at)
    return deliver(now=at + timedelta(minutes=3))
