"""What has happened since: the order of telling, for whoever asks instead of being told.

Events are numbered by the one reader of the record, under a lock and after their commit. So whoever
has seen a position has seen all below it: an event whose transaction took longer than that of a later
one is numbered after it, and is not missed.
"""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import QuerySet

from organisations.hands import Hand
from workflow.models import Event

from .models import Told

#: Positions that one answer looks through, so that it costs the same however few of them concern the
#: person who asks.
WINDOW = 5000


class Changes(NamedTuple):
    """Events after a position; `after` is where to go on, and `are_more` whether to do so at once."""

    events: list[tuple[int, Event]]
    after: int
    are_more: bool


def changes_after(position: int, *, hand: Hand, most: int) -> Changes:
    """What happened after a position in the cases that a person sees, oldest first; no more than `most`."""
    beyond = Told.objects.filter(position__gt=position).order_by("position")
    # The end is settled before anything is read: what is told meanwhile comes next time.
    end, are_more = _end_of_the_window(beyond)
    if end is None:
        return Changes([], position, False)
    seen = beyond.filter(hand.sees("event__case__unit__"), position__lte=end)
    around = ("event__actor", "event__case__unit", "event__case__indicator")
    told = list(seen.select_related(*around)[: most + 1])
    events = [(mark.position, mark.event) for mark in told[:most]]
    if len(told) > most:
        return Changes(events, events[-1][0], True)
    return Changes(events, end, are_more)


def _end_of_the_window(beyond: QuerySet[Told]) -> tuple[int | None, bool]:
    """The last position to look at, if there is any, and whether there are further ones."""
    positions = beyond.values_list("position", flat=True)
    edge = list(positions[WINDOW - 1 : WINDOW + 1])
    return (edge[0], len(edge) > 1) if edge else (positions.last(), False)
