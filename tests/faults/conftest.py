"""Servers for trials: a PostgreSQL of their own, and for each trial a city, a queue and a mail server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.notifications.conftest import free_port

from .scenarios import MANY, WARDS
from .service import ROOT, Database, Queue, Service, postgres, stop
from .sink import Sink


@pytest.fixture(scope="session")
def server() -> Iterator[Database]:
    """A server that no other test uses: trials end it in the middle of things."""
    with postgres.temporary_folder() as folder:
        database = Database(folder)
        try:
            for name, wards in (("city", WARDS), ("large_city", MANY)):
                make_city(database, name, wards)
            yield database
        finally:
            stop(database.process, politely=postgres.signal.SIGQUIT)


def make_city(server: Database, name: str, wards: int) -> None:
    """A template: every trial begins in a copy of it."""
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    given = os.environ | {
        "DATABASE_URL": server.url(name), "BROKER_URL": "redis+socket:///nowhere", "SECRET_KEY": "trial",
        "DJANGO_SETTINGS_MODULE": "config.settings", "DEBUG": "on", "LOG_LEVEL": "ERROR",
    }  # fmt: skip
    deeds = [["found", str(wards)]] + (
        [["rate_all", "all", "2026-10-07T09:00:00+07:00"]] if wards == MANY else []
    )
    for words in deeds:
        subprocess.run([sys.executable, "-m", "tests.faults.deeds", *words], cwd=ROOT, env=given, check=True)


@pytest.fixture
def trial(server: Database, tmp_path_factory: pytest.TempPathFactory) -> Callable:
    """Start a service on a copy of a city, from the source or from a changed copy of it."""

    @contextmanager
    def start(city: str = "city", root: Path = ROOT) -> Iterator[Service]:
        folder = tmp_path_factory.mktemp("t")  # a socket's path must be short
        sink, queue = Sink(free_port()), Queue(folder)
        sink.open()
        try:
            with server.copy_of(city, f"trial_{os.getpid()}_{folder.name}") as database:
                yield Service(folder, server, database, queue, sink, root)
        finally:
            queue.kill()
            sink.close()

    return start
