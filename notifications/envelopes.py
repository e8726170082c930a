"""Which message carries what: steps as soon as their reader likes, reminders in one digest a day."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import Q, QuerySet

from organisations.models import User
from workflow import deadlines
from workflow.arrows import Moment

from .channels import channels
from .models import Message, MessageState, Pace, Withheld
from .preferences import Wishes

#: How long a digest waits for the rest of the morning's reminders.
DIGEST_WAITS = timedelta(minutes=2)


class WayOut(NamedTuple):
    """How something is said by a channel: in a message, or not at all and why."""

    channel: str
    message: Message | None
    withheld: str = ""


class Envelopes:
    """The messages that one reading of the record fills: by channel and person, for steps and digests."""

    def __init__(self, moment: Moment) -> None:
        self.now = moment.at
        self._moment = moment
        self._channels = channels()
        self._at_once: dict[tuple[str, int], Message] = {}
        self._digests: dict[tuple[str, int], Message] = {}

    def ways_out(self, contents: Sequence[tuple[int, bool]]) -> list[list[WayOut]]:
        """The ways out of each (recipient, whether the clock says it), in the order given."""
        paces = self._paces(contents)
        for name in self._channels:
            asked = {
                pace: {p for (c, p, _), said in paces.items() if c == name and said == pace} for pace in Pace
            }
            self._open_at_once(name, asked[Pace.IMMEDIATE])
            self._open_digests(name, asked[Pace.DIGEST])
        return [[self._way_out(c, p, paces[c, p, clock]) for c in self._channels] for p, clock in contents]

    def _paces(self, contents: Iterable[tuple[int, bool]]) -> dict[tuple[str, int, bool], str]:
        """How soon each channel says each thing to each person; or why it does not."""
        people = User.objects.in_bulk({person for person, _ in contents})
        wishes = Wishes(people.keys())
        paces: dict[tuple[str, int, bool], str] = {}
        for name, channel in self._channels.items():
            for person, is_clock in set(contents):
                wish = wishes.of(person, name)
                pace = wish.reminders if is_clock else wish.steps
                if pace == Pace.OFF:
                    pace = Withheld.PREFERENCE
                elif not channel.reaches(people[person]):
                    pace = Withheld.NO_ADDRESS
                paces[name, person, is_clock] = pace
        return paces

    def _way_out(self, channel: str, person: int, pace: str) -> WayOut:
        if pace in Withheld.values:
            return WayOut(channel, None, pace)
        kept = self._digests if pace == Pace.DIGEST else self._at_once
        return WayOut(channel, kept[channel, person])

    def _open_at_once(self, channel: str, people: set[int]) -> None:
        wanted = [p for p in sorted(people) if (channel, p) not in self._at_once]
        self._write(self._at_once, [self._message(channel, p, self.now) for p in wanted])

    def _open_digests(self, channel: str, people: set[int]) -> None:
        """The digest that still waits, of whatever day; else one of the first day without any.

        So after an outage of the mail server a person gets one digest, not one for each day of it.
        """
        wanted = {p for p in people if (channel, p) not in self._digests}
        digests = Message.objects.filter(recipient__in=wanted, channel=channel).exclude(digest_on=None)
        # Held, so that no sender takes it away while it is being filled. One that may have arrived and
        # is sent again says what it said: its number would make a repeat of anything more.
        waiting = digests.filter(state=MessageState.PENDING, released_at=None)
        for digest in waiting.select_for_update().order_by("pk"):
            person = digest.recipient_id or 0
            self._digests[channel, person] = digest
            wanted.discard(person)
        taken = self._days_taken(digests.filter(recipient__in=wanted))
        new = []
        for person in sorted(wanted):
            day = self._moment.days.on_or_after(self._moment.today)
            while (person, day) in taken:
                day = self._moment.days.shift(day, 1)
            digest = self._message(channel, person, max(self.now, deadlines.opening_of(day)) + DIGEST_WAITS)
            digest.digest_on = day
            new.append(digest)
        self._write(self._digests, new)

    def _days_taken(self, digests: QuerySet[Message]) -> set[tuple[int | None, date | None]]:
        """Days from today on for which each person has had a digest already."""
        today = self._moment.today
        begun = datetime.combine(today, datetime.min.time(), deadlines.LOCAL)
        gone_since = digests.filter(Q(digest_on__gte=today) | Q(released_at__gte=begun))
        taken: set[tuple[int | None, date | None]] = set()
        for person, day, gone in gone_since.values_list("recipient", "digest_on", "released_at"):
            taken |= {(person, day), (person, gone.astimezone(deadlines.LOCAL).date() if gone else day)}
        return taken

    @staticmethod
    def _write(kept: dict[tuple[str, int], Message], new: list[Message]) -> None:
        Message.objects.bulk_create(new)
        kept |= {(message.channel, message.recipient_id or 0): message for message in new}

    def _message(self, channel: str, recipient: int, next_at: datetime) -> Message:
        domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ") or "localhost"
        return Message(
            channel=channel,
            recipient_id=recipient,
            created_at=self.now,
            next_at=next_at,
            message_id=f"<{uuid.uuid4()}@{domain}>",
        )
