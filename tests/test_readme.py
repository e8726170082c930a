"""The README's main job by command: its curl lines are run as they stand against a real server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest
from django.conf import settings

from organisations.models import Role
from tests.tokens import token_of
from workflow.models import Case

README = settings.BASE_DIR / "README.md"


def curl_block() -> str:
    blocks = re.findall(r"```sh\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    return next(block for block in blocks if block.startswith("gui()"))


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
@pytest.mark.django_db(transaction=True)
def test_the_main_job_by_curl_ends_with_a_closed_case(city, live_server, tmp_path) -> None:
    worker = city.person("canbo1.11443", "Phạm Văn Đất", Role.STAFF)
    worker.email = "canbo1.11443@vexanh.example"
    worker.save()
    variables = {
        "API": f"{live_server.url}/api/v1",
        "DAU_MOI": token_of(city.coordinator),
        "CHU_TICH": token_of(city.chairperson),
        "CAN_BO": token_of(worker),
    }
    finished = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", curl_block()],
        cwd=tmp_path, env=os.environ | variables, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert finished.stdout.strip().endswith('"state":"closed"')
    assert Case.objects.get().state == "closed"
