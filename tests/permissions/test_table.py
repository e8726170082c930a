"""Every cell of the table, through the API and through the pages: allowed, 401, 403, 404 or 409."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from notifications.models import Delivery, Message
from organisations.access import AccessToken
from organisations.models import Unit, User
from tests.conftest import WEDNESDAY, City
from tests.tokens import bearer, token_of
from workflow.models import Case
from workflow.vocabulary import Step

from .drawing import draw
from .table import OK, ROLES, SIGN_IN, STEPS, TABLE, UNSAID, Row
from .world import PEOPLE, person, scene, settle


@pytest.fixture
def world(city: City, time_machine) -> City:
    time_machine.move_to(WEDNESDAY, tick=False)
    settle(city)
    return city


def through_the_api(row: Row, path: str, who: User | None, asked: dict[str, Any]) -> Any:
    answer = ask_the_api(with_a_token(who), row.api, path, asked)
    return OK if answer.status_code in (200, 201, 204) else answer.status_code


def with_a_token(who: User | None) -> Client:
    return Client(headers=bearer(token_of(who)) if who else None)


def ask_the_api(client: Client, method: str, path: str, asked: dict[str, Any]) -> Any:
    path = f"/api/v1/{path}"
    if method == "get":
        return client.get(path)
    if "file" in asked:
        return client.post(path, asked)
    body = json.dumps({name: _said(value) for name, value in asked.items()})
    return getattr(client, method)(path, body, content_type="application/json")


def _said(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, User):
        return value.email
    if isinstance(value, Unit):
        return value.code
    return value.isoformat() if isinstance(value, date) else value


def through_the_pages(row: Row, path: str, who: User | None, asked: dict[str, Any]) -> Any:
    answer = ask_the_pages(signed_in(who), row.page, path, asked)
    if answer.status_code == 302:
        return SIGN_IN if answer["Location"].startswith("/accounts/login/") else OK
    return OK if answer.status_code == 200 else answer.status_code


def signed_in(who: User | None) -> Client:
    client = Client()
    if who:
        client.force_login(who)
    return client


def ask_the_pages(client: Client, method: str, path: str, asked: dict[str, Any], **how: Any) -> Any:
    return getattr(client, method)(f"/{path}", {n: _typed(v) for n, v in asked.items()} or None, **how)


def _typed(value: Any) -> Any:
    """A value as a form has it."""
    if isinstance(value, User | Unit):
        return value.pk
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else value


def filled(path: str, case: Case, city: City) -> str:
    evidence, gone = case.evidence.first(), city.people.get("gone")
    delivery = Delivery.objects.first()
    return path.format(
        number=case.number,
        evidence=evidence.pk if evidence else 0,
        unit=case.unit.code,
        lead=city.staff.pk,
        office=city.staff.appointments.get().pk,
        gone=gone.pk if gone else 0,
        webhook=delivery.webhook_id if delivery else 0,
        delivery=delivery.pk if delivery else 0,
        token=AccessToken.objects.filter(user=city.other_keeper).values_list("pk", flat=True).first() or 0,
        assessment=case.rating.assessment_id,
        message=Message.objects.values_list("pk", flat=True).first() or 0,
    )


ENTRANCES = {"api": through_the_api, "page": through_the_pages}
CELLS = [
    pytest.param(
        row,
        entrance,
        id=f"{row.title} [{entrance}]",
        marks=[pytest.mark.once] if entrance == "page" and row.api else [],
    )
    for row in TABLE
    for entrance in ENTRANCES
    if getattr(row, entrance)
]


@pytest.mark.parametrize(("row", "entrance"), CELLS)
def test_every_cell_of_a_row(world: City, row: Row, entrance: str) -> None:
    case = scene(world, row.scene)
    path = filled(row.page_path or row.path if entrance == "page" else row.path, case, world)
    asks = (row.page_asks if entrance == "page" else None) or row.asks
    found, expected = {}, {}
    for role in (role for role in ROLES if row.expected(role) != UNSAID):
        for name in PEOPLE[role]:
            expected[role, name] = row.expected(role)
            with transaction.atomic():
                who = person(world, name)
                found[role, name] = ENTRANCES[entrance](row, path, who, asks(world))
                transaction.set_rollback(True)
    assert found == expected


def test_the_table_speaks_of_every_step_allowed_and_refused() -> None:
    for each in Step:
        rows = [row for row in STEPS if f"/steps/{each.value}/" in row.path]
        assert any(row.may for row in rows), each
        assert any(row.others == 409 and not row.may for row in rows), each


def test_the_document_is_the_table() -> None:
    document = (settings.BASE_DIR / "docs" / "permissions.md").read_text(encoding="utf-8")
    assert document == draw(), "run script/permissions"
