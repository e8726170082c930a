"""A file of people between its upload and its confirmation: read, refused by cell, or seen line by line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from indicators.workbook.places import Excerpt, Place, bare, standing
from indicators.workbook.tables import table_of
from organisations.models import Role
from organisations.newcomers import ADDED, GIVEN, THERE, Line, tally
from organisations.refusals import Fault, Refused
from organisations.roster import find_header, read_people

from .pieces import Piece, piece_of

#: Effect → (its name above the list, what it does).
EFFECTS = {
    ADDED: (_("Người mới"), _("Thêm người mới")),
    GIVEN: (_("Giao chức vụ"), _("Đã có người này; giao chức vụ")),
    THERE: (_("Đã có"), _("Đã có trong hệ thống, không đổi gì")),
}
ROWS = 100


class Choice(NamedTuple):
    effect: str
    label: Any
    lines: int


class Shown(NamedTuple):
    """One line as the preview says it."""

    line: Line
    role: Any
    sentence: Any


class Preview(NamedTuple):
    shown: list[Shown]
    choices: list[Choice]
    chosen: str
    piece: Piece
    new_people: int
    offices: int


def places_in(content: bytes, name: str, faults: Sequence[Fault]) -> tuple[list[Place], Excerpt | None]:
    """The faults of a file with what stands in their cells."""
    try:
        table = table_of(content, name)
        top, _columns = find_header(table)
    except Refused:
        return bare(faults), None
    return standing(table, top, faults)


def entries_of(content: bytes, name: str) -> Any:
    return read_people(table_of(content, name))


def preview_of(lines: Sequence[Line], query: QueryDict) -> Preview:
    """The part of the list that the address asks for, and what all of it would do."""
    counts = tally(lines)
    chosen = query.get("effect", "") if query.get("effect") in counts else ""
    kept = [line for line in lines if not chosen or line.effect == chosen]
    piece = piece_of(kept, query, size=ROWS)
    return Preview(
        [_shown(line) for line in piece.rows],
        [Choice(name, label, counts[name]) for name, (label, _said) in EFFECTS.items() if counts[name]],
        chosen,
        piece,
        len({line.entry.email for line in lines if line.effect == ADDED}),
        sum(line.unit is not None and line.effect != THERE for line in lines),
    )


def _shown(line: Line) -> Shown:
    role = Role(line.entry.role).label if line.entry.role else ""
    return Shown(line, role, EFFECTS[line.effect][1])
