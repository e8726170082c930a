"""Delivery of mail to a sink, as a ratio to a bare smtplib loop that sends the same mails.

    python bench/delivery.py [--messages 10000] [--rounds 3] [--senders 2]

Runs on the database in DATABASE_URL, in one of its own that it makes and removes: once with SQLite,
once with PostgreSQL. The sink is a mail server in a process of its own. Each message says one
reminder, so that all the delivery asks before the final dot is asked of every one: whether its
deadline still runs, whether it is still its reader's, whether its case is as it was. There are as
many senders as the service starts, each in a process of its own; on SQLite, which lets in one
writer, one. In turn with them, on the same interpreter, the floor: the same bytes by one smtplib
connection, with the same socket options and no database. The least of the rounds counts; a run
whose floors spread by more than half says so and should be made again.
"""

import argparse
import asyncio
import os
import smtplib
import socket
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("SECRET_KEY", "bench")
os.environ.setdefault("LOG_LEVEL", "ERROR")
os.environ.setdefault("BROKER_URL", "memory://")

import django  # noqa: E402

django.setup()

from aiosmtpd.smtp import SMTP  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from indicators.models import Indicator  # noqa: E402
from indicators.operations import Row, record_assessments  # noqa: E402
from notifications import delivery  # noqa: E402
from notifications.letters import compose  # noqa: E402
from notifications.models import Dispatch, Message, MessageState, Notification  # noqa: E402
from notifications.relevance import contents_of  # noqa: E402
from organisations.models import Appointment, Role, Unit, User  # noqa: E402
from workflow import deadlines  # noqa: E402
from workflow.clock import ring_due  # noqa: E402
from workflow.models import Event  # noqa: E402

#: A Wednesday, 09:00 in Hải Phòng; and the Monday on which its cases are to be assigned.
OPENED = datetime(2026, 10, 7, 2, 0, tzinfo=UTC)
MONDAY = datetime(2026, 10, 12, 2, 0, tzinfo=UTC)
TODAY = MONDAY.astimezone(deadlines.LOCAL).date()


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--messages", type=int, default=10_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--senders", type=int, default=2)
    given = options.parse_args()
    name = connection.creation.create_test_db(verbosity=0, serialize=False)
    try:
        with sink() as port:
            count = given.senders if connection.vendor == "postgresql" else 1
            with senders(count, port) as send:
                measure(given.messages, given.rounds, port, send)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def measure(messages: int, rounds: int, port: int, send: Callable[[], None]) -> None:
    remind(messages)
    print(f"{connection.vendor}: {messages:,} messages, load {os.getloadavg()[0]:.1f}")
    pairs = []
    for _round in range(rounds):
        mails = address_all()
        floor = timed(lambda mails=mails: by_smtplib(mails, port))
        taken = timed(send)
        sent = Message.objects.filter(state=MessageState.SENT).count()
        if sent != messages:
            raise SystemExit(f"sent {sent} of {messages}")
        pairs.append((taken, floor))
        print(f"  delivery {messages / taken:7.0f}/s   smtplib {messages / floor:7.0f}/s", flush=True)
    taken, floor = (min(times) for times in zip(*pairs, strict=True))
    spread = max(f for _t, f in pairs) / floor
    print(f"ratio {floor / taken:.2f} of a bare smtplib loop (target: at least 0.25)")
    if spread > 1.5:
        print(f"The floors spread by {spread:.2f}: make this run again on a quieter machine.")


def timed(run: Any) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


# --- What there is to send -----------------------------------------------------------------------


def remind(messages: int) -> None:
    """So many cases that are due on one day, each rung for once."""
    city = Unit.objects.create(code="31", kind="city", name="Hải Phòng")
    by = User.objects.create_user("bench@example.org", full_name="Bench")
    Appointment.objects.create(user=by, unit=city, role=Role.ADMINISTRATOR, since=date(2025, 7, 1))
    codes = list(Indicator.objects.values_list("code", flat=True))
    rows = []
    for n in range(-(-messages // len(codes))):
        unit = Unit.objects.create(code=f"{10000 + n}", kind="ward", name=f"Phường {n}", parent=city)
        chair = User.objects.create_user(f"chair{n}@example.org", full_name=f"Chủ tịch {n}")
        Appointment.objects.create(user=chair, unit=unit, role=Role.CHAIRPERSON, since=date(2025, 7, 1))
        rows += [Row(unit.code, code, "red", "Phát hiện", "", f"{n} {code}") for code in codes]
    record_assessments(rows[:messages], period="2026-Q3", kind="self", by=by, now=OPENED)
    ring_due(now=MONDAY)


def address_all() -> list[tuple[str, bytes]]:
    """A message of its own for each reminder, to whoever chairs the unit; and the mails, as bytes."""
    Dispatch.objects.all().delete()
    Notification.objects.all().delete()
    Message.objects.all().delete()
    chairs = dict(Appointment.objects.filter(role=Role.CHAIRPERSON).values_list("unit", "user"))
    rung = Event.objects.filter(kind="due_today").select_related("case").order_by("pk")
    told = Notification.objects.bulk_create(
        Notification(
            recipient_id=chairs[event.case.unit_id],
            kind=event.kind,
            key=f"event {event.pk}",
            unit_id=event.case.unit_id,
            case=event.case,
            event=event,
            created_at=MONDAY,
        )
        for event in rung
    )
    ready = MONDAY - timedelta(minutes=5)
    messages = Message.objects.bulk_create(
        Message(
            recipient_id=n.recipient_id, created_at=ready, next_at=ready, message_id=f"<{uuid.uuid4()}@bench>"
        )
        for n in told
    )
    Dispatch.objects.bulk_create(
        Dispatch(notification=n, channel="mail", message=m) for n, m in zip(told, messages, strict=True)
    )
    return list(as_bytes())


def as_bytes() -> Iterator[tuple[str, bytes]]:
    messages = list(Message.objects.select_related("recipient").order_by("pk"))
    for first in range(0, len(messages), 500):
        batch = messages[first : first + 500]
        contents = contents_of(batch, on=TODAY)
        for message in batch:
            mail = compose(message, contents[message.pk].says)
            yield mail.to[0], mail.message().as_bytes(linesep="\r\n")


# --- The two ways ----------------------------------------------------------------------------------


def by_smtplib(mails: list[tuple[str, bytes]], port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for to, mail in mails:
            smtp.sendmail("ve-xanh@localhost", [to], mail)


def _through(port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    delivery.WORKS_FOR_SECONDS = 3600  # in one run, so that one run is measured


@contextmanager
def senders(count: int, port: int) -> Iterator[Callable[[], None]]:
    """What sends everything that waits: one here, or several beside this process, ready to begin."""
    if count == 1:
        _through(port)
        yield lambda: delivery.deliver(now=MONDAY) and None
        return
    spawn = get_context("spawn")
    starts, ends = spawn.Barrier(count + 1), spawn.Barrier(count + 1)
    there = str(connection.settings_dict["NAME"])
    made = [
        spawn.Process(target=_sends, args=(port, there, starts, ends), daemon=True) for _n in range(count)
    ]
    for process in made:
        process.start()

    def send() -> None:
        starts.wait(60)
        ends.wait(600)

    try:
        yield send
    finally:
        for process in made:
            process.kill()
            process.join()


def _sends(port: int, database: str, starts: Any, ends: Any) -> None:
    _through(port)
    connection.settings_dict["NAME"] = database
    connection.ensure_connection()
    while True:
        starts.wait()
        delivery.deliver(now=MONDAY)
        ends.wait()


class _Sink:
    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        return "250 OK"


def _serve(port: Any) -> None:
    async def forever() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(_Sink()), "127.0.0.1", 0)
        port.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(forever())


@contextmanager
def sink() -> Iterator[int]:
    """A mail server that takes everything and keeps nothing, in a process of its own."""
    spawn = get_context("spawn")
    port = spawn.Queue()
    server = spawn.Process(target=_serve, args=(port,), daemon=True)
    server.start()
    try:
        yield port.get(timeout=30)
    finally:
        server.terminate()


if __name__ == "__main__":
    main()
