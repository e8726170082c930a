"""What has happened since: the order of telling, for whoever asks instead of being told.

Events are numbered by the one reader of the record, under a lock and after their commit. So whoever
has seen a position has seen all below it: an event whose transaction took longer than that of a later
one is numbered after it, and is not missed.
"""

from __future__ import annotations

from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import QuerySet

from organisations.hands import Hand

from .models import Told
from .payload import FACT, Fact

#: Positions that one answer looks through, so that it costs the same however few of them concern the
#: person who asks.
WINDOW = 5000


class Change(NamedTuple):
    """An event at its position; `columns` are those that were asked for besides."""

    position: int
    fact: Fact
    columns: tuple[Any, ...]


class Changes(NamedTuple):
    """Events after a position; `after` is where to go on, and `are_more` whether to do so at once."""

    events: list[Change]
    after: int
    are_more: bool


def changes_after(position: int, *, hand: Hand, most: int, columns: tuple[str, ...]) -> Changes:
    """What happened after a position in the cases that a person sees, oldest first; no more than `most`.

    Read as columns, for making five models of each event took ten times as long as finding it.
    """
    beyond = Told.objects.filter(position__gt=position).order_by("position")
    # The end is settled before anything is read: what is told meanwhile comes next time.
    end, are_more = _end_of_the_window(beyond)
    if end is None:
        return Changes([], position, False)
    seen = beyond.filter(hand.sees("event__case__unit__"), position__lte=end)
    events = _read(seen[: most + 1], columns)
    if len(events) > most:
        return Changes(events[:most], events[most - 1].position, True)
    return Changes(events, end, are_more)


def _read(told: QuerySet[Told], columns: tuple[str, ...]) -> list[Change]:
    fact, more = ([f"event__{name}" for name in names] for names in (FACT, columns))
    fact_of, more_of = itemgetter(*fact), itemgetter(*more)
    # What both ask for is read once.
    rows = told.values("position", *dict.fromkeys([*fact, *more]))
    return [Change(row["position"], Fact(*fact_of(row)), more_of(row)) for row in rows]


def _end_of_the_window(beyond: QuerySet[Told]) -> tuple[int | None, bool]:
    """The last position to look at, if there is any, and whether there are further ones."""
    positions = beyond.values_list("position", flat=True)
    edge = list(positions[WINDOW - 1 : WINDOW + 1])
    return (edge[0], len(edge) > 1) if edge else (positions.last(), False)
