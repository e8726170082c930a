"""A long list that is not in the database, shown piece by piece."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.http import QueryDict


class Piece(NamedTuple):
    """What one page shows of a list, and the addresses of the pages beside it."""

    rows: Sequence[Any]
    total: int
    before: str
    after: str


def piece_of(rows: Sequence[Any], query: QueryDict, *, size: int) -> Piece:
    """The part of a list that the address asks for; an address without sense asks for the first."""
    asked = query.get("page", "")
    last = max(0, (len(rows) - 1) // size)
    number = min(int(asked), last) if asked.isdecimal() and len(asked) < 7 else 0
    begin = number * size
    return Piece(
        rows[begin : begin + size],
        len(rows),
        _address(query, number - 1) if number else "",
        _address(query, number + 1) if number < last else "",
    )


def _address(query: QueryDict, number: int) -> str:
    changed = query.copy()
    changed["page"] = str(number)
    return "?" + changed.urlencode()
