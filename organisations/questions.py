"""Questions that are asked all day in the same words: Django writes the SQL of each once a connection.

To write a statement takes it several times as long as the database takes to answer one that finds a
handful of rows by their key.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet

Row = tuple[Any, ...]
Ask = Callable[..., QuerySet[Any, Any]]


class _Written(NamedTuple):
    sql: str
    #: What stands in the statement's places: a number of what is given, or the thing itself.
    places: list[tuple[int | None, Any]]
    read: Callable[[list[Row]], list[Row]]


class Question:
    """Asks with keys and days; `ask` makes of them columns by `values_list`, and nothing but them may
    differ: neither None nor a list is given, for with these the words would be others."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def __call__(self, *given: int | date) -> list[Row]:
        connection = connections[DEFAULT_DB_ALIAS]
        written = self._written(connection, given)
        adapted = [_adapted(one, connection) for one in given]
        params = [one if n is None else adapted[n] for n, one in written.places]
        with connection.cursor() as cursor:
            cursor.execute(written.sql, params)
            return written.read(cursor.fetchall())

    def _written(self, connection: Any, given: tuple[int | date, ...]) -> _Written:
        # Kept on the connection, to go when it goes: what reads its rows belongs to it.
        known: dict[Question, _Written] = vars(connection).setdefault("questions", {})
        if self not in known:
            known[self] = _write(self._ask, given, connection)
        return known[self]


def _write(ask: Ask, given: tuple[int | date, ...], connection: Any) -> _Written:
    """Written with stand-ins that no key and no day of anybody's is, to see where each has gone."""
    stand_ins = [
        date.min + timedelta(days=n) if isinstance(one, date) else -(10**9) - n for n, one in enumerate(given)
    ]
    numbers = {_adapted(one, connection): n for n, one in enumerate(stand_ins)}
    compiler: Any = ask(*stand_ins).query.get_compiler(connection=connection)
    sql, params = compiler.as_sql()
    converters = compiler.get_converters([one[0] for one in compiler.select])

    def read(rows: list[Row]) -> list[Row]:
        return [tuple(row) for row in compiler.apply_converters(rows, converters)] if converters else rows

    return _Written(sql, [(numbers.get(one), one) for one in params], read)


def _adapted(given: int | date, connection: Any) -> Any:
    return connection.ops.adapt_datefield_value(given) if isinstance(given, date) else given
