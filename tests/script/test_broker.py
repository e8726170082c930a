"""The queue's server starts by itself, keeps what it was given and leaves with its launcher."""

import sys

import psutil
import pytest
import redis

pytestmark = pytest.mark.servers

BESIDE_A_BROKER = (sys.executable, "script/servers.py", "broker", "--")
ASK = (
    "import os, sys, redis; "
    "url = os.environ['BROKER_URL'].replace('redis+socket', 'unix'); "
    "print(getattr(redis.from_url(url, decode_responses=True), sys.argv[1])(*sys.argv[2:]))"
)


def test_it_answers_on_a_socket_that_only_its_owner_can_open(shell):
    shell.start(*BESIDE_A_BROKER, "sleep", "60")
    path = shell.data_dir / "broker.sock"
    assert shell.sees(path.is_socket)
    assert path.stat().st_mode & 0o077 == 0
    assert redis.Redis(unix_socket_path=str(path)).ping()


def test_what_was_queued_is_still_there_after_a_restart(shell):
    shell.run(*BESIDE_A_BROKER, sys.executable, "-c", ASK, "rpush", "queue", "ring")
    assert not (shell.data_dir / "broker.sock").exists()
    again = shell.run(*BESIDE_A_BROKER, sys.executable, "-c", ASK, "lpop", "queue")
    assert again.stdout == "ring\n"


def test_a_data_folder_with_a_long_path_has_its_socket_elsewhere(shell):
    long = str(shell.folder / ("thư-mục-" * 12))
    asked = shell.run(*BESIDE_A_BROKER, sys.executable, "-c", ASK, "ping", DATA_DIR=long)
    assert asked.stdout == "True\n"


def test_a_killed_launcher_leaves_neither_broker_nor_command(shell):
    launcher = shell.start(*BESIDE_A_BROKER, "sleep", "60")
    assert shell.sees(lambda: len(shell.family()) == 3)
    family = shell.family()
    launcher.kill()
    launcher.wait()
    assert psutil.wait_procs(family, timeout=5)[1] == []


def test_a_given_address_is_used_and_nothing_is_started(shell):
    told = shell.run(*BESIDE_A_BROKER, "sh", "-c", "echo $BROKER_URL", BROKER_URL="redis://there")
    assert told.stdout == "redis://there\n"
    assert not shell.data_dir.exists()


def test_the_command_s_exit_status_is_the_launcher_s(shell):
    assert shell.run(*BESIDE_A_BROKER, "sh", "-c", "exit 7").returncode == 7
