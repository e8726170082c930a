"""docs/integrating.md is true: what an integrator does is run as it stands, against a real server."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from actions.models import Evidence
from indicators.models import Rating
from notifications.hooks import make_webhook
from notifications.signing import secret_of, signed_headers
from notifications.telling import tell
from organisations.models import Role
from tests.conftest import City
from tests.tokens import token_of
from workflow.models import Case

DOCUMENT = (settings.BASE_DIR / "docs" / "integrating.md").read_text(encoding="utf-8")
LAST_YEAR = datetime(2026, 1, 6, 2, 0, tzinfo=UTC)


def frames(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", DOCUMENT, re.DOTALL)


def run(frame: str, folder: Path, variables: dict[str, str]) -> None:
    finished = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", frames("sh")[0] + frame],
        cwd=folder, env=os.environ | variables, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    said = [file.read_text(errors="replace") for file in folder.glob("*.json")]
    assert finished.returncode == 0, "\n".join([frame, finished.stdout, finished.stderr, *said])


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
@pytest.mark.django_db(transaction=True)
def test_the_five_things_an_integrator_does(city: City, live_server: Any, tmp_path: Path) -> None:
    worker = city.person("canbo1.11443", "Phạm Văn Đất", Role.STAFF)
    worker.email = "canbo1.11443@vexanh.example"
    worker.save()
    late = [city.open_case(code, period="2025-Q4", now=LAST_YEAR).number for code in ("1.2", "1.3", "1.5")]
    variables = {
        "API": f"{live_server.url}/api/v1", "TOKEN": token_of(city.chairperson), "CAN_BO": token_of(worker),
    }  # fmt: skip
    _helpers, rate, follow, page, step, prove = frames("sh")

    run(rate, tmp_path, variables)
    case = Case.objects.get(indicator__code="4.7")
    seen, done = (json.loads((tmp_path / name).read_text()) for name in ("xem-truoc.json", "da-ghi.json"))
    assert (seen["opened"], seen["dry_run"], done["opened"]) == ([case.number], True, [case.number])
    assert Rating.objects.filter(assessment__period__code="2030-Q1").count() == 2

    tell(now=timezone.now())
    run(follow, tmp_path, variables)
    assert (tmp_path / "da-xu-ly").read_text().split() == ['"type":"case.opened"'] * 4

    run(page, tmp_path, variables)
    found = re.findall(r"\d{4}-\d{6}", (tmp_path / "qua-han").read_text())
    assert found == late
    assert set(json.loads((tmp_path / "trang.json").read_text())["results"][0]) == {"number", "turn_due_on"}

    run(step, tmp_path, variables)
    stale = json.loads((tmp_path / "lan-1.json").read_text())
    assert (stale["status"], [event["kind"] for event in stale["changed"]]) == (412, ["commented"])
    case.refresh_from_db()
    assert (case.state, case.assignee) == ("assigned", worker)

    run(prove, tmp_path, variables)
    evidence = Evidence.objects.get(case=case)
    assert (evidence.name, evidence.description, evidence.added_by) == ("Sổ theo dõi.pdf", "Sổ quý I", worker)
    assert (tmp_path / "phan-1").read_bytes() == b"%PDF-1.4"

    tell(now=timezone.now())
    run(follow, tmp_path, variables)
    news = (tmp_path / "da-xu-ly").read_text().split()[4:]
    assert [kind.split(".")[1].strip('"') for kind in news] == [
        "commented", "assigned", "started", "evidence_added",
    ]  # fmt: skip


@pytest.mark.django_db
def test_a_signature_is_checked_as_the_document_says(city: City) -> None:
    [check] = frames("python")
    webhook = make_webhook("https://8.8.8.8/hook", unit=city.kien_an, by=city.coordinator)
    body = '{"type": "case.opened"}'
    headers = signed_headers(webhook, message_id="msg_1", body=body, now=timezone.now())
    said = {"secret": secret_of(webhook), "body": body, "headers": headers}
    exec(check, said)
    assert said["event"] == {"type": "case.opened"}
    with pytest.raises(Exception, match="No matching signature"):
        exec(check, said | {"body": body + " "})
