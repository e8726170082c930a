"""A mail server for trials: it keeps what it took, and at any point something may happen to the world."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

Deed = Callable[[], object]
#: Points of the talk at which something may happen.
GREETED, ADDRESSED, IN_FULL = "greeted", "addressed", "in full"


class Sink:
    def __init__(self, port: int) -> None:
        self.port = port
        self.box: list[EmailMessage] = []
        #: Addresses it does not know at present.
        self.unknown: set[str] = set()
        #: What it says of the next mails that it has in full; then that all is well.
        self.verdicts: list[str] = []
        self._deeds: dict[str, list[Deed]] = defaultdict(list)
        self._controller: Controller | None = None

    def once(self, point: str, deed: Deed) -> None:
        """What happens the next time that a mail comes so far."""
        self._deeds[point].append(deed)

    def open(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def close(self) -> None:
        if self._controller:
            self._controller.stop(no_assert=True)
            self._controller = None

    async def _happens(self, point: str) -> Any:
        deed = self._deeds[point].pop(0) if self._deeds[point] else None
        return await asyncio.to_thread(deed) if deed else None

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, hostname: str, said: list) -> list:
        session.host_name = hostname
        await self._happens(GREETED)
        return said

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.unknown:
            return "550 5.1.1 no such person"
        said: str = await self._happens(ADDRESSED) or ""
        if said:
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        verdict = self.verdicts.pop(0) if self.verdicts else "250 OK"
        if verdict.startswith("250"):
            self.box.append(message_from_bytes(envelope.content, policy=policy.default))
        await self._happens(IN_FULL)
        if verdict == "250 and gone":
            server.transport.abort()
        return verdict
