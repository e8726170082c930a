"""Which part of a file a request asks for, as RFC 9110 reads it: one range, the whole, or none there is."""

from __future__ import annotations

import re
from typing import NamedTuple

_ONE = re.compile(r"bytes=[ \t]*([0-9]*)-([0-9]*)[ \t]*", re.IGNORECASE)
#: Digits of a position in any file; more lie behind its end.
_DIGITS = 18


class Span(NamedTuple):
    """From the first byte up to and with the last."""

    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1


class NotThere(Exception):
    """The part that is asked for lies outside the file (416)."""


def span_of(header: str, size: int) -> Span | None:
    """The one part that is asked for; None is the whole: several parts, or what nobody can read, are no
    reason to send less. Raises NotThere."""
    found = _ONE.fullmatch(header)
    if found is None or found.groups() == ("", ""):
        return None
    first, last = (_number(digits) for digits in found.groups())
    if first is None:
        return _the_last(last or 0, size)
    if last is not None and last < first:
        return None
    if first >= size:
        raise NotThere
    return Span(first, size - 1 if last is None else min(last, size - 1))


def _the_last(count: int, size: int) -> Span:
    if not count or not size:
        raise NotThere
    return Span(max(size - count, 0), size - 1)


def _number(digits: str) -> int | None:
    if not digits:
        return None
    digits = digits.lstrip("0") or "0"
    return int(digits) if len(digits) <= _DIGITS else 10**_DIGITS
