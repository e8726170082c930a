"""JSON as it comes in: refused by name where the database or the answer could not hold it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import parsers
from rest_framework.exceptions import ParseError, ValidationError

#: Nothing that is asked for lies deeper than ratings[3].colour.
MAX_DEPTH = 10
#: What a column of whole numbers can hold.
_MAX_INTEGER = 2**63 - 1
#: NUL, which PostgreSQL refuses, and halves of a character, which no encoding has.
IMPOSSIBLE = re.compile("[\x00\ud800-\udfff]")


class JSONParser(parsers.JSONParser):
    """Text that is Unicode, numbers of 64 bits, and no more depth than anything here has."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            data = super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError(_too_deep(), code="too_deep") from None
        if errors := {where or "non_field_errors": [said] for where, said in _faults(data)}:
            raise ValidationError(errors)
        return data


def _faults(data: Any) -> Iterator[tuple[str, str]]:
    """(where, sentence) of every value that could not be stored or said again."""
    waiting = [("", data, 0)]
    while waiting:
        where, value, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise ParseError(_too_deep(), code="too_deep")
        if isinstance(value, dict):
            for name, inside in value.items():
                sane = IMPOSSIBLE.sub("\N{REPLACEMENT CHARACTER}", name)
                if sane != name:
                    yield sane, _impossible()
                waiting.append((f"{where}.{sane}" if where else sane, inside, depth + 1))
        elif isinstance(value, list):
            waiting += [(f"{where}[{n}]", inside, depth + 1) for n, inside in enumerate(value)]
        elif isinstance(value, str) and IMPOSSIBLE.search(value):
            yield where, _impossible()
        elif isinstance(value, int) and abs(value) > _MAX_INTEGER:
            yield where, _("Số quá lớn.")


def _impossible() -> str:
    return _("Có ký tự không dùng được (NUL hoặc Unicode hỏng).")


def _too_deep() -> str:
    return _("JSON lồng quá sâu.")
