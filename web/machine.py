"""The machine as a reader of a case sees it: where the case stands, where it has been, where it may go.

Drawn from the arrows that the code takes, so that it cannot show a way that does not exist.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from workflow.arrows import Arrow, arrows
from workflow.models import Case, Event
from workflow.rules import title_of
from workflow.vocabulary import State

#: Where each state stands: column and row of the drawing. The way from red to green runs down.
PLACES = {
    State.OPEN: (0, 0),
    State.ASSIGNED: (0, 1),
    State.IN_PROGRESS: (0, 2),
    State.IN_VERIFICATION: (0, 3),
    State.MONITORING: (0, 4),
    State.CLOSED: (0, 5),
    State.HANDED_UP: (1, 1),
    State.WITH_CITY: (1, 3),
    State.CANCELLED: (1, 5),
}
#: Units of the drawing.
WIDE, HIGH, ACROSS, DOWN, LEFT, TOP = 190, 34, 212, 60, 40, 4
WIDTH, HEIGHT = LEFT + ACROSS + WIDE + 4, TOP + 5 * DOWN + HIGH + 6


class Place(NamedTuple):
    """A state in the drawing; `mark` is "here", "been" or empty."""

    x: int
    y: int
    label: str
    mark: str


class Way(NamedTuple):
    """A line from one state to another, and whether it begins where the case stands."""

    path: str
    is_from_here: bool


class Onward(NamedTuple):
    """A step that leads away from here, in words."""

    step: str
    to: str
    who: str


class Drawing(NamedTuple):
    places: list[Place]
    ways: list[Way]
    onward: list[Onward]
    width: int = WIDTH
    width_of_a_place: int = WIDE
    middle_of_a_place: int = WIDE // 2
    height: int = HEIGHT


def machine_of(case: Case, events: Iterable[Event]) -> Drawing:
    """The drawing for a case with its record."""
    been = {pair[0] for event in events if (pair := event.changes.get("state"))}
    places = [
        Place(
            *_corner(state),
            str(state.label),
            "here" if state == case.state else "been" if state in been else "",
        )
        for state in PLACES
    ]
    moves = {
        (source, arrow.target): None
        for arrow in arrows()
        for source in arrow.sources
        if arrow.target and _is_drawn(source, arrow)
    }
    ways = [Way(_path(State(a), State(b)), a == case.state) for a, b in moves if b]
    onward = [
        Onward(
            str(arrow.step.label),
            str(arrow.target.label),
            ", ".join(str(title_of(rule)) for rule in arrow.by),
        )
        for arrow in arrows()
        if arrow.target and case.state in arrow.sources and arrow.target != case.state
    ]
    # The ways that begin here are drawn last, over the others.
    return Drawing(places, sorted(ways, key=lambda way: way.is_from_here), onward)


def _is_drawn(source: State, arrow: Arrow) -> bool:
    """Cancelling is possible from everywhere: one line says so, from the last state of work."""
    return source != arrow.target and (arrow.target != State.CANCELLED or source == State.MONITORING)


def _corner(state: State) -> tuple[int, int]:
    column, row = PLACES[state]
    return LEFT + column * ACROSS, TOP + row * DOWN


def _path(source: State, target: State) -> str:
    (column, row), (to_column, to_row) = PLACES[source], PLACES[target]
    (x, y), (to_x, to_y) = _corner(source), _corner(target)
    if column != to_column:
        return _across(x, y, to_x, to_y)
    if to_row == row + 1 or (column == 1 and to_row > row):
        return f"M{x + WIDE // 2} {y + HIGH}V{to_y - 5}"
    out = 12 * min(abs(row - to_row), 3)  # back, or over several: round the side
    start, end = y + HIGH // 2 - 4, to_y + HIGH // 2 + 6
    return f"M{x} {start}C{x - out} {start} {x - out} {end} {x - 5} {end}"


def _across(x: int, y: int, to_x: int, to_y: int) -> str:
    """Between the columns, from side to side."""
    a, b = (x + WIDE, to_x - 5) if to_x > x else (x, to_x + WIDE + 5)
    middle = (a + b) // 2
    start, end = y + HIGH // 2, to_y + HIGH // 2
    return f"M{a} {start}C{middle} {start} {middle} {end} {b} {end}"
