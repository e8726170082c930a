"""Many rows in few statements, the same on PostgreSQL and SQLite."""

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, cast

from django.db import connection, models

Rows = Iterable[Sequence[Any]]


@contextmanager
def collector_resting() -> Iterator[None]:
    """Without Python's cycle collector: a million new tuples hold no cycle, and looking for one
    among them takes as long as writing them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def reserve_ids(model: type[models.Model], count: int) -> range:
    """Keys for rows about to be written, of a table that is written in sets only.

    On SQLite the caller's transaction holds the write lock. On PostgreSQL the sequence jumps under a
    lock of its own: a hundred thousand calls of nextval would cost as much as the rows.
    """
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [table])
            try:
                cursor.execute(
                    "SELECT setval(seq, nextval(seq) + %s - 1) FROM pg_get_serial_sequence(%s, 'id') AS seq",
                    [count, table],
                )
                last = cursor.fetchone()[0]
            finally:
                cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [table])
            return range(last - count + 1, last + 1)
        cursor.execute(f'SELECT coalesce(max(id), 0) FROM "{table}"')
        first = cursor.fetchone()[0] + 1
    return range(first, first + count)


def copy_rows(model: type[models.Model], names: Sequence[str], rows: Rows) -> None:
    """Write new rows by the database's fastest way in: COPY, or one prepared INSERT."""
    fields = _fields(model, names)
    table = model._meta.db_table
    columns = ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
                for row in _prepared(fields, rows):
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(fields))
            cursor.executemany(
                f'INSERT INTO "{table}" ({columns}) VALUES ({places})',
                cast("Any", _prepared(fields, rows)),
            )


def update_rows(model: type[models.Model], names: Sequence[str], rows: Rows) -> None:
    """Change rows by key: each row is the key followed by the values of the named fields."""
    fields = _fields(model, names)
    prepared = list(_prepared([model._meta.pk, *fields], rows))
    if not prepared:
        return
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            places = ", ".join(["%s::bigint[]", *(f"%s::{_type(field)}[]" for field in fields)])
            cursor.execute(
                f'UPDATE "{table}" AS t SET '
                + ", ".join(f'"{field.column}" = new."{field.column}"' for field in fields)
                + f" FROM unnest({places}) AS new(id, "
                + ", ".join(f'"{field.column}"' for field in fields)
                + ") WHERE t.id = new.id",
                [list(column) for column in zip(*prepared, strict=True)],
            )
        else:
            changes = ", ".join(f'"{field.column}" = %s' for field in fields)
            cursor.executemany(
                f'UPDATE "{table}" SET {changes} WHERE id = %s',
                [(*values, key) for key, *values in prepared],
            )


def analyse(*tables: type[models.Model]) -> None:
    """Tell PostgreSQL's planner how large tables have become inside this transaction.

    Without it the foreign-key checks at COMMIT of a first big load choose a plan for empty
    tables and turn quadratic. SQLite checks keys as rows come in and needs nothing.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for model in tables:
                cursor.execute(f'ANALYZE "{model._meta.db_table}"')


def _fields(model: type[models.Model], names: Sequence[str]) -> list[Any]:
    return [model._meta.get_field(name) for name in names]


def _prepared(fields: Sequence[Any], rows: Rows) -> Rows:
    """Rows with the values that a driver does not understand by itself put into its form."""
    converters = [(i, c) for i, field in enumerate(fields) if (c := _converter(field))]
    if not converters:
        yield from rows
        return
    for row in rows:
        values = list(row)
        for i, convert in converters:
            values[i] = convert(values[i])
        yield values


def _type(field: Any) -> str:
    kind = field.rel_db_type if field.is_relation else field.db_type
    return str(kind(connection))


def _converter(field: Any) -> Callable[[Any], Any] | None:
    if isinstance(field, models.JSONField):
        return json.JSONEncoder(ensure_ascii=False).encode
    if connection.vendor == "sqlite" and isinstance(field, models.DateTimeField):
        return cache(connection.ops.adapt_datetimefield_value)
    if connection.vendor == "sqlite" and isinstance(field, models.DateField):
        return cache(connection.ops.adapt_datefield_value)
    return None
