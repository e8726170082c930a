"""What people find in their letterboxes: every mail that Django's own backend was given to send."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

from django.core import mail

#: A line of a mail about one case, up to its number.
_OF_A_CASE = re.compile(r"- (\d{4}-\d{6}): ")


class Letter(NamedTuple):
    """A mail as it arrived, and when."""

    at: datetime
    message_id: str
    to: str
    subject: str
    lines: list[str]
    is_digest: bool

    @property
    def cases(self) -> list[str]:
        """The numbers of the cases that it names."""
        return [found[1] for line in self.lines if (found := _OF_A_CASE.match(line))]


class Letterbox:
    """All letters of a simulation, in the order in which they came."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        mail.outbox = []

    def empty(self, at: datetime) -> None:
        """Take out what has come at an instant; as text, since a year of mails fills a memory."""
        for sent in mail.outbox:
            headers = sent.extra_headers
            lines = [line for line in str(sent.body).splitlines() if line.startswith("- ")]
            # Only what somebody may unsubscribe from is a digest.
            is_digest = "List-Unsubscribe" in headers
            self.letters.append(
                Letter(at, headers["Message-ID"], sent.to[0], str(sent.subject), lines, is_digest)
            )
        mail.outbox.clear()
