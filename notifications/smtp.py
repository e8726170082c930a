"""Handing a mail to a server up to its final dot, so that the last word before it goes is ours."""

from __future__ import annotations

import re
import smtplib
import socket
import uuid
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Self

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address

from .channels import Refused, Unanswered

#: How long the server may think about a mail it has in full.
ANSWERS_WITHIN_SECONDS = 120
#: The answer of a server that takes a mail for somebody who has moved.
FORWARDED = 251


class Postman:
    """One connection to the mail server; other backends of Django are used as they are."""

    def __init__(self) -> None:
        self._backend: Any = get_connection()
        self._is_smtp = isinstance(self._backend, EmailBackend)
        #: Whether the server could not be reached at all; the next mail need not try.
        self.is_down = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._backend.close()

    @property
    def is_connected(self) -> bool:
        return not self._is_smtp or self._backend.connection is not None

    def post(self, mail: EmailMessage, release: Callable[[], bool]) -> bool:
        """Send a mail; `release` is asked at the last moment and may say no. True when it went.

        Raises Refused before the point of no return, Unanswered after it.
        """
        if not self._is_smtp:
            return release() and self._leave_to_backend(mail)
        smtp = self._connected()
        try:
            self._announce(smtp, mail)
            if release():
                return self._finish(smtp)
        except Refused:
            self._reset(smtp)
            raise
        except BaseException:
            # Nobody knows what the server would take the next words for.
            self._drop()
            raise
        # Without its final dot the server forgets the mail when the line is cut.
        self._drop()
        return False

    def _leave_to_backend(self, mail: EmailMessage) -> bool:
        try:
            self._backend.send_messages([mail])
        except Exception as fault:
            raise Unanswered(repr(fault)) from fault
        return True

    def _connected(self) -> smtplib.SMTP:
        try:
            if self._backend.open():
                # Small writes would wait for each other's answer: 21 mails a second, not 260.
                self._backend.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except (OSError, smtplib.SMTPException) as fault:
            self._drop()
            self.is_down = True
            raise Refused(str(fault)) from fault
        return self._backend.connection

    def _announce(self, smtp: smtplib.SMTP, mail: EmailMessage) -> None:
        """Everything but the final dot."""
        message: Any = mail.message()
        if message.is_multipart():
            # Else the library looks for one through all that is written.
            message.set_boundary(uuid.uuid4().hex)
        content = message.as_bytes(linesep="\r\n")
        sender, *recipients = (_sane(address) for address in (mail.from_email, *mail.recipients()))
        try:
            smtp.ehlo_or_helo_if_needed()
            _expect({250}, smtp.mail(sender))
            for recipient in recipients:
                _expect({250, FORWARDED}, smtp.rcpt(recipient))
            _expect({354}, smtp.docmd("DATA"))
            smtp.send(re.sub(rb"(?m)^\.", b"..", content).rstrip(b"\r\n"))
        except (OSError, smtplib.SMTPException) as fault:
            raise Refused(str(fault)) from fault

    def _finish(self, smtp: smtplib.SMTP) -> bool:
        try:
            # A server may look into the mail before it answers; cutting it short would only raise doubt.
            line: Any = smtp.sock
            line.settimeout(ANSWERS_WITHIN_SECONDS)
            smtp.send(b"\r\n.\r\n")
            answer = smtp.getreply()
            line.settimeout(self._backend.timeout)
        except (OSError, smtplib.SMTPException) as fault:
            raise Unanswered(str(fault)) from fault
        _expect({250}, answer)
        return True

    def _reset(self, smtp: smtplib.SMTP) -> None:
        """Keep the line for the next mail: one bad address holds back nobody else."""
        try:
            smtp.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _drop(self) -> None:
        if self._backend.connection is not None:
            self._backend.connection.close()
            self._backend.connection = None


@lru_cache(maxsize=1024)
def _sane(address: str) -> str:
    return sanitize_address(address, "utf-8")


def _expect(codes: set[int], answer: tuple[int, bytes]) -> None:
    if answer[0] not in codes:
        raise Refused(f"{answer[0]} {answer[1].decode(errors='replace')}")
