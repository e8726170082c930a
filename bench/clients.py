"""The web as script/serve.py starts it, on the database of this process, and clients that ask it."""

import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

sys.path.insert(0, str(Path(__file__).parent.parent / "script"))

from broker import broker
from is_well import is_well
from processes import start, stop, wait_until
from serve import commands

CLIENTS = 8
HOST = "127.0.0.1"


@contextmanager
def served(data_dir: Path) -> Iterator[int]:
    """The port at which the web answers, with a broker as its cache."""
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
    (data_dir / "log").mkdir(parents=True, exist_ok=True)
    os.environ.pop("BROKER_URL", None)
    with broker(data_dir) as queue:
        there = os.environ | {
            "DATABASE_URL": _address(),
            "DATA_DIR": str(data_dir),
            "SECRET_KEY": settings.SECRET_KEY,
            "BROKER_URL": queue.url,
            "CACHE_URL": f"rediscache://{queue.url.removeprefix('redis+socket://')}?db=1",
        }
        log = data_dir / "log" / "web.log"
        web = start(commands(HOST, port, queue.url)["web"], log, env=there)
        try:
            wait_until(lambda: is_well(HOST, port), web, log)
            yield port
        finally:
            stop(web)


def _address() -> str:
    """The database of this process, for another one."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    address, question, options = os.environ["DATABASE_URL"].partition("?")
    return f"{address.rpartition('/')[0]}/{name}{question}{options}"


def requests_per_second(port: int, path: str, token: str, seconds: float) -> float:
    """What clients that stay connected and ask again at once are answered, all of it with 200."""
    request = (
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n"
        f"Authorization: Bearer {token}\r\n\r\n"
    ).encode()
    counts, until = [0] * CLIENTS, time.perf_counter() + seconds
    clients = [threading.Thread(target=_ask, args=(port, request, until, counts, n)) for n in range(CLIENTS)]
    began = time.perf_counter()
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    if not all(counts):
        raise SystemExit(f"{path} was not answered")
    return sum(counts) / (time.perf_counter() - began)


def _ask(port: int, request: bytes, until: float, counts: list[int], mine: int) -> None:
    done = 0
    with socket.create_connection((HOST, port)) as server:
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while time.perf_counter() < until:
            server.sendall(request)
            _read(server)
            done += 1
    counts[mine] = done


def _read(server: socket.socket) -> None:
    """One answer: its head, and as many bytes as that says."""
    said = b""
    while b"\r\n\r\n" not in said:
        said += _more(server)
    head, _blank, body = said.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise SystemExit(said.decode(errors="replace"))
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
    missing = length - len(body)
    while missing > 0:
        missing -= len(_more(server))


def _more(server: socket.socket) -> bytes:
    if not (part := server.recv(65536)):
        raise SystemExit("the web hung up")
    return part
