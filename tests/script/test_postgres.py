"""A PostgreSQL for tests starts for any account, and nothing of it stays."""

import os
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import environ
import psutil
import psycopg
import pytest

pytestmark = pytest.mark.servers

BESIDE_POSTGRES = (sys.executable, "script/servers.py", "postgres", "--")
SAY_ADDRESS = ("sh", "-c", "echo $DATABASE_URL; exec sleep 60")


def test_it_takes_connections_and_is_gone_with_its_launcher(shell):
    launcher = shell.start(*BESIDE_POSTGRES, *SAY_ADDRESS)
    assert shell.sees(lambda: shell.output.endswith("\n"), within=30), shell.output
    url = shell.output.strip()
    with psycopg.connect(url) as connection:
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SHOW fsync").fetchone() == ("off",)
    folder = folder_of(url)
    assert environ.Env.db_url_config(url)["OPTIONS"] == {"host": str(folder / "run")}
    family = shell.family()
    launcher.terminate()
    launcher.wait()
    assert not any(process.is_running() for process in family)
    assert not folder.exists()


def folder_of(url):
    """Where a server of ours keeps everything."""
    return Path(parse_qs(urlsplit(url).query)["host"][0]).parent


def test_a_killed_launcher_leaves_no_server_and_the_next_one_takes_its_data_away(shell):
    launcher = shell.start(*BESIDE_POSTGRES, *SAY_ADDRESS)
    assert shell.sees(lambda: shell.output.endswith("\n"), within=30), shell.output
    family = shell.family()
    assert any(process.name() == "postgres" for process in family)
    launcher.kill()
    launcher.wait()
    assert psutil.wait_procs(family, timeout=5)[1] == []
    left = folder_of(shell.output.strip())
    os.utime(left / "lock", (0, 0))  # long ago
    shell.run(*BESIDE_POSTGRES, "true")
    assert not left.exists()


def test_a_given_address_is_used_and_nothing_is_started(shell):
    there = "postgres://there/city"
    told = shell.run(*BESIDE_POSTGRES, "sh", "-c", "echo $DATABASE_URL", TEST_DATABASE_URL=there)
    assert told.stdout == f"{there}\n"
