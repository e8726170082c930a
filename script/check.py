"""Runs everything that CI runs, and says at the end what failed and what could not run."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from broker import broker
from local import ROOT
from postgres import postgres
from processes import Missing, dies_with_parent, end_on_signals, runs

PYTHON = sys.executable
LINT_IMPORTS = "from importlinter.cli import lint_imports_command as lint; lint()"
NO_TEST_RAN = 5  # pytest's exit status
PRODUCTION = {
    "DEBUG": "off",
    "HTTPS": "on",
    "ALLOWED_HOSTS": "ve-xanh.example.vn",
    "SITE_URL": "https://ve-xanh.example.vn",
}
COMPOSE = {"POSTGRES_PASSWORD": "for-this-check-only"}


class Round:
    """One run of the checks: what failed, and what could not be run on this machine."""

    def __init__(self, settings: dict[str, str]):
        self.settings = settings
        self.failed: list[str] = []
        self.not_run: list[str] = []

    def step(self, name: str, *command: str, settings: dict[str, str] | None = None, fine: int = 0) -> None:
        """Runs one check under its headline, and goes on whatever comes of it."""
        print(f"\n── {name}", flush=True)
        began = time.monotonic()
        status = subprocess.run(
            command, env=self.settings | (settings or {}), cwd=ROOT, preexec_fn=dies_with_parent()
        ).returncode
        word = "xong / done" if status in (0, fine) else "HỎNG / FAILED"
        print(f"── {name}: {word}, {time.monotonic() - began:.1f} s", flush=True)
        if status not in (0, fine):
            self.failed.append(name)

    def cannot_run(self, name: str, how_to_get: str, ci_needs_it: bool = True) -> None:
        """Remembers what is missing: nothing is left out in silence."""
        self.not_run.append(f"{name} — {how_to_get}")
        if ci_needs_it and os.environ.get("CI", "").lower() in ("1", "true"):
            self.failed.append(f"{name} (không có / missing)")

    def verdict(self) -> int:
        """The last words, and the exit status."""
        print()
        for each in self.not_run:
            print(f"CHƯA CHẠY / NOT RUN: {each}")
        print(f"HỎNG / FAILED: {', '.join(self.failed)}" if self.failed else "ĐẠT / GOOD")
        return 1 if self.failed else 0


def main(words: list[str]) -> int:
    """Checks the code, unless arguments ask for some tests only, and tests it on both databases."""
    end_on_signals()
    with tempfile.TemporaryDirectory(prefix="check-") as folder:
        ours = {"DATA_DIR": folder, "SECRET_KEY": secrets.token_urlsafe(50), "HTTPS": "off"}
        theirs = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        this = Round(theirs | ours)
        if not words:
            check_code(this)
        try:
            with broker(Path(folder)) as queue:
                this.settings["BROKER_URL"] = queue.url
                if queue.url.startswith("memory:"):
                    this.cannot_run("broker", "apt install valkey-server; BROKER_URL=redis://…")
                test(this, words)
        except Missing as missing:
            this.cannot_run("broker", str(missing))
        return this.verdict()


def check_code(this: Round) -> None:
    """Everything that can be said of the code without running its tests."""
    this.step("ruff check", PYTHON, "-m", "ruff", "check", ".")
    this.step("ruff format", PYTHON, "-m", "ruff", "format", "--check", ".")
    this.step("mypy", PYTHON, "-m", "mypy", ".")
    scripts = [str(path) for path in ROOT.glob("script/*.py")]
    this.step(
        "mypy, scripts",
        PYTHON,
        "-m",
        "mypy",
        "--config-file=",
        "--strict",
        *scripts,
        settings={"MYPYPATH": "script"},
    )
    this.step("imports", PYTHON, "-c", LINT_IMPORTS)
    this.step("migrations", PYTHON, "manage.py", "makemigrations", "--check", "--dry-run")
    strict = ("check", "--deploy", "--fail-level", "WARNING")
    this.step("deployment", PYTHON, "manage.py", *strict, settings=PRODUCTION)
    clients = (("docker", "compose"), ("docker-compose",))
    client = next((each for each in clients if runs(each[0], (*each[1:], "version"))), None)
    if client:
        this.step("compose", *client, "config", "--quiet", settings=COMPOSE)
    else:
        this.cannot_run("docker compose", "apt install docker-compose", ci_needs_it=False)


def test(this: Round, words: list[str]) -> None:
    """The tests on SQLite, pages in a browser included, and again on PostgreSQL."""
    pytest = [PYTHON, "-m", "pytest", "--dist", "worksteal", "-n"]
    without_browser = ["-m", "not browser"]
    chromium = find_chromium()
    if chromium:
        this.settings["CHROMIUM"] = chromium
    else:
        this.cannot_run("Chromium", "apt install chromium; CHROMIUM=/…")
    this.step("pytest, SQLite", *pytest, "3", *([] if chromium else without_browser), *words)
    # What the scripts do, what a browser shows and what the simulated year makes in a database of its own
    # does not depend on this one; and the trials of tests/faults hold the story from end to end. Nor does
    # how the API describes itself, what a client is made of that, and what two entrances have in common.
    elsewhere = (
        "tests/script",
        "tests/locale",
        "tests/contract/test_schema.py",
        "tests/contract/test_client.py",
        "tests/api/test_twins.py",
        "tests/demo/test_simulate_year_command.py",
        "tests/faults/test_end_to_end.py",
    )
    # Browser, servers and trials wait more than they work: one more at a time than there are cores keeps
    # these busy; with two more, mornings that are run fast fall behind.
    # Where pages and API are twins of one operation, the pages walk the table of permissions once.
    once = ["-m", "not browser and not once"]
    other = [*once, *(word for path in elsewhere for word in ("--ignore", path))]
    try:
        with postgres() as url:
            fine = NO_TEST_RAN if words else 0
            this.step(
                "pytest, PostgreSQL", *pytest, "3", *other, *words, fine=fine, settings={"DATABASE_URL": url}
            )
    except Missing as missing:
        this.cannot_run("PostgreSQL", str(missing))


def find_chromium() -> str | None:
    """A browser that starts, for the tests of the pages."""
    names = [os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"]
    found = [shutil.which(name) for name in names if name]
    return next((each for each in found if each and runs(each)), None)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
