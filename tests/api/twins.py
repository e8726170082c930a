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
#: Numbers a database gives, and what is random by its nature.
APART = {"id", "password", "object_id", "message_id"}
#: What holds numbers of rows that the deed itself makes.
OF_NEW_ROWS = {"changes", "hash", "previous_hash", "head_hash"}


def everything(apart: Collection[str] = ()) -> dict[str, list[str]]:
    """Every row of ours with the ledger; others are named, not numbered."""
    models = [LogEntry, *(model for room in ROOMS for model in apps.get_app_config(room).get_models())]
    rows = {model.__name__: model._default_manager.all() for model in models}
    return {name: sorted(_said(row, apart) for row in found) for name, found in rows.items()}


def _said(row: Model, apart: Collection[str]) -> str:
    fields = [field for field in row._meta.concrete_fields if field.name not in {*APART, *apart}]
    return repr([(f.name, _value(row, f)) for f in fields if not isinstance(f, FileField)])


def _value(row: Model, field: Any) -> Any:
    value = getattr(row, field.name if isinstance(field, ForeignKey) else field.attname)
    value = str(value) if isinstance(field, ForeignKey) else value
    return re.sub(r" object \(\d+\)", "", value) if isinstance(value, str) else value


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
    for name in after[0]:
        assert after[0][name] == after[1][name], name
    return {name: set(rows) - set(before[name]) for name, rows in after[0].items() if rows != before[name]}


def asked(do: Callable[[], Any]) -> int:
    """How many questions the database was asked by a call that is answered with 200."""
    with CaptureQueriesContext(connection) as queries:
        answer = do()
        assert answer.status_code == 200, answer.content
    return len(queries)
