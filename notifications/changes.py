"""What has happened since: the order of telling, for whoever asks instead of being told.

Events are numbered by the one reader of the record, under a lock and after their commit. So whoever
has seen a position has seen all below it: an event whose transaction took longer than that of a later
one is numbered after it, and is not missed.
"""

from __future__ import annotations

from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import QuerySet

from organisations.hands import Hand, lies_in
from organisations.questions import Question

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
    # The end is settled before anything is read: what is told meanwhile comes next time.
    end, are_more = _end_of_the_window(position)
    if end is None:
        return Changes([], position, False)
    events = _seen(position, end, hand, most + 1, columns)
    if len(events) > most:
        return Changes(events[:most], events[most - 1].position, True)
    return Changes(events, end, are_more)


def _seen(position: int, end: int, hand: Hand, most: int, columns: tuple[str, ...]) -> list[Change]:
    units, cities = hand.units_seen, hand.cities
    if not units and not cities:
        return []
    names = _names(columns)
    fact_of, more_of = (itemgetter(*map(names.index, part)) for part in (FACT, columns))
    rows = _between(len(units), len(cities), most, columns)(position, end, *units, *cities)
    return [Change(place, Fact(*fact_of(row)), more_of(row)) for place, *row in rows]


def _names(columns: tuple[str, ...]) -> list[str]:
    """Columns of an event; what is asked for both as a fact and besides is read once."""
    return list(dict.fromkeys([*FACT, *columns]))


@lru_cache(200)
def _between(units: int, cities: int, most: int, columns: tuple[str, ...]) -> Question:
    """Asks for what lies between two positions and in so many units and cities."""

    def ask(position: Any, end: Any, *given: Any) -> QuerySet[Told, Any]:
        seen = lies_in(given[:units], given[units : units + cities], "event__case__unit__")
        told = Told.objects.filter(seen, position__gt=position, position__lte=end).order_by("position")
        return told.values_list("position", *(f"event__{name}" for name in _names(columns)))[:most]

    return Question(ask, finds_many=True)


def _end_of_the_window(position: int) -> tuple[int | None, bool]:
    """The last position to look at, if there is any, and whether there are further ones."""
    edge = _edge_of(WINDOW)(position)
    if edge:
        return edge[0][0], len(edge) > 1
    return next((last for (last,) in _last(position)), None), False


def _beyond(position: Any, order: str) -> QuerySet[Told, Any]:
    return Told.objects.filter(position__gt=position).order_by(order).values_list("position")


@lru_cache(2)
def _edge_of(window: int) -> Question:
    """Asks for the last position of a window after another, and for the one after it."""
    return Question(lambda position: _beyond(position, "position")[window - 1 : window + 1])


_last = Question(lambda position: _beyond(position, "-position")[:1])
