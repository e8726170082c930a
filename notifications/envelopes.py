"""Which mail carries what: steps go out at once, what the clock says in one digest a person and day."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet

from workflow import deadlines
from workflow.arrows import Moment

from .models import Message, MessageState

#: How long a digest waits for the rest of the morning's reminders.
DIGEST_WAITS = timedelta(minutes=2)


class Envelopes:
    """The mails that one reading of the record fills: per person one for steps, and the digest."""

    def __init__(self, moment: Moment) -> None:
        self.now = moment.at
        self._moment = moment
        self._for_steps: dict[int, Message] = {}
        self._digests: dict[int, Message] = {}

    def addressed(self, contents: Sequence[tuple[int, bool]]) -> list[Message]:
        """The mail for each (recipient, whether the clock says it), in the order given."""
        self._open_for_steps({person for person, is_clock in contents if not is_clock})
        self._open_digests({person for person, is_clock in contents if is_clock})
        return [(self._digests if is_clock else self._for_steps)[person] for person, is_clock in contents]

    def _open_for_steps(self, people: set[int]) -> None:
        self._write(
            self._for_steps, [self._mail(p, self.now) for p in sorted(people - self._for_steps.keys())]
        )

    def _open_digests(self, people: set[int]) -> None:
        """The digest that still waits, of whatever day; else one of today, or of the next free day.

        So after an outage of the mail server a person gets one digest, not one for each day of it.
        """
        wanted = people - self._digests.keys()
        digests = Message.objects.filter(recipient__in=wanted).exclude(digest_on=None)
        # Held, so that no sender takes it away while it is being filled.
        for digest in digests.filter(state=MessageState.PENDING).select_for_update().order_by("pk"):
            self._digests[digest.recipient_id] = digest
        taken = self._days_taken(digests.exclude(recipient__in=self._digests))
        new = []
        for person in sorted(wanted - self._digests.keys()):
            day = self._moment.today
            if person in taken:
                day = self._moment.days.shift(max(day, taken[person]), 1)
            digest = self._mail(person, max(self.now, deadlines.opening_of(day)) + DIGEST_WAITS)
            digest.digest_on = day
            new.append(digest)
        self._write(self._digests, new)

    def _days_taken(self, digests: QuerySet[Message]) -> dict[int, date]:
        """The last day, from today on, for which each person has had a digest."""
        today = self._moment.today
        begun = datetime.combine(today, datetime.min.time(), deadlines.LOCAL)
        rows = digests.filter(Q(digest_on__gte=today) | Q(sent_at__gte=begun))
        taken: dict[int, date] = {}
        for person, day in rows.values_list("recipient", "digest_on"):
            taken[person] = max(day or today, taken.get(person, today))
        return taken

    @staticmethod
    def _write(kept: dict[int, Message], new: list[Message]) -> None:
        Message.objects.bulk_create(new)
        kept |= {message.recipient_id: message for message in new}

    def _mail(self, recipient: int, next_at: datetime) -> Message:
        domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ") or "localhost"
        return Message(
            recipient_id=recipient,
            created_at=self.now,
            next_at=next_at,
            message_id=f"<{uuid.uuid4()}@{domain}>",
        )
