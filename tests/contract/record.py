"""Records api/examples.json: of every operation a request that was sent, and what was answered to it.

Run by script/schema, after an operation was added or changed.
"""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any, NamedTuple

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from notifications.telling import tell
from organisations.models import Delegation
from tests.conftest import WEDNESDAY, City
from tests.permissions.table import STEPS, TABLE, Row
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
    for row in (row for row in STEPS if row.may):
        with transaction.atomic():
            case = scene(city, row.scene)
            step, body = row.path.split("/")[-2], {"cases": [case.number], **row.asks(city)}
            deed = Deed(PEOPLE[row.may[0]][0], "post", f"cases/steps/{step}/", body)
            found.setdefault(f"post_cases_steps_{step}", done(city, deed))
            transaction.set_rollback(True)
    case = scene(city, "complete")
    tell(now=WEDNESDAY)
    for name, deed in further(city).items():
        found[name] = done(city, deed)
    for name, (method, template, _operation) in operations().items():
        if method == "get" and name not in found and (example := of_reading(city, case, template)):
            found[name] = example
    written = {name: found[name] for name in sorted(found)}
    EXAMPLES.write_text(json.dumps(written, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


class Deed(NamedTuple):
    who: str
    method: str
    path: str
    body: dict[str, Any]


def further(city: City) -> dict[str, Deed]:
    """What the table of permissions has no row for, since everybody may, for themselves."""
    form = "Mã chỉ số,Mức đánh giá,Phát hiện\n2.1,Đỏ,Chưa có quy trình\n2.2,Xanh,\n".encode()
    file = SimpleUploadedFile("phieu.csv", form)
    deputy: dict[str, Any] = {
        "taker": city.supporter,
        "unit": city.kien_an,
        "since": date(2026, 12, 1),
        "until": date(2026, 12, 5),
        "reason": "Đi học",
    }
    wish = {"channel": "mail", "steps": "digest", "reminders": "digest"}
    given = Delegation.objects.get(giver=city.chairperson)
    sent = {"file": file, "period": "2026-Q4", "unit": "11443"}
    return {
        "post_assessments_import": Deed("coordinator", "post", "assessments/import/", sent),
        "put_me": Deed("staff", "put", "me/", {"language": "vi", "preferences": [wish]}),
        "post_notifications_read": Deed("staff", "post", "notifications/read/", {"ids": [1, 2]}),
        "post_me_delegations": Deed("staff", "post", "me/delegations/", deputy),
        "post_person_deputy_end": Deed(
            "administrator", "post", f"people/{city.chairperson.pk}/deputies/{given.pk}/end/", {}
        ),
        "post_me_delegation_end": Deed(
            "neighbour_chairperson", "post",
            f"me/delegations/{Delegation.objects.get(giver=city.neighbour_chairperson).pk}/end/", {}
        ),
    }  # fmt: skip


def done(city: City, deed: Deed) -> Any:
    client = Client(headers=bearer(token_of(person(city, deed.who))))
    path = f"/api/v1/{deed.path}"
    if "file" in deed.body:
        answer = client.post(path, deed.body)
        sent = {name: getattr(value, "name", None) or value for name, value in deed.body.items()}
    else:
        sent = {name: _said(value) for name, value in deed.body.items()}
        answer = getattr(client, deed.method)(path, json.dumps(sent), content_type="application/json")
    example = told(answer, sent)
    assert example, (deed, answer.content.decode())
    return example


def of_a_row(city: City, row: Row) -> tuple[str | None, Any]:
    path = filled(row.path, scene(city, row.scene), city)
    name = operation_at(row.api, f"/api/v1/{path}")
    who = PEOPLE[row.may[0]][0]
    if row.api == "get":
        client = Client(headers=bearer(token_of(person(city, who))))
        return name, told(client.get(f"/api/v1/{path}"), None)
    return name, done(city, Deed(who, row.api, path, row.asks(city)))


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
    example |= {} if sent is None else {"request": sent}
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
