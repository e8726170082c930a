"""From a deed to a mailbox through real processes, and what is left when one of them is killed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis
from aiosmtpd.controller import Controller
from celery import Celery
from django.conf import settings

from tests.notifications.conftest import PostOffice, free_port

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "script"))
import serve  # noqa: E402
from broker import answers_ping, broker_program, start_broker  # noqa: E402
from processes import Process, last_words, start, stop, wait_until  # noqa: E402

pytestmark = pytest.mark.servers

CHAIRPERSON = "chairperson@haiphong.example"
CELERY = [sys.executable, "-m", "celery", "-A", "config"]


class Service:
    """A city's service: queue, clock and mail server run; a worker when one is asked for."""

    def __init__(self, folder: Path, database: str, queue: str, post: PostOffice, port: int) -> None:
        self.folder, self.database, self.queue, self.post = folder, database, queue, post
        self.client = Celery(broker=queue)
        self.client.conf.task_routes = settings.CELERY_TASK_ROUTES
        self.settings = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | {
            "SECRET_KEY": "only-for-this-test",
            "DEBUG": "on",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATA_DIR": str(folder),
            "DATABASE_URL": database,
            "BROKER_URL": queue,
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            "PYTHONPATH": str(ROOT),
        }

    def deed(self, *words: str) -> str:
        """Something a person does, in a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.deeds", *words],
            cwd=ROOT, env=self.settings, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.split("\n")[-2] if done.stdout else ""

    def ask(self, sql: str) -> list[tuple]:
        """What the database says; nothing of ours stands between."""
        if self.database.startswith("sqlite"):
            connection = sqlite3.connect(self.database.removeprefix("sqlite:///"), timeout=20)
        else:
            connection = psycopg.connect(self.database)
        with connection:
            cursor = connection.execute(sql)
            rows = cursor.fetchall() if cursor.description else []
        connection.close()
        return rows

    @contextmanager
    def worker(self) -> Iterator[Process]:
        log = self.folder / "worker.log"
        words = ["worker", "--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "INFO"]
        process = start([*CELERY, *words], log, env=self.settings, cwd=ROOT)
        try:
            yield process
        finally:
            stop(process)

    @contextmanager
    def workers(self) -> Iterator[None]:
        """All workers of a service, each as it is started on one machine."""
        words = [serve.worker(name, queues) for name, queues in serve.QUEUES.items()]
        log = self.folder / "worker.log"
        processes = [start(command, log, env=self.settings, cwd=ROOT) for command in words]
        try:
            yield
        finally:
            stop(*processes)

    def asks(self, task: str, at: str) -> None:
        """The timetable's own task, as at another instant."""
        self.client.send_task(task, kwargs={"now": at})

    def opened(self, number: str) -> int:
        """How many mails tell of a case newly opened."""
        return sum(number in m["Subject"] and "mới mở" in m["Subject"] for m in self.post.box)

    def state_of(self, number: str) -> str:
        """What became of the mail that tells of a case newly opened."""
        ((state,),) = self.ask(
            "SELECT m.state FROM notifications_message m"
            " JOIN notifications_dispatch d ON d.message_id = m.id"
            " JOIN notifications_notification n ON n.id = d.notification_id"
            f" JOIN workflow_case c ON c.id = n.case_id WHERE n.kind = 'opened' AND c.number = '{number}'"
        )
        return state

    def ten_minutes_later(self) -> None:
        """Leases of dead senders have run out."""
        self.ask("UPDATE notifications_message SET lease_until = '2020-01-01 00:00:00+00:00'")

    def sees(self, happened: Callable[[], object], within: float = 30) -> None:
        until = time.monotonic() + within
        while not happened():
            assert time.monotonic() < until, "\n".join(
                last_words(self.folder / f"{name}.log") for name in ("worker", "clock")
            )
            time.sleep(0.1)


@contextmanager
def database_for(folder: Path) -> Iterator[str]:
    """A file, or a database of its own on the server that the tests were given."""
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        yield f"sqlite:///{folder / 'city.sqlite3'}"
        return
    name = f"end_to_end_{os.getpid()}"
    with psycopg.connect(given, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield urlsplit(given)._replace(path=f"/{name}").geturl()
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def queue_in(folder: Path) -> Iterator[str]:
    program = broker_program()
    if program is None:
        pytest.skip("this machine has no Valkey and no Redis")
    path, log = folder / "broker.sock", folder / "broker.log"
    process = start_broker(program, folder / "broker", path, log)
    try:
        wait_until(lambda: answers_ping(path), process, log)
        yield f"redis+socket://{path}"
    finally:
        stop(process)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("city")
    post, port = PostOffice(), free_port()
    mail_server = Controller(post, hostname="127.0.0.1", port=port)
    mail_server.start()
    try:
        with database_for(folder) as database, queue_in(folder) as queue:
            service = Service(folder, database, queue, post, port)
            service.deed("found")
            words = ["beat", "--pidfile", "", "--loglevel", "INFO"]
            clock = start([*CELERY, *words], folder / "clock.log", env=service.settings, cwd=ROOT)
            try:
                yield service
            finally:
                stop(clock)
    finally:
        mail_server.stop(no_assert=True)


def test_an_assessment_is_in_the_chairpersons_mailbox_at_once(service) -> None:
    with service.worker() as worker:
        number = service.deed("rate", "1.1")
        service.sees(lambda: service.opened(number))
        (mail,) = [m for m in service.post.box if number in m["Subject"]]
        assert mail["To"] == CHAIRPERSON
        assert worker.poll() is None
    assert service.opened(number) == 1


def test_a_deadline_that_has_come_due_is_in_the_mailbox_exactly_once(service) -> None:
    number = service.deed("rate", "1.2")
    ((due_on,),) = service.ask(f"SELECT assign_by FROM workflow_case WHERE number = '{number}'")
    with service.worker():
        for _ in range(3):  # three clocks, of which two are one too many
            service.asks("workflow.tasks.ring_due", f"{due_on}T08:00:00+07:00")
            service.asks("notifications.tasks.tell", f"{due_on}T08:00:00+07:00")
        rung = "SELECT count(*) FROM notifications_notification WHERE kind = 'due_today' AND case_id ="
        rung += f" (SELECT id FROM workflow_case WHERE number = '{number}')"
        service.sees(lambda: service.ask(rung) == [(1,)])
        for minute in (3, 3, 4, 5):
            service.asks("notifications.tasks.deliver", f"{due_on}T08:0{minute}:00+07:00")
        service.sees(lambda: reminders(service, number))
        waiting = redis.Redis(unix_socket_path=service.queue.removeprefix("redis+socket://"))
        service.sees(lambda: not any(waiting.llen(queue.name) for queue in settings.CELERY_TASK_QUEUES))
    assert reminders(service, number) == 1
    assert service.ask(rung) == [(1,)]


def reminders(service: Service, number: str) -> int:
    digests = [m for m in service.post.box if "nhắc việc" in m["Subject"]]
    return sum(number in m.get_body(("plain",)).get_content() for m in digests)


@contextmanager
def stalled(post: PostOffice, hook: str) -> Iterator[threading.Event]:
    """A mail server that hears, and for a while says nothing; the event says that it has heard."""
    heard, goes_on = threading.Event(), threading.Event()

    def stall() -> None:
        heard.set()
        goes_on.wait(30)

    setattr(post, hook, stall)
    try:
        yield heard
    finally:
        setattr(post, hook, lambda: None)
        goes_on.set()


def test_a_mail_server_that_does_not_answer_holds_back_no_telling(service) -> None:
    told = "SELECT count(*) FROM notifications_notification WHERE kind = 'opened' AND case_id ="
    with service.workers():
        with stalled(service.post, "meanwhile") as heard:
            numbers = [service.deed("rate", "2.1")]
            assert heard.wait(20)
            # Each keeps another pair of hands waiting for the mail server, as far as there are any.
            for code in ("2.2", "2.3", "2.4"):
                numbers.append(service.deed("rate", code))
                case = f" (SELECT id FROM workflow_case WHERE number = '{numbers[-1]}')"
                service.sees(lambda case=case: service.ask(told + case) == [(1,)], within=15)
            assert not any(service.opened(number) for number in numbers)
        service.sees(lambda: all(service.state_of(number) == "sent" for number in numbers))
    assert [service.opened(number) for number in numbers] == [1, 1, 1, 1]


def test_a_worker_killed_before_the_final_dot_loses_and_doubles_nothing(service) -> None:
    with service.worker() as worker, stalled(service.post, "meanwhile") as heard:
        number = service.deed("rate", "1.3")
        assert heard.wait(20)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    assert service.state_of(number) == "claimed"
    assert service.opened(number) == 0
    with service.worker():
        service.client.send_task("notifications.tasks.deliver")
        service.ten_minutes_later()
        service.client.send_task("notifications.tasks.deliver")
        service.sees(lambda: service.state_of(number) == "sent")
    assert service.opened(number) == 1


def test_a_worker_killed_after_the_final_dot_leaves_a_doubt_and_sends_nothing_again(service) -> None:
    with service.worker() as worker, stalled(service.post, "in_full") as heard:
        number = service.deed("rate", "1.4")
        assert heard.wait(20)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    assert service.state_of(number) == "released"
    service.ten_minutes_later()
    with service.worker():
        service.client.send_task("notifications.tasks.deliver")
        service.sees(lambda: service.state_of(number) == "in_doubt")
        service.client.send_task("notifications.tasks.deliver")
        other = service.deed("rate", "1.5")
        service.sees(lambda: service.opened(other))
    assert service.opened(number) == 1
    assert service.state_of(number) == "in_doubt"


def test_an_emptied_queue_loses_nothing_since_the_clock_looks_by_itself(service) -> None:
    queue = redis.Redis(unix_socket_path=service.queue.removeprefix("redis+socket://"))
    number = service.deed("rate", "1.6")
    queue.flushall()
    with service.worker():
        service.sees(lambda: service.opened(number), within=45)
        queue.flushall()  # and again while everything runs
        another = service.deed("rate", "1.7")
        service.sees(lambda: service.opened(another), within=45)
    assert (service.opened(number), service.opened(another)) == (1, 1)
    sent = (service.folder / "clock.log").read_text()
    assert "Sending due task tell what nobody has been told yet" in sent
