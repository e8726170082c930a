"""Questions that are asked all day in the same words: Django writes the SQL of each once a connection, and
PostgreSQL plans it once.

To write a statement takes several times as long as to find a handful of rows by their key, and so does
to plan it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import psycopg
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import BigIntegerField, CharField, DateField, Expression, Field, QuerySet

Row = tuple[Any, ...]
Ask = Callable[..., QuerySet[Any, Any]]

_FIELDS: dict[type, Field[Any, Any]] = {int: BigIntegerField(), date: DateField(), str: CharField()}


class Given(Expression):
    """What is given when the question is asked, in the place where it is asked for."""

    def __init__(self, number: int, kind: type) -> None:
        super().__init__(output_field=_FIELDS[kind])
        self.number = number

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]

    def among(self, given: Row, connection: Any) -> Any:
        """The one that was given, as the database takes it."""
        return self.output_field.get_db_prep_value(given[self.number], connection)


class _Written(NamedTuple):
    sql: str
    params: Row
    read: Callable[[list[Row]], list[Row]]


class Question:
    """Asks with keys, days and words; `ask` makes of them columns by `values_list`, and nothing but them
    may differ: neither None nor a list is given, for with these the words would be others. They are
    compared as they are (equal, in, less, more), not looked for inside a text; of a column that leads to
    another table `In(F("unit"), …)` asks for several, for `unit__in` takes no stand-ins.

    What finds many, such as a list, is planned each time: the common and the rare are found by different
    ways, and a plan that is kept knows no difference.
    """

    def __init__(self, ask: Ask, *, finds_many: bool = False) -> None:
        self._ask, self._finds_many = ask, finds_many

    def __call__(self, *given: int | date | str) -> list[Row]:
        if wrong := [one for one in given if type(one) not in _FIELDS]:
            raise TypeError(f"a question is given keys, days and words, not {wrong}")
        connection = connections[DEFAULT_DB_ALIAS]
        try:
            written = self._written(connection, given)
        except EmptyResultSet:
            return []
        params = [one.among(given, connection) if isinstance(one, Given) else one for one in written.params]
        with _cursor(connection, is_planned_once=not self._finds_many) as cursor:
            cursor.execute(written.sql, params)
            return written.read(cursor.fetchall())

    def _written(self, connection: Any, given: Row) -> _Written:
        # Kept on the connection, to go when it goes: what reads its rows belongs to it.
        known = vars(connection).setdefault("questions", WeakKeyDictionary())
        if (written := known.get(self)) is None:
            written = known[self] = _write(self._ask, [type(one) for one in given], connection)
        return written


def _write(ask: Ask, kinds: list[type], connection: Any) -> _Written:
    stand_ins = [Given(number, kind) for number, kind in enumerate(kinds)]
    compiler: Any = ask(*stand_ins).query.get_compiler(connection=connection)
    sql, params = compiler.as_sql()
    converters = compiler.get_converters([one[0] for one in compiler.select])

    def read(rows: list[Row]) -> list[Row]:
        return [tuple(row) for row in compiler.apply_converters(rows, converters)] if converters else rows

    return _Written(sql, tuple(params), read)


class _PlannedOnce(psycopg.Cursor[Any]):
    def execute(self, query: Any, params: Any = None, **_how: Any) -> Any:
        return super().execute(query, params, prepare=True)


def _cursor(connection: Any, *, is_planned_once: bool) -> Any:
    cursor = connection.cursor()
    # What is logged is bound by the client, so that the log says all of it.
    if connection.vendor != "postgresql" or not is_planned_once or connection.queries_logged:
        return cursor
    cursor.close()
    return connection.make_cursor(_PlannedOnce(connection.connection))
