"""A typed client that a generator makes of the description lives the story of docs/life-of-a-case.md."""

from __future__ import annotations

import importlib
import io
import json
import re
import subprocess
import sys
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any, get_args, get_type_hints
from urllib.parse import parse_qsl

import pytest
import time_machine
from django.conf import settings

from tests.conftest import A_PDF, City
from tests.test_life_of_a_case import Teller, assert_holds, story
from tests.tokens import token_of
from workflow.deadlines import LOCAL

from .trial import served
from .world import operation_at, operations

DESCRIPTION = settings.BASE_DIR / "docs" / "openapi.yaml"
HOW = Path(__file__).parent / "client.yaml"
#: What somebody writes who has the client and no other document.
TYPED_USE = """
from ve_xanh import AuthenticatedClient
from ve_xanh.api.cases import list_cases, post_case_steps_assign
from ve_xanh.models import CaseDetail, PaginatedCaseList, StepAssignRequest

client = AuthenticatedClient(base_url="https://vexanh.example", token="vexanh_…")
overdue = list_cases.sync(client=client, overdue=True, page_size=20)
if isinstance(overdue, PaginatedCaseList):
    for case in overdue.results:
        asked = StepAssignRequest(assignee="canbo@vexanh.example")
        given = post_case_steps_assign.sync(str(case.number), client=client, body=asked, if_match='"3"')
        print(given.due_on if isinstance(given, CaseDetail) else given)
"""


@pytest.fixture(scope="module")
def generated(tmp_path_factory: Any) -> Any:
    """The folder of a client that was generated without a warning."""
    folder = tmp_path_factory.mktemp("client")
    command = [
        sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none", "--fail-on-warning",
        "--path", DESCRIPTION, "--config", HOW, "--output-path", folder / "ve_xanh",
    ]  # fmt: skip
    made = subprocess.run(command, capture_output=True, text=True)
    assert made.returncode == 0, made.stdout + made.stderr
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


class TypedTeller(Teller):
    """Lives a line through the function that was generated for it."""

    def __init__(self, city: City, traveller: Any, address: str) -> None:
        super().__init__(city, traveller)
        self.address = address

    def client(self, who: str) -> Any:
        if who not in self.clients:
            kind = importlib.import_module("ve_xanh").AuthenticatedClient
            token = token_of(getattr(self.city, who))
            self.clients[who] = kind(base_url=self.address, token=token, raise_on_unexpected_status=True)
        return self.clients[who]

    def call(self, line: str, who: str, method: str, path: str, body: str = "", *, outcome: str) -> None:
        address, _mark, query = f"/api/v1/{path}".partition("?")
        ask, keys = function_of("post" if method == "UPLOAD" else method.lower(), address)
        hints = get_type_hints(ask)
        given = {name: one_of(hints[name], value) for name, value in parse_qsl(query)}
        status, _space, expected = outcome.partition(" ")
        if "body" in hints:
            try:
                given["body"] = body_of(hints["body"], method, body)
            except KeyError:  # what misses a field that is required cannot be said with types at all
                assert status == "400", line
                return
        kinds = [kind for name, kind in hints.items() if name != "return"]
        keys = [one_of(kind, key) for kind, key in zip(kinds, keys, strict=False)]
        answer = ask(*keys, client=self.client(who), **given)
        assert answer.status_code == int(status), f"{line}\n{answer.content.decode()}"
        assert answer.parsed is not None, line
        if expected:
            assert_holds(answer.parsed.to_dict(), json.loads(expected), line)


def function_of(method: str, address: str) -> tuple[Any, list[str]]:
    """What was generated for an operation, and the keys that its address holds."""
    name = operation_at(method, address)
    assert name
    _method, template, operation = operations()[name]
    keys = re.fullmatch(re.sub(r"\{\w+\}", "([^/]+)", template), address)
    assert keys
    module = importlib.import_module(f"ve_xanh.api.{operation['tags'][0].replace('-', '_')}.{name}")
    return module.sync_detailed, list(keys.groups())


def one_of(kind: Any, value: str) -> Any:
    """A word of an address as the value of a kind, or of the first of several that has it."""
    kinds = get_args(kind) or (kind,)
    if bool in kinds:
        return value == "true"
    found = next(each for each in kinds if each in (int, str) or issubclass(each, Enum))
    return found(value)


def body_of(kind: Any, method: str, body: str) -> Any:
    made = next(each for each in get_args(kind) or (kind,) if hasattr(each, "from_dict"))
    if method == "UPLOAD":
        file = importlib.import_module("ve_xanh.types").File
        return made(file=file(io.BytesIO(A_PDF), file_name=body, mime_type="application/pdf"))
    return made.from_dict(json.loads(body))


@pytest.mark.django_db
def test_the_story_is_lived_through_typed_functions(city: City, generated: Any) -> None:
    with time_machine.travel(datetime(2026, 10, 7, 9, 0, tzinfo=LOCAL)) as traveller, served() as address:
        teller = TypedTeller(city, traveller, address)
        for line in story():
            teller.tell(line)


def test_every_operation_has_its_function(generated: Any) -> None:
    made = {file.stem for file in (generated / "ve_xanh" / "api").glob("*/*.py")} - {"__init__"}
    assert made == set(operations())


def test_the_types_are_right(generated: Any) -> None:
    (generated / "use.py").write_text(TYPED_USE, encoding="utf-8")
    how = ["--strict", "--follow-imports=silent", "--config-file=", "use.py"]
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", *how], cwd=generated, capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
