"""A city's service from its real parts, each of which can be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import redis
from celery import Celery

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "script"))
import postgres  # noqa: E402
from broker import answers_ping, broker_program, start_broker  # noqa: E402
from processes import Process, last_words, start, stop, wait_until  # noqa: E402

from .sink import Sink  # noqa: E402

CELERY = [sys.executable, "-m", "celery", "-A", "config"]
RING, TELL, DELIVER = "workflow.tasks.ring_due", "notifications.tasks.tell", "notifications.tasks.deliver"
#: The queues of the service, and one for tasks that are told the time: nobody's nudge comes between.
ALL_QUEUES, TOLD_THE_TIME = "clock,mail,webhooks", "told-the-time"
#: What a mailing round may take on a busy machine.
PATIENCE = 40  # seconds


class Database:
    """A PostgreSQL server of its own, which can be ended in the middle of anything and started again."""

    def __init__(self, folder: Path) -> None:
        self._owner = postgres.server_account()
        self._programs = postgres.reachable(postgres.server_programs(), self._owner, folder)
        self.folder, self.home = folder, folder / "run"
        self.home.mkdir(mode=0o700)
        if self._owner:
            postgres.shutil.chown(self.home, self._owner)
        self.process = postgres.start_server(self._programs, self.home, self._owner)
        self._wait()

    def restart(self) -> None:
        self.kill()
        self.process = postgres.launch_server(self._programs, self.home, self._owner)
        self._wait()

    def kill(self) -> None:
        stop(self.process, politely=signal.SIGQUIT)
        (self.home / "data" / "postmaster.pid").unlink(missing_ok=True)

    def _wait(self) -> None:
        wait_until(lambda: postgres.is_ready(self.home / "data"), self.process, self.folder / "log")

    def url(self, name: str) -> str:
        return f"postgres://postgres@/{name}?host={quote(str(self.home))}"

    @contextmanager
    def copy_of(self, template: str, name: str) -> Iterator[str]:
        with psycopg.connect(self.url("postgres"), autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self.url(name)
        finally:
            with psycopg.connect(self.url("postgres"), autocommit=True) as server:
                server.execute(f"DROP DATABASE {name} WITH (FORCE)")


class Queue:
    """A broker of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.path = folder, folder / "broker.sock"
        program = broker_program()
        assert program, "this machine has no Valkey and no Redis"
        self._program = program
        self.url = f"redis+socket://{self.path}"
        self.start()

    def start(self) -> None:
        log = self._folder / "broker.log"
        self.process = start_broker(self._program, self._folder / "broker", self.path, log)
        wait_until(lambda: answers_ping(self.path), self.process, log)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def empty(self) -> None:
        redis.Redis(unix_socket_path=str(self.path)).flushall()


class Service:
    """What runs, as `root` has it: the project's own source, or a changed copy of it."""

    def __init__(
        self, folder: Path, server: Database, database: str, queue: Queue, sink: Sink, root: Path = ROOT
    ) -> None:
        self.folder, self.server, self.database, self.root = folder, server, database, root
        self.queue, self.sink = queue, sink
        self.client = Celery(broker=queue.url)
        self.settings = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | {
            "SECRET_KEY": "only-for-this-test",
            "DEBUG": "on",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATA_DIR": str(folder),
            "DATABASE_URL": database,
            "BROKER_URL": queue.url,
            "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
            "EMAIL_TIMEOUT": "15",
            "PYTHONPATH": str(root),
        }
        #: How late it is where the tasks are told the time; each round is a minute later.
        self.at("2026-10-07T09:00:00+07:00")

    def at(self, instant: str) -> None:
        self.now = datetime.fromisoformat(instant)

    # --- What people and machines do -----------------------------------------------------------

    def deed(self, *words: str, **settings: str) -> str:
        """Something a person does, in a process of its own; nobody is nudged by it."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.deeds", *words],
            cwd=self.root, env=self.settings | {"BROKER_URL": "redis+socket:///nowhere"} | settings,
            capture_output=True, text=True, timeout=90,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.split("\n")[-2] if done.stdout else ""

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """What the database says; nothing of ours stands between."""
        with psycopg.connect(self.database) as connection:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def worker(self, count: int = 1, *, queues: str = TOLD_THE_TIME, **settings: str) -> Iterator[Process]:
        """Workers; the first of them is what may be killed."""
        words = [*CELERY, "worker", "--concurrency", "2", "--loglevel", "INFO", "-Q", queues]
        words += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        made = [
            start([*words, "-n", f"w{n}@trial"], self.folder / "worker.log", env=self.settings | settings,
                  cwd=self.root)
            for n in range(count)
        ]  # fmt: skip
        try:
            yield made[0]
        finally:
            stop(*made, within=3)

    @contextmanager
    def clocks(self, count: int) -> Iterator[None]:
        words = [*CELERY, "beat", "--pidfile", "", "--loglevel", "INFO"]
        made = [
            start(words, self.folder / "clock.log", env=self.settings, cwd=self.root) for _n in range(count)
        ]
        try:
            yield
        finally:
            stop(*made, within=3)

    def asks(self, *tasks: str, at: str | None = None) -> None:
        """The timetable's own tasks, at the time of the trial or another."""
        for task in tasks:
            self.client.send_task(task, kwargs={"now": at or self.now.isoformat()}, queue=TOLD_THE_TIME)

    # --- What the trial waits for ----------------------------------------------------------------

    def sees(self, happened: Callable[[], object], within: float = PATIENCE) -> None:
        until = time.monotonic() + within
        while not happened():
            assert time.monotonic() < until, last_words(self.folder / "worker.log")
            time.sleep(0.05)

    def goes_on(self, *tasks: str, until: Callable[[], object] | None = None) -> None:
        """Round after round, a minute of the trial's time each, until everything has gone."""
        deadline = time.monotonic() + PATIENCE
        while True:
            self.asks(*(tasks or (TELL, DELIVER)))
            time.sleep(0.4)
            if (until or self.is_quiet)():
                return
            assert time.monotonic() < deadline, (
                self.ask("SELECT id,state,next_at,digest_on,last_error,attempts FROM notifications_message"),
                last_words(self.folder / "worker.log"),
            )
            self.now += timedelta(minutes=1)

    def is_quiet(self) -> bool:
        ((untold, unsent),) = self.ask(
            "SELECT (SELECT count(*) FROM workflow_event e LEFT JOIN notifications_told t"
            "        ON t.event_id = e.id WHERE t.event_id IS NULL),"
            " (SELECT count(*) FROM notifications_message WHERE state IN ('pending','claimed','released'))"
        )
        return untold == 0 and unsent == 0

    def kill(self, worker: Process) -> None:
        """Without warning, with all its children."""
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()

    def ten_minutes_later(self) -> None:
        """Leases of dead senders have run out."""
        self.ask("UPDATE notifications_message SET lease_until = '2020-01-01' WHERE lease_until IS NOT NULL")

    def has_rung(self) -> bool:
        """The clock has rung, and all that came of it has gone."""
        return (
            bool(self.ask("SELECT 1 FROM workflow_event WHERE once IS NOT NULL LIMIT 1")) and self.is_quiet()
        )

    @contextmanager
    def holding(self, statement: str) -> Iterator[None]:
        """Something is locked; whoever wants it waits."""
        with psycopg.connect(self.database) as connection:
            connection.execute(statement)
            yield
            with suppress(psycopg.OperationalError):  # the server itself may be gone by now
                connection.rollback()

    def somebody_waits(self) -> bool:
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        return self.ask(waiting) != [(0,)]
