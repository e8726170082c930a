"""The API keeps to its own description, whoever asks and whatever is sent: valid, invalid, in a chain."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from tests.conftest import WEDNESDAY, City

from .trial import Caller, served, tried
from .world import ROLES, inhabit

#: Everybody sends what is generated, alone and in chains; each edge of each field is sent by one.
USUAL = {"coverage": {"enabled": False}, "stateful": {"generation": {"max-examples": 8}}}


@pytest.fixture
def town(city: City, time_machine: Any, settings: Any, caplog: Any) -> City:
    settings.API_REQUESTS_PER_MINUTE_AND_TOKEN = settings.API_REQUESTS_PER_MINUTE_AND_ADDRESS = 10**9
    time_machine.move_to(WEDNESDAY + timedelta(hours=1), tick=True)
    inhabit(city)
    caplog.set_level("ERROR", logger="django.request")
    return city


#: On PostgreSQL those whose requests leave most behind; who may do what does not hang on the database.
HERE = ROLES if connection.vendor == "sqlite" else ("chairperson", "administrator")


@pytest.mark.parametrize("role", HERE)
@pytest.mark.django_db
def test_every_answer_is_one_of_those_described(town: City, role: str) -> None:
    caller = Caller(getattr(town, role))
    with served(caller) as address:
        faults, sent = tried(address, caller, examples=2, phases=USUAL)
    assert not faults, "\n".join(f"FAULT {where}\n    {what}" for where, what in faults.items())
    assert sent["fuzzing"] > 200, sent
    assert sent["accepted"] > 50, sent


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the edges of a field are those of its description")
@pytest.mark.parametrize("role", os.environ.get("EDGES_BY", "administrator").split())
@pytest.mark.django_db
def test_no_edge_of_any_field_is_off_the_description(town: City, role: str) -> None:
    caller = Caller(getattr(town, role))
    phases = {name: {"enabled": False} for name in ("examples", "fuzzing", "stateful")}
    with served(caller) as address:
        faults, sent = tried(address, caller, examples=1, phases=phases)
    assert not faults, "\n".join(f"FAULT {where}\n    {what}" for where, what in faults.items())
    assert sent["coverage"] > 5000, sent
    assert sent["accepted"] > 300, sent
