"""A start that would be unsafe is refused with one sentence, never a traceback."""

import os
import subprocess
import sys

import pytest
from django.conf import settings


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    kept = {"PATH": os.environ["PATH"]} | environment
    command = [sys.executable, "manage.py", "check"]
    return subprocess.run(command, cwd=settings.BASE_DIR, env=kept, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({}, "SECRET_KEY"),
        ({"SECRET_KEY": "x", "DEBUG": "on", "ALLOWED_HOSTS": "vexanh.haiphong.gov.vn"}, "DEBUG"),
    ],
)
def test_an_unsafe_start_is_refused(environment: dict[str, str], says: str) -> None:
    refused = start(**environment)
    assert refused.returncode == 1
    assert says in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_production_like_start_passes_the_deployment_checks() -> None:
    kept = {"PATH": os.environ["PATH"], "SECRET_KEY": "k" * 60 + "abcdefgh", "ALLOWED_HOSTS": "x.example"}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    checked = subprocess.run(command, cwd=settings.BASE_DIR, env=kept, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
