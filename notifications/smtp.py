"""Handing a mail to a server up to its final dot, so that the last word before it goes is ours."""

from __future__ import annotations

import re
import smtplib
import socket
from collections.abc import Callable

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address


class Refused(Exception):
    """The server said no, or broke off before the mail was released: it has not gone."""


class Unanswered(Exception):
    """The mail was released and the server never answered: it may have gone, or not."""


class Postman:
    """One connection to the mail server; other backends of Django are used as they are."""

    def __init__(self) -> None:
        self._backend = get_connection()
        #: Whether the server could not be reached at all; the next mail need not try.
        self.is_down = False

    def __enter__(self) -> Postman:
        return self

    def __exit__(self, *exc: object) -> None:
        self._backend.close()

    def hand_over(self, mail: EmailMessage, release: Callable[[], bool]) -> bool:
        """Send a mail; `release` is asked at the last moment and may say no. True when it went.

        Raises Refused before the point of no return, Unanswered after it.
        """
        if not isinstance(self._backend, EmailBackend):
            if not release():
                return False
            self._backend.send_messages([mail])
            return True
        smtp = self._connected()
        self._announce(smtp, mail)
        if not release():
            # Without its final dot the server forgets the mail when the line is cut.
            self._backend.connection = None
            smtp.close()
            return False
        return self._finish(smtp)

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
        content = mail.message().as_bytes(linesep="\r\n")
        sender = sanitize_address(mail.from_email, "utf-8")
        try:
            smtp.ehlo_or_helo_if_needed()
            _expect(250, smtp.mail(sender))
            for recipient in mail.recipients():
                _expect(250, smtp.rcpt(sanitize_address(recipient, "utf-8")))
            _expect(354, smtp.docmd("DATA"))
            smtp.send(re.sub(rb"(?m)^\.", b"..", content).rstrip(b"\r\n"))
        except Refused:
            self._reset(smtp)
            raise
        except (OSError, smtplib.SMTPException) as fault:
            self._drop()
            raise Refused(str(fault)) from fault

    def _finish(self, smtp: smtplib.SMTP) -> bool:
        try:
            smtp.send(b"\r\n.\r\n")
            answer = smtp.getreply()
        except (OSError, smtplib.SMTPException) as fault:
            self._drop()
            raise Unanswered(str(fault)) from fault
        _expect(250, answer)
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


def _expect(code: int, answer: tuple[int, bytes]) -> None:
    if answer[0] != code:
        raise Refused(f"{answer[0]} {answer[1].decode(errors='replace')}")
