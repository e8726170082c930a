"""One command starts the whole service, and whatever ends it ends all of it."""

import urllib.request

import psutil
import pytest

pytestmark = pytest.mark.servers


@pytest.fixture
def served(shell, port):
    """Starts the service on an empty database of its own and answers with its launcher."""

    def start():
        there = f"sqlite:///{shell.folder / 'city.sqlite3'}"
        launcher = shell.start("script/server", PORT=port, DATABASE_URL=there)
        running = shell.sees(lambda: "is running" in shell.output or launcher.poll(), within=90)
        assert running, shell.output
        assert launcher.poll() is None, shell.output
        return launcher

    return start


def part_of(family, *words):
    """The first process whose command line holds these words."""
    return next(one for one in family if set(words) <= set(one.cmdline()))


def test_it_serves_keeps_its_key_and_ends_when_asked(shell, served, port):
    launcher = served()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
        assert answer.status == 200
    key = shell.data_dir / "secret_key"
    first = key.read_text()
    assert len(first) > 50
    assert key.stat().st_mode & 0o777 == 0o600
    assert shell.data_dir.stat().st_mode & 0o777 == 0o700

    twin = shell.run("script/server", PORT=str(int(port) + 1))
    assert "is in use by another Về Xanh" in twin.stderr

    family = shell.family()
    assert part_of(family, "worker")
    launcher.terminate()
    assert launcher.wait(timeout=10) == 128 + 15
    assert psutil.wait_procs(family, timeout=1)[1] == []

    again = served()
    assert key.read_text() == first
    again.terminate()
    again.wait(timeout=10)


def test_a_part_that_dies_ends_the_rest_and_is_named(shell, served):
    launcher = served()
    family = shell.family()
    part_of(family, "beat").kill()
    assert launcher.wait(timeout=10) == 1
    assert "'clock' ended" in shell.output
    assert psutil.wait_procs(family, timeout=1)[1] == []


def test_a_killed_launcher_leaves_nothing(shell, served):
    launcher = served()
    family = shell.family()
    launcher.kill()
    launcher.wait()
    assert psutil.wait_procs(family, timeout=10)[1] == []
