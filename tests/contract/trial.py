"""The service by HTTP, and what a trial of it against its own description finds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connections
from knox.crypto import hash_token
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from organisations.access import AccessToken
from organisations.models import Appointment, User
from tests.tokens import token_of

from .world import described

#: Accepted, or refused for what it means: whose it is, what is there, what goes now, what it refers to.
MEANT = ["2xx", "400", "401", "403", "404", "409", "412", "422"]
#: A version that is over is refused before what was sent is looked at.
REFUSED = ["400", "401", "403", "404", "405", "406", "409", "412", "413", "415", "422", "428", "429", "5xx"]
#: Fields that refer to something, name a day, or are a file: well formed, and still nothing behind them.
REFERS = re.compile(
    r"(.*\.)?(unit|period|assignee|from_person|supporters|to|taker|owner|indicator|ratings|due_on|check_on|since"
    r"|until|starts_on|ends_on|valid_from|on|code|period_from|period_to|channel|url|days|colour|query|name|email"
    r"|department|role|cases|edition|legal_instrument|full_name|parent|giver|typed|compared_on)(\[.*)?|file.*|"
)


@schemathesis.check
def refuses_what_is_well_formed_for_what_it_means(_context: Any, response: Any, case: Any) -> None:
    """A 400 to valid data names what it found nothing behind, and no field for its form."""
    if response.status_code == 400 and case.meta and case.meta.generation.mode.is_positive:
        named = response.json().get("errors") or {"nothing": []}
        assert all(REFERS.fullmatch(name) for name in named), named


class _Quiet(WSGIRequestHandler):
    def log_message(self, *words: Any) -> None:
        """Thousands of lines that nobody reads."""


class Caller:
    """Whoever tries may revoke their own token or end their own office: then they get it again, so that
    not all that follows is refused."""

    def __init__(self, person: User) -> None:
        self.token = token_of(person)
        self._person = person
        self._offices = list(Appointment.objects.filter(user=person).values_list("pk", "until"))
        self._row = AccessToken.objects.filter(user=person).values().get(digest=hash_token(self.token))

    def come_again(self) -> None:
        if not AccessToken.objects.filter(digest=self._row["digest"]).exists():
            AccessToken(**self._row | {"id": None}).save()
        User.objects.filter(pk=self._person.pk, is_active=False).update(is_active=True)
        for office, until in self._offices:
            Appointment.objects.filter(pk=office).exclude(until=until).update(until=until)


@contextmanager
def served(caller: Caller | None = None) -> Iterator[str]:
    """The service in a thread, on the connection of this test, so that nothing it did stays."""
    here, app = connections["default"], get_wsgi_application()
    here.inc_thread_sharing()
    # A request begins by closing connections that are old or not as it would leave them; this one is both.
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)

    def answer(environ: Any, start_response: Any) -> Any:
        connections["default"] = here
        try:
            return app(environ, start_response)
        finally:
            if caller and environ["REQUEST_METHOD"] in ("POST", "DELETE"):
                caller.come_again()

    with make_server("127.0.0.1", 0, answer, handler_class=_Quiet) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
            request_started.connect(close_old_connections)
            request_finished.connect(close_old_connections)
            here.dec_thread_sharing()


def tried(
    address: str, caller: Caller, *, examples: int, phases: dict[str, Any]
) -> tuple[dict[str, str], Counter[str]]:
    """Faults by operation and check, and how many requests each phase sent."""
    config = {
        "base-url": address,
        "headers": {"Authorization": f"Bearer {caller.token}"},
        "generation": {
            "database": "none", "allow-x00": False, "max-examples": examples, "deterministic": True,
            "no-shrink": True,
        },
        "phases": phases,
        "checks": {
            "positive_data_acceptance": {"expected-statuses": MEANT},
            "negative_data_rejection": {"expected-statuses": REFUSED},
        },
    }  # fmt: skip
    schema = schemathesis.openapi.from_dict(described(), config=SchemathesisConfig.from_dict(config))
    faults: dict[str, str] = {}
    sent: Counter[str] = Counter()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            answers = [done.response for done in event.recorder.interactions.values()]
            sent[event.phase.value] += len(answers)
            sent["accepted"] += sum(answer is not None and answer.status_code < 300 for answer in answers)
            faults |= dict(_faults(event.recorder))
        elif isinstance(event, events.NonFatalError):
            faults[event.label] = str(event.info)
        elif isinstance(event, events.FatalError):
            raise event.exception
    return faults, sent


def _faults(recorder: Any) -> Iterator[tuple[str, str]]:
    for key, checks in recorder.checks.items():
        for failed in (check for check in checks if check.failure_info):
            case, answer = recorder.cases[key].value, recorder.interactions[key].response
            said = f"{answer.status_code} {answer.content[:500].decode(errors='replace')}" if answer else ""
            asked = f"{case.path_parameters} {case.query} {case.headers}\n    {str(case.body)[:500]}"
            failure = failed.failure_info.failure
            yield f"{case.operation.label}: {failed.name}", f"{failure}\n    {asked}\n    {said}"
