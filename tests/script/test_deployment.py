"""The files for a server's installation agree with the settings and hold no secret."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = (ROOT / "docker-compose.yml").read_text()
SERVICES = yaml.safe_load(COMPOSE)["services"]
EXAMPLE = dict(
    line.split("=", 1)
    for line in (ROOT / ".env.example").read_text().splitlines()
    if line and not line.startswith("#")
)
OURS = ["migrate", "web", "worker", "post", "clock"]
# Read by docker compose alone, and read by the settings but of no use to who installs.
COMPOSE_ONLY = {"POSTGRES_PASSWORD", "PORT"}
NOT_FOR_INSTALLERS = {"DJANGO_ENV", "STATIC_ROOT"}


def test_the_example_names_every_setting_and_no_other():
    text = (ROOT / "config" / "settings.py").read_text()
    read = set(re.findall(r'\benv(?:\.\w+)?\(\s*"([A-Z_]+)"', text))
    assert set(EXAMPLE) - COMPOSE_ONLY == read - NOT_FOR_INSTALLERS


def test_every_line_of_the_example_is_explained():
    lines = (ROOT / ".env.example").read_text().splitlines()
    assigned = [number for number, line in enumerate(lines) if "=" in line and line[0] != "#"]
    assert all(lines[number - 1].startswith("# ") for number in assigned)


def test_no_secret_is_written_down():
    assert EXAMPLE["SECRET_KEY"] == EXAMPLE["POSTGRES_PASSWORD"] == ""
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD"):
        assert f"${{{name}:?" in COMPOSE


@pytest.mark.parametrize("name", OURS)
def test_every_process_of_ours_runs_with_the_same_settings(name):
    needed = {"SECRET_KEY", "DATABASE_URL", "BROKER_URL", "CACHE_URL", "ALLOWED_HOSTS", "SITE_URL"}
    assert needed <= set(SERVICES[name]["environment"])


@pytest.mark.parametrize("name", ["web", "worker", "post", "clock"])
def test_nothing_starts_on_a_database_that_is_not_up_to_date(name):
    waits_for = SERVICES[name]["depends_on"]
    assert waits_for["migrate"] == {"condition": "service_completed_successfully"}
    assert waits_for["database"] == waits_for["queue"] == {"condition": "service_healthy"}


def test_only_this_machine_reaches_the_published_ports():
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_what_must_be_kept_is_on_a_volume():
    assert SERVICES["database"]["volumes"] == ["database:/var/lib/postgresql/data"]
    assert "--appendonly yes" in SERVICES["queue"]["command"]
    assert SERVICES["queue"]["volumes"] == ["queue:/data"]
    assert all(SERVICES[name]["volumes"] == ["data:/data"] for name in OURS)


@pytest.mark.parametrize("lock", ["run.txt", "test.txt"])
def test_locks_are_hashed_and_name_no_host(lock):
    text = (ROOT / "requirements" / lock).read_text()
    assert "://" not in text
    assert "--index" not in text
    packages = re.findall(r"^[a-z0-9].*==", text, re.MULTILINE)
    assert len(packages) > 30
    assert len(packages) == len(re.findall(r"\\\n    --hash=(?:.|\n)*?(?=\n[a-z]|\Z)", text))


def test_what_runs_is_what_was_tested():
    def pins(lock):
        text = (ROOT / "requirements" / lock).read_text()
        return set(re.findall(r"^([a-z0-9][^\s;]*==\S+)", text, re.MULTILINE))

    assert pins("run.txt") < pins("test.txt")


def test_the_abandoned_state_machine_is_absent():
    for lock in ("run.txt", "test.txt"):
        text = (ROOT / "requirements" / lock).read_text()
        assert not re.search(r"^django-fsm==", text, re.MULTILINE)
