"""What stands where a workbook is at fault, so that whoever filled it in finds the cell again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.text import Truncator
from openpyxl.utils import column_index_from_string, get_column_letter

from ..refusals import Fault, Refused
from .reading import find_header, text_of
from .tables import read_table

_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
#: Nobody mends more rows at a time, and no cell is read further.
_ROWS, _CHARACTERS = 20, 80


class Place(NamedTuple):
    """One fault with the heading of its column and what stands in its cell."""

    where: str
    column: str
    stands: str
    sentence: str


class Cell(NamedTuple):
    text: str
    is_wrong: bool


class Excerpt(NamedTuple):
    """The rows of the sheet that are at fault, below its header."""

    letters: list[str]
    header: list[str]
    rows: list[tuple[int, list[Cell]]]


def places(file: Any, *, name: str, faults: Sequence[Fault]) -> tuple[list[Place], Excerpt | None]:
    """The faults of a file with what stands in their cells, and the rows they are in."""
    try:
        table = read_table(file, name=name)
        top, _columns = find_header(table, name)
    except Refused:
        return bare(faults), None
    return standing(table, top, faults)


def standing(table: list[list[Any]], top: int, faults: Sequence[Fault]) -> tuple[list[Place], Excerpt | None]:
    """The same of a table whose headings stand in row `top`."""
    in_order = sorted(faults, key=lambda fault: (_address(fault.where) or (-1, -1))[::-1])
    found = [_place(fault, table, top) for fault in in_order]
    return found, _excerpt(found, table, top)


def bare(faults: Sequence[Fault]) -> list[Place]:
    """Faults of a file that is no table."""
    return [Place(*_bare(fault)) for fault in faults]


def _bare(fault: Fault) -> tuple[str, str, str, str]:
    return fault.where, "", "", fault.sentence


def _place(fault: Fault, table: list[list[Any]], top: int) -> Place:
    at = _address(fault.where)
    if at is None:
        return Place(*_bare(fault))
    column, row = at
    return Place(fault.where, _said(table, top, column), _said(table, row, column), fault.sentence)


def _address(where: str) -> tuple[int, int] | None:
    """Column and row, counted from nothing; None for a place that is no cell."""
    match = _CELL.fullmatch(where)
    return (column_index_from_string(match[1]) - 1, int(match[2]) - 1) if match else None


def _said(table: list[list[Any]], row: int, column: int) -> str:
    values = table[row] if row < len(table) else []
    return Truncator(text_of(values[column]) if column < len(values) else "").chars(_CHARACTERS)


def _excerpt(found: list[Place], table: list[list[Any]], top: int) -> Excerpt | None:
    wrong = {at for place in found if (at := _address(place.where))}
    rows = sorted({row for _column, row in wrong if row > top})[:_ROWS]
    if not rows:
        return None
    width = len([text for text in map(text_of, table[top]) if text])
    columns = range(max(width, 1))
    return Excerpt(
        [get_column_letter(column + 1) for column in columns],
        [_said(table, top, column) for column in columns],
        [(row + 1, [Cell(_said(table, row, c), (c, row) in wrong) for c in columns]) for row in rows],
    )
