"""Questions that are asked all day: the SQL of each is made once, and then only given its values.

To make the SQL of a short question costs Django more than it costs the database to answer it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Expression, Field, QuerySet
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler

#: Forms of one question that are remembered, such as orders of a list and sizes of a set.
FORMS = 256


class Given(Expression):
    """What a question leaves open, by the name under which it is given when it is asked."""

    def __init__(self, name: Hashable, field: Field[Any, Any]) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> Any:
        return "%s", [self]


class _Made(NamedTuple):
    query: Query
    sql: str
    params: tuple[Any, ...]
    columns: list[Any]


class Prepared:
    """`make` says the question as a queryset of `values_list` with `Given` where its values belong;
    what it is called with are the forms in which it is asked."""

    def __init__(self, make: Callable[..., QuerySet[Any, Any]]) -> None:
        self._make = make
        self._made = lru_cache(FORMS)(self._make_once)

    def ask(self, *form: Hashable, given: dict[Hashable, Any]) -> Iterator[tuple[Any, ...]]:
        """Rows as the queryset would answer them."""
        connection = connections[DEFAULT_DB_ALIAS]
        made = self._made(connection.vendor, *form)
        params = [_value(param, given, connection) for param in made.params]
        with connection.cursor() as cursor:
            cursor.execute(made.sql, params)
            rows = cursor.fetchall()
        compiler = SQLCompiler(made.query, connection, DEFAULT_DB_ALIAS)
        # Kept with the connection, whose they are.
        known = connection.__dict__.setdefault("prepared_converters", {})
        if (converters := known.get(made.sql)) is None:
            converters = known[made.sql] = compiler.get_converters(made.columns)
        return map(tuple, compiler.apply_converters(rows, converters)) if converters else iter(rows)

    def _make_once(self, _vendor: str, *form: Hashable) -> _Made:
        query = self._make(*form).query
        compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        columns = [column for column, _sql, _name in compiler.select or ()]
        return _Made(query, sql, tuple(params), columns)


def _value(param: Any, given: dict[Hashable, Any], connection: Any) -> Any:
    if not isinstance(param, Given):
        return param
    return param.output_field.get_db_prep_value(given[param.name], connection)
