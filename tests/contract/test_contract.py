"""The API keeps to its own description, whoever asks and whatever is sent: valid, invalid, in a chain."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.conftest import WEDNESDAY, City
from tests.tokens import bearer, token_of

from .trial import served, tried
from .world import ROLES, inhabit

#: Everybody sends what is generated, alone and in chains; each edge of each field is sent by one.
USUAL = {"coverage": {"enabled": False}, "stateful": {"generation": {"max-examples": 15}}}


@pytest.fixture
def town(city: City, time_machine: Any, settings: Any) -> City:
    settings.API_REQUESTS_PER_MINUTE_AND_TOKEN = settings.API_REQUESTS_PER_MINUTE_AND_ADDRESS = 10**9
    time_machine.move_to(WEDNESDAY + timedelta(hours=1), tick=True)
    inhabit(city)
    return city


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.django_db
def test_every_answer_is_one_of_those_described(town: City, role: str) -> None:
    token = token_of(getattr(town, role))
    with served() as address:
        faults, sent = tried(address, token, examples=4, phases=USUAL)
    assert sent["fuzzing"] > 300, sent
    assert Client(headers=bearer(token)).get("/api/v1/me/").status_code == 200, "they had a token to the end"
    assert not faults, "\n".join(f"FAULT {where}\n    {what}" for where, what in faults.items())


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the edges of a field are those of its description")
@pytest.mark.parametrize("role", os.environ.get("EDGES_BY", "administrator").split())
@pytest.mark.django_db
def test_no_edge_of_any_field_is_off_the_description(town: City, role: str) -> None:
    phases = {name: {"enabled": False} for name in ("examples", "fuzzing", "stateful")}
    token = token_of(getattr(town, role))
    with served() as address:
        faults, sent = tried(address, token, examples=1, phases=phases)
    assert sent["coverage"] > 5000, sent
    assert Client(headers=bearer(token)).get("/api/v1/me/").status_code == 200, "they had a token to the end"
    assert not faults, "\n".join(f"FAULT {where}\n    {what}" for where, what in faults.items())
