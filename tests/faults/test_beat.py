"""The clock's own process: it follows what is set while it runs, and outlives its database."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis
from django.db import connection

from tests.workflow.test_concurrency import in_a_file
from workflow.models import Round

from .test_end_to_end import CELERY, ROOT, last_words, queue_in, start, stop

__all__ = ["in_a_file"]
pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True)]

RING, TELL, DELIVER = "workflow.tasks.ring_due", "notifications.tasks.tell", "notifications.tasks.deliver"
POST, FORGET = "notifications.tasks.deliver_webhooks", "api.tasks.forget"


class Clocks:
    """Clocks that run beside the test, and what they have asked for; no worker takes it up."""

    def __init__(self, folder: Path, queue: str) -> None:
        self.folder = folder
        self.queue = redis.Redis(unix_socket_path=queue.removeprefix("redis+socket://"))
        self.settings = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | {
            "SECRET_KEY": "only-for-this-test",
            "DEBUG": "on",
            "DATA_DIR": str(folder),
            "DATABASE_URL": address_of_the_database(),
            "BROKER_URL": queue,
        }

    @contextmanager
    def running(self, count: int) -> Iterator[None]:
        with ExitStack() as ends:
            words = [*CELERY, "beat", "--pidfile", "", "--loglevel", "INFO"]
            clocks = [
                start(words, self.folder / "clock.log", env=self.settings, cwd=ROOT) for _n in range(count)
            ]
            ends.callback(stop, *clocks)
            yield
            assert [clock.poll() for clock in clocks] == [None] * count, self.log()

    def messages(self) -> list[dict]:
        return [
            json.loads(m) for name in ("clock", "mail", "webhooks") for m in self.queue.lrange(name, 0, -1)
        ]

    def asked(self) -> Counter[str]:
        return Counter(message["headers"]["task"] for message in self.messages())

    def log(self) -> str:
        return (self.folder / "clock.log").read_text()

    def sees(self, happened: Callable[[], object], within: float) -> None:
        until = time.monotonic() + within
        while not happened():
            assert time.monotonic() < until, last_words(self.folder / "clock.log")
            time.sleep(0.05)


def address_of_the_database() -> str:
    """The one that the test looks into."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


@pytest.fixture
def clocks(in_a_file, tmp_path_factory) -> Iterator[Clocks]:
    folder = tmp_path_factory.mktemp("clock")  # a socket's path must be short
    with queue_in(folder) as queue:
        yield Clocks(folder, queue)


def test_two_clocks_begin_at_once_and_follow_what_is_set_without_a_restart(clocks, client) -> None:
    Round.objects.all().delete()
    with clocks.running(2):
        clocks.sees(lambda: clocks.asked() == {RING: 2, TELL: 2, DELIVER: 2, POST: 2, FORGET: 2}, within=15)
        kept = set(Round.objects.values_list("task", "every_seconds", "is_on"))
        assert kept == {
            (RING, 60, True),
            (TELL, 20, True),
            (DELIVER, 20, True),
            (POST, 20, True),
            (FORGET, 60, True),
        }
        assert Round.objects.count() == 5
        Round.objects.filter(task=TELL).update(every_seconds=5)
        clocks.sees(lambda: clocks.asked()[TELL] == 4, within=9)
        assert clocks.asked() == {RING: 2, TELL: 4, DELIVER: 2, POST: 2, FORGET: 2}
        clocks.sees(lambda: client.get("/readyz").json()["clock"] == "ok", within=1)
        rounds = client.get("/readyz").json()["rounds"].values()
        asked_at = datetime.fromisoformat(max(round["asked_at"] for round in rounds))
    newest = next(m for m in clocks.messages() if m["headers"]["task"] == TELL)
    expires = datetime.fromisoformat(newest["headers"]["expires"])
    assert abs(asked_at + timedelta(seconds=4.5) - expires) < timedelta(seconds=1)


@contextmanager
def database_away() -> Iterator[None]:
    """The server takes no connection and has cut those there were; a file lacks what is asked for."""
    if connection.vendor == "sqlite":
        connection.cursor().execute("ALTER TABLE workflow_round RENAME TO lost")
        yield
        connection.cursor().execute("ALTER TABLE lost RENAME TO workflow_round")
        return
    name, ours = connection.settings_dict["NAME"], connection.connection.info.backend_pid
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")
        try:
            others = "FROM pg_stat_activity WHERE datname = %s AND pid <> %s"
            cut = server.execute(f"SELECT count(pg_terminate_backend(pid)) {others}", [name, ours])
            assert cut.fetchone()[0] >= 1
            yield
        finally:
            server.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")


def test_a_clock_without_its_database_goes_on_by_what_it_last_knew(clocks) -> None:
    Round.objects.update(every_seconds=3600)
    Round.objects.filter(task=TELL).update(every_seconds=5)
    Round.objects.filter(task=DELIVER).update(is_on=False)
    with clocks.running(1):
        clocks.sees(lambda: Round.objects.get(task=TELL).asked_at, within=15)
        with database_away():
            before = clocks.asked()[TELL]
            clocks.sees(lambda: clocks.asked()[TELL] > before, within=9)
            clocks.sees(lambda: "goes on without the database" in clocks.log(), within=5)
        last = Round.objects.get(task=TELL).asked_at
        clocks.sees(lambda: Round.objects.get(task=TELL).asked_at > last, within=9)
        assert (clocks.asked()[RING], clocks.asked()[DELIVER]) == (1, 0)


def test_a_clock_whose_database_was_never_there_asks_as_the_timetable_is_written(clocks) -> None:
    clocks.settings["DATABASE_URL"] = f"sqlite:///{clocks.folder / 'nothing' / 'city.sqlite3'}"
    with clocks.running(1):
        clocks.sees(lambda: clocks.asked() == {RING: 1, TELL: 1, DELIVER: 1, POST: 1, FORGET: 1}, within=15)
