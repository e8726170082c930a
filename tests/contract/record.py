"""Records api/examples.json: of every operation a request that was sent, and what was answered to it.

Run by script/schema, after an operation was added or changed.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from notifications.telling import tell
from tests.conftest import WEDNESDAY, City
from tests.permissions.table import TABLE, Row
from tests.permissions.test_table import _said, filled
from tests.permissions.world import PEOPLE, person, scene, settle
from tests.tokens import bearer, token_of

from .world import operation_at, operations

EXAMPLES = settings.BASE_DIR / "api" / "examples.json"
#: So many of a list are enough to see what it is.
SHOWN = 2
#: Who is asked where the table of permissions has no row: the first who is answered.
READERS = ("auditor", "administrator", "chairperson", "staff")


@pytest.mark.django_db
def test_record(city: City, time_machine: Any) -> None:
    time_machine.move_to(WEDNESDAY, tick=False)
    settle(city)
    found: dict[str, Any] = {}
    for row in (row for row in TABLE if row.api and row.may):
        with transaction.atomic():
            name, example = of_a_row(city, row)
            if name and example:
                found.setdefault(name, example)
            transaction.set_rollback(True)
    case = scene(city, "complete")
    tell(now=WEDNESDAY)
    for name, (method, template, _operation) in operations().items():
        if method == "get" and name not in found and (example := of_reading(city, case, template)):
            found[name] = example
    written = {name: found[name] for name in sorted(found)}
    EXAMPLES.write_text(json.dumps(written, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def of_a_row(city: City, row: Row) -> tuple[str | None, Any]:
    path = "/api/v1/" + filled(row.path, scene(city, row.scene), city)
    asked = row.asks(city)
    client = Client(headers=bearer(token_of(person(city, PEOPLE[row.may[0]][0]))))
    if any(hasattr(value, "chunks") for value in asked.values()):
        answer = getattr(client, row.api)(path, asked)
        sent = {name: getattr(value, "name", None) or value for name, value in asked.items()}
    else:
        sent = {name: _said(value) for name, value in asked.items()}
        answer = getattr(client, row.api)(path, json.dumps(sent), content_type="application/json")
    return operation_at(row.api, path), told(answer, sent if row.api != "get" else None)


def of_reading(city: City, case: Any, template: str) -> Any:
    values = {
        "number": case.number,
        "code": "11443",
        "id": case.rating.assessment_id,
        "unit": city.kien_an.pk,
    }
    path = re.sub(r"\{(\w+)\}", lambda found: str(values.get(found[1], city.staff.pk)), template)
    for reader in READERS:
        client = Client(headers=bearer(token_of(getattr(city, reader))))
        if example := told(client.get(path), None):
            return example
    return None


def told(answer: Any, sent: Any) -> Any:
    if answer.status_code not in (200, 201, 204):
        return None
    is_json = answer.headers.get("Content-Type", "").startswith("application/json")
    example = {"status": answer.status_code}
    example |= {"request": sent} if sent else {}
    return example | ({"response": shortened(answer.json())} if is_json else {})


#: What is made by chance, and what stands for it, so that only what has changed looks changed.
CHANCE = [
    (r"whsec_[A-Za-z0-9+/=]+", "whsec_C2FVsBQIhrscChlQIYV+b5sSYspob7oDMw=="),
    (r"key=[\w-]{20,}", "key=wIoDmzfZjVjuse9QxtHYaAP4C5rrMjr2TZ"),
    (r"msg_[0-9a-f]{32}", "msg_0f4c6a1e9b7d4c52a1b2c3d4e5f60718"),
    (r"<[0-9a-f-]{32,36}@", "<5f1c2d3e-4b5a-4c6d-8e7f-901234567890@"),
]


def shortened(said: Any) -> Any:
    if isinstance(said, str):
        for pattern, instead in CHANCE:
            said = re.sub(pattern, instead, said)
    if isinstance(said, list):
        return [shortened(one) for one in said[:SHOWN]]
    if isinstance(said, dict):
        return {name: shortened(value) for name, value in said.items()}
    return said
