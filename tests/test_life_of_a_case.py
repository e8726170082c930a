"""The story that docs/life-of-a-case.md tells, lived line by line through the API."""

from __future__ import annotations

import json
import re
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from rest_framework.test import APIClient

from tests.conftest import A_PDF, City
from tests.tokens import token_of
from workflow.clock import ring_due
from workflow.deadlines import LOCAL

DOCUMENT = settings.BASE_DIR / "docs" / "life-of-a-case.md"


def story() -> list[str]:
    frames = re.findall(r"```story\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    return [line for frame in frames for line in frame.strip().splitlines()]


class Teller:
    """Reads a line of the story and lives it."""

    def __init__(self, city: City, traveller: Any) -> None:
        self.city = city
        self.traveller = traveller
        self.clients: dict[str, APIClient] = {}

    def tell(self, line: str) -> None:
        words, _arrow, outcome = line.partition(" → ")
        if line.startswith("at "):
            self.traveller.move_to(datetime.fromisoformat(line[3:]).replace(tzinfo=LOCAL))
            self.clients.clear()  # a token lasts for a season, the story for longer
        elif words == "clock":
            from django.utils import timezone

            assert ring_due(now=timezone.now()) == int(outcome), line
        elif words == "trail":
            out = StringIO()
            call_command("check_trail", stdout=out)
            assert outcome in out.getvalue()
        else:
            self.call(line, *words.split(" ", 3), outcome=outcome)

    def call(self, line: str, who: str, method: str, path: str, body: str = "", *, outcome: str) -> None:
        client, address = self.client(who), f"/api/v1/{path}"
        if method == "UPLOAD":
            response = client.post(address, {"file": SimpleUploadedFile(body, A_PDF)}, format="multipart")
        else:
            sent = json.loads(body) if body else None
            response = getattr(client, method.lower())(address, sent, format="json")
        status, _space, expected = outcome.partition(" ")
        assert response.status_code == int(status), f"{line}\n{response.content.decode()}"
        if expected:
            assert_holds(response.json(), json.loads(expected), line)

    def client(self, who: str) -> APIClient:
        if who not in self.clients:
            token = token_of(getattr(self.city, who))
            self.clients[who] = APIClient()
            self.clients[who].credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return self.clients[who]


def assert_holds(answer: Any, expected: Any, line: str) -> None:
    """What the document says is in the answer; the answer may say more."""
    if isinstance(expected, dict):
        for name, value in expected.items():
            assert_holds(answer[name], value, line)
    elif isinstance(expected, list):
        assert len(answer) == len(expected), line
        for one, other in zip(answer, expected, strict=True):
            assert_holds(one, other, line)
    else:
        assert answer == expected, line


@pytest.mark.django_db
def test_the_story_of_the_document(city) -> None:
    lines = story()
    assert len(lines) > 35
    with time_machine.travel(datetime(2026, 10, 7, 9, 0, tzinfo=LOCAL)) as traveller:
        teller = Teller(city, traveller)
        for line in lines:
            teller.tell(line)
