"""Two entrances to one operation: what each leaves behind, row by row, on the same day."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.db import connection, transaction
from django.db.models import FileField, ForeignKey, Model
from django.test.utils import CaptureQueriesContext

ROOMS = ("organisations", "indicators", "workflow", "actions", "audits", "notifications")
#: Numbers a database gives, digests over them, and what is random by its nature.
APART = {
    "id", "password", "object_id", "message_id", "digest", "salt", "hash", "previous_hash", "head_hash",
}  # fmt: skip
#: The number of a row that the deed itself made, in what is said of it.
OF_A_NEW_ROW = re.compile(r" object \(\d+\)|(?<=^webhook )\d+$")
#: Changes of a case that name a row by its number.
NUMBERED = {"rating", "evidence"}


def everything(apart: Collection[str] = ()) -> dict[str, list[str]]:
    """Every row of ours with the ledger; others are named, not numbered."""
    models = [LogEntry, *(model for room in ROOMS for model in apps.get_app_config(room).get_models())]
    rows = {model.__name__: model._default_manager.all() for model in models}
    names: dict[Any, str] = {}
    return {name: sorted(_said(row, apart, names) for row in found) for name, found in rows.items()}


def _said(row: Model, apart: Collection[str], names: dict[Any, str]) -> str:
    fields = [field for field in row._meta.concrete_fields if field.name not in {*APART, *apart}]
    return repr([(f.name, _value(row, f, names)) for f in fields if not isinstance(f, FileField)])


def _value(row: Model, field: Any, names: dict[Any, str]) -> Any:
    value = getattr(row, field.attname)
    if isinstance(field, ForeignKey) and value is not None:
        # Each is asked for once, however many rows speak of it.
        key = field.related_model, value
        if key not in names:
            names[key] = str(getattr(row, field.name))
        value = names[key]
    if isinstance(value, dict):
        return {name: said for name, said in value.items() if name not in NUMBERED}
    return OF_A_NEW_ROW.sub("", value) if isinstance(value, str) else value


def leave_the_same(
    page: Callable[[], Any], api: Callable[[], Any], *, apart: Collection[str] = ()
) -> dict[str, set[str]]:
    """Do it by either entrance, taking it back each time; answers what is new, by model."""
    before, after = everything(apart), []
    for entrance, done in ((page, (200, 302)), (api, (200, 201, 204))):
        with transaction.atomic():
            answer = entrance()
            assert answer.status_code in done, answer.content.decode()
            after.append(everything(apart))
            transaction.set_rollback(True)
    page_alone, api_alone = ({n: set(a[n]) - set(b[n]) for n in a} for a, b in (after, reversed(after)))
    differing = {n: (page_alone[n], api_alone[n]) for n in after[0] if after[0][n] != after[1][n]}
    assert not differing, differing
    return {name: set(rows) - set(before[name]) for name, rows in after[0].items() if rows != before[name]}


def asked(do: Callable[[], Any]) -> int:
    """How many questions the database was asked by a call that is answered with 200."""
    with CaptureQueriesContext(connection) as queries:
        answer = do()
        assert answer.status_code == 200, answer.content
    return len(queries)
