"""A person at a shell, and what is left of the processes that they started."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = ("BROKER_URL", "CACHE_URL", "DATABASE_URL", "EMAIL_URL", "SECRET_KEY", "SITE_URL")


class Shell:
    """Runs the project's scripts as somebody who has set nothing."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.data_dir = folder / "var"
        kept = {name: value for name, value in os.environ.items() if name not in SETTINGS}
        self.settings = kept | {"DATA_DIR": str(self.data_dir), "VENV": sys.prefix}
        self.started: list[subprocess.Popen[str]] = []

    def run(self, *command: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """A command to its end."""
        return subprocess.run(
            command,
            cwd=ROOT,
            env=self.settings | settings,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def start(self, *command: str, **settings: str) -> subprocess.Popen[str]:
        """A command that goes on; its output is in the file `output`."""
        with open(self.folder / "output", "w") as output:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.settings | settings,
                stdout=output,
                stderr=output,
                text=True,
            )
        self.started.append(process)
        return process

    @property
    def output(self) -> str:
        """What the last started command has said."""
        return (self.folder / "output").read_text()

    def sees(self, happened: Callable[[], object], within: float = 10) -> bool:
        """Whether something comes true in so many seconds."""
        until = time.monotonic() + within
        while not happened():
            if time.monotonic() > until:
                return False
            time.sleep(0.1)
        return True

    def family(self) -> list[psutil.Process]:
        """What runs now because of what was started."""
        parents = [psutil.Process(each.pid) for each in self.started if each.poll() is None]
        return [one for parent in parents for one in (parent, *parent.children(recursive=True))]


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """Somebody with an empty data folder, who leaves nothing running."""
    someone = Shell(tmp_path)
    yield someone
    for process in someone.family():
        with suppress(psutil.NoSuchProcess):
            process.kill()
    for started in someone.started:
        started.wait()


@pytest.fixture
def port() -> str:
    """A port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return str(probe.getsockname()[1])
