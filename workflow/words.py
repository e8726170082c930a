"""What somebody looks for, as the question that the database's own index of words answers."""

from __future__ import annotations

import re
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from organisations.vietnamese import fold

#: What a search says beyond this narrows nothing: a database compares only so much at once.
MAX_WORDS, MAX_CHARACTERS = 10, 200
#: The index cuts words here; what is longer is met by its beginning.
LONGEST = 60

_POSTGRESQL = "SELECT case_id FROM workflow_case_words WHERE words @@ %s::tsquery"
_SQLITE = "SELECT rowid FROM workflow_case_words WHERE workflow_case_words MATCH %s"


def words_of(text: str) -> list[str]:
    """What somebody looks for, word by word and without tones."""
    return fold(text[:MAX_CHARACTERS]).split()[:MAX_WORDS]


def saying(rows: Any, text: str, *, column: str = "search_text") -> Any:
    """Of these rows those whose text for searching holds every word."""
    for word in words_of(text):
        rows = rows.filter(**{f"{column}__contains": word})
    return rows


def cases_that_say(text: str) -> RawSQL | None:
    """The keys of cases that hold every word, or a word that begins with it; None where nothing is asked.

    The code of an indicator and a single letter are met only by themselves: "1.1" is not "1.10".
    """
    parts = [part for word in words_of(text) for part in _cut(word)]
    asked = [part[:LONGEST] for part in parts][:MAX_WORDS]
    if not asked:
        return None
    if connection.vendor == "postgresql":
        said, sql = " & ".join(_begins(f"'{word}'", word, ":*") for word in asked), _POSTGRESQL
    else:
        # This index cuts "1.4" in two; what follows each other in quotes is met only together.
        said = " AND ".join(_begins(f'"{word.replace(".", " ")}"', word, " *") for word in asked)
        sql = _SQLITE
    return RawSQL(sql, [said])  # noqa: S611 - the statement is ours, what is asked is its parameter


def _cut(word: str) -> list[str]:
    """Letters and digits; a dot belongs to a word only between digits."""
    return [part for part in re.split(r"[^a-z0-9.]+|(?<!\d)\.|\.(?!\d)", word) if part]


def _begins(quoted: str, word: str, mark: str) -> str:
    is_whole = len(word) == 1 or "." in word
    return quoted if is_whole else quoted + mark
