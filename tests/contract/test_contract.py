"""The API keeps to its own description, whoever asks and whatever is sent: valid, invalid, in a chain."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.db import connections
from drf_spectacular.generators import SchemaGenerator
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from tests.conftest import WEDNESDAY, City
from tests.permissions.world import scene, settle
from tests.tokens import token_of

ROLES = (
    "chairperson", "delegate", "vice_chair", "staff", "supporter", "owner", "coordinator", "auditor",
    "administrator", "neighbour_chairperson", "stranger",
)  # fmt: skip


def config(token: str, address: str) -> SchemathesisConfig:
    return SchemathesisConfig.from_dict(
        {
            "base-url": address,
            "headers": {"Authorization": f"Bearer {token}"},
            "generation": {
                "database": "none", "allow-x00": False, "max-examples": 3, "deterministic": True,
                "no-shrink": True,
            },
            "phases": {
                "stateful": {"generation": {"max-examples": 10}},
            },
            "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "401", "403", "404", "409", "412", "422", "400"]}},
        }
    )  # fmt: skip


#: What may be refused although it is well formed: it refers to something, or to a day.
REFERS = re.compile(
    r"(.*\.)?(unit|period|assignee|from_person|supporters|to|taker|owner|indicator|ratings|due_on|check_on"
    r"|since|until|starts_on|ends_on|valid_from|on|code|period_from|period_to|channel|url|days|colour)(\[.*)?|file.*|"
)


@schemathesis.check
def refuses_what_is_well_formed_for_what_it_means(_context: Any, response: Any, case: Any) -> None:
    """A 400 to valid data names what it found nothing behind, and no field for its form."""
    if response.status_code == 400 and case.meta and case.meta.generation.mode.is_positive:
        named = response.json().get("errors") or {"nothing": []}
        assert all(REFERS.fullmatch(name) for name in named), named


class Quiet(WSGIRequestHandler):
    def log_message(self, *words: Any) -> None:
        """Thousands of lines that nobody reads."""


@contextmanager
def served() -> Iterator[str]:
    """The service by HTTP, in a thread on the connection of this test."""
    here, app = connections["default"], get_wsgi_application()
    here.inc_thread_sharing()

    def answer(environ: Any, start_response: Any) -> Any:
        connections["default"] = here
        return app(environ, start_response)

    with make_server("127.0.0.1", 0, answer, handler_class=Quiet) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
    here.dec_thread_sharing()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.django_db
def test_every_answer_is_one_of_those_described(city: City, role: str, time_machine, settings) -> None:
    settings.API_REQUESTS_PER_MINUTE_AND_TOKEN = settings.API_REQUESTS_PER_MINUTE_AND_ADDRESS = 10**9
    time_machine.move_to(WEDNESDAY, tick=True)
    settle(city)
    for number, name in enumerate(("planned", "in_verification", "open_case", "with_city", "closed")):
        scene(city, name, code=f"1.{number + 1}")
    token = token_of(getattr(city, role))
    described = SchemaGenerator().get_schema(request=None, public=True)
    with served() as address:
        schema = schemathesis.openapi.from_dict(
            json.loads(json.dumps(described)), config=config(token, address)
        )
        failures = found(schema)
    assert not failures, "\n".join(f"{where}\n    {what}" for where, what in failures.items())


def found(schema):
    failures: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            counts[event.phase.name if hasattr(event.phase, "name") else str(event.phase)] += len(
                event.recorder.interactions
            )
            for key, checks in event.recorder.checks.items():
                for check in checks:
                    if check.failure_info:
                        case = event.recorder.cases[key].value
                        interaction = event.recorder.interactions.get(key)
                        said = (
                            interaction.response.content[:300].decode("utf-8", "replace")
                            if interaction and interaction.response
                            else ""
                        )
                        failure = check.failure_info.failure
                        failures.setdefault(
                            f"{case.operation.label}: {check.name}",
                            f"{failure.title} {failure.message}\n    {str(case.body)[:300]} {case.query} {case.path_parameters} {case.headers}\n    {interaction.response.status_code if interaction and interaction.response else ''} {said}",
                        )
        elif isinstance(event, events.NonFatalError):
            failures[f"{event.label}: error"] = str(event.info)
        elif isinstance(event, events.FatalError):
            raise event.exception
    print(counts)
    return failures
