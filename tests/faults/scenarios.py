"""What may go wrong, one story each: a city at work, a fault, and the service goes on by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import psycopg

from . import verdict
from .service import ALL_QUEUES, DELIVER, RING, TELL, Service
from .sink import ADDRESSED, GREETED, IN_FULL

#: Wards of the trial's city; each has a chair, to whom its mail goes.
WARDS = 6
#: A Wednesday; cases rated then are to be assigned by the Monday after.
WEDNESDAY = "2026-10-07T09:00:00+07:00"
#: The mornings begin with the clock: digests wait for it half an hour.
MONDAY, TUESDAY = (f"2026-10-{day}T07:30:00+07:00" for day in (12, 13))
HALF_AN_HOUR = timedelta(minutes=30)
Scenario = Callable[[Service], None]


def rated(service: Service, codes: str = "1.1") -> None:
    """Every ward has a case of its own; the chairs are to be told."""
    service.deed("rate_all", codes, WEDNESDAY)


def told(service: Service) -> None:
    """The messages lie ready, and nobody has taken them yet."""
    service.deed("tell_all", "1.1", WEDNESDAY)


# --- A worker killed ---------------------------------------------------------------------------


def killed_when(service: Service, point: str, *, faults: int) -> None:
    told(service)
    with service.worker() as worker:
        service.sink.once(point, lambda: service.kill(worker))
        service.asks(DELIVER)
        worker.wait(60)
    service.ten_minutes_later()
    with service.worker():
        service.goes_on()
    verdict.holds(service, arrived=WARDS, faults=faults)


def killed_by_itself(service: Service) -> None:
    """At a line that was put into its source."""
    told(service)
    with service.worker() as worker:
        service.asks(DELIVER)
        worker.wait(60)
    service.ten_minutes_later()
    with service.worker():
        service.goes_on()
    verdict.holds(service, arrived=WARDS, faults=1)


def killed_before_a_word(service: Service) -> None:
    killed_when(service, GREETED, faults=0)


def killed_before_the_text(service: Service) -> None:
    killed_when(service, ADDRESSED, faults=0)


def killed_after_the_final_dot(service: Service) -> None:
    killed_when(service, IN_FULL, faults=1)


def killed_between_the_answer_and_the_mark(service: Service) -> None:
    """The server has said that all is well; the worker dies before it can write that down."""
    told(service)
    released = "SELECT * FROM notifications_message WHERE state = 'released' FOR UPDATE"
    with service.worker() as worker, psycopg.connect(service.database) as holder:
        service.sink.once(IN_FULL, lambda: holder.execute(released))
        service.asks(DELIVER)
        service.sees(service.somebody_waits)
        service.kill(worker)
        holder.rollback()
    service.ten_minutes_later()
    with service.worker():
        service.goes_on()
    verdict.holds(service, arrived=WARDS, faults=1)


def killed_while(service: Service, task: str, table: str) -> None:
    """Killed in the middle of its transaction, which waits for a table that somebody holds."""
    with service.worker() as worker, service.holding(f"LOCK TABLE {table} IN SHARE MODE"):
        service.asks(task, at=MONDAY)
        service.sees(service.somebody_waits)
        service.kill(worker)
    remind(service)
    verdict.holds(service, arrived=2 * WARDS)
    verdict.rang(service, 1)


def remind(service: Service) -> None:
    """The clock goes round on Monday, more than once, and all that is to be sent is sent."""
    service.at(MONDAY)
    with service.worker():
        for _ in range(3):
            service.asks(RING)
        service.goes_on(RING, TELL, DELIVER, until=service.has_rung)


def killed_in_the_sweep(service: Service) -> None:
    rated(service)
    killed_while(service, RING, "workflow_event")


def killed_while_telling(service: Service) -> None:
    rated(service)
    killed_while(service, TELL, "notifications_notification")


# --- The queue, the clock, the database ---------------------------------------------------------


def the_queue_is_emptied_and_dies(service: Service) -> None:
    rated(service)
    service.asks(TELL, DELIVER)
    service.queue.empty()
    with service.worker():
        service.goes_on()
        service.deed("rate_all", "2.1", WEDNESDAY)
        service.asks(TELL)
        service.queue.kill()
        service.queue.start()
        service.goes_on()
    verdict.holds(service, arrived=2 * WARDS)


def two_clocks_and_two_workers(service: Service) -> None:
    """Everything is asked for twice, at the pace of the real timetable made quick."""
    with service.clocks(2), service.worker(2, queues=ALL_QUEUES):
        service.sees(lambda: service.ask("SELECT count(*) FROM workflow_round")[0][0] >= 3)
        service.ask("UPDATE workflow_round SET every_seconds = 5")
        service.deed("rate_all", "1.1", BROKER_URL=service.queue.url)
        service.sees(lambda: len(service.sink.box) == WARDS)
        service.deed("rate_all", "2.1")  # of this nobody is nudged: only the clocks find it
        service.sees(lambda: len(service.sink.box) == 2 * WARDS)
        service.sees(service.is_quiet)
        time.sleep(6)  # one more round of each
    verdict.holds(service, arrived=2 * WARDS)


def the_clock_stands_still_over_a_weekend(service: Service) -> None:
    """From Thursday to Tuesday: of three milestones passed only the newest rings."""
    rated(service)
    with service.worker():
        service.goes_on()
        for rest in ("2026-10-10T10:00:00+07:00", "2026-10-11T10:00:00+07:00", "2026-10-13T22:00:00+07:00"):
            service.asks(RING, at=rest)
    service.at(TUESDAY)
    with service.worker():
        service.goes_on(RING, TELL, DELIVER, until=service.has_rung)
    verdict.holds(service, arrived=2 * WARDS)
    verdict.rang(service, 1)
    digests = [mail for mail in service.sink.box if "nhắc việc" in mail["Subject"]]
    verdict.require("one digest a person", len({m["To"] for m in digests}) == len(digests) == WARDS)


def the_database_restarts_in_the_sweep(service: Service) -> None:
    rated(service)
    with service.worker():
        with service.holding("LOCK TABLE workflow_event IN SHARE MODE"):
            service.asks(RING, at=MONDAY)
            service.sees(service.somebody_waits)
            service.server.restart()
        service.at(MONDAY)
        service.goes_on(RING, TELL, DELIVER, until=service.has_rung)
    verdict.holds(service, arrived=2 * WARDS)
    verdict.rang(service, 1)


def ten_thousand_at_once(service: Service) -> None:
    """Every indicator of 257 wards is due on one morning; a worker dies over it."""
    with service.worker(2) as worker:
        service.goes_on()
        service.at(MONDAY)
        service.sink.once(IN_FULL, lambda: service.kill(worker))
        service.asks(RING, RING)
        service.goes_on(RING, TELL, DELIVER, until=lambda: service.ask(STILL_TO_GO) == [(0, 0)])
        time.sleep(1)  # what the living hold is done by then
        service.ten_minutes_later()
        service.goes_on()
    due = service.ask("SELECT count(*) FROM workflow_event WHERE kind = 'due_today'")
    verdict.require("ten thousand rang", due == [(MANY * 39,)], due)
    verdict.holds(service, arrived=2 * MANY, faults=1)
    verdict.rang(service, 1)


#: Wards of the large city: 39 cases each.
MANY = 257
STILL_TO_GO = (
    f"SELECT {MANY * 39} - (SELECT count(*) FROM notifications_notification WHERE kind = 'due_today'),"
    " (SELECT count(*) FROM notifications_message WHERE state = 'pending')"
)


# --- The mail server ------------------------------------------------------------------------------


def the_mail_server_is_away(service: Service) -> None:
    service.sink.close()
    rated(service)
    with service.worker():
        for _ in range(3):
            service.asks(TELL, DELIVER)
            time.sleep(0.5)
        service.sink.open()
        service.goes_on()
    verdict.holds(service, arrived=WARDS)


def the_mail_server_says_nothing(service: Service) -> None:
    told(service)
    service.sink.once(ADDRESSED, lambda: time.sleep(4))
    with service.worker(EMAIL_TIMEOUT="2"):
        service.goes_on()
    verdict.holds(service, arrived=WARDS)


def the_mail_server_hangs_up_after_the_dot(service: Service) -> None:
    told(service)
    service.sink.verdicts = ["250 and gone"]
    with service.worker():
        service.goes_on()
    verdict.holds(service, arrived=WARDS, faults=1)


def the_mail_server_refuses_the_final_dot(service: Service) -> None:
    told(service)
    service.sink.verdicts = ["451 try again"] * 2
    with service.worker():
        service.goes_on()
    verdict.holds(service, arrived=WARDS)


def half_of_the_addresses_are_refused(service: Service) -> None:
    told(service)
    (*mailboxes,) = sorted(to for (to,) in service.ask(ADDRESSES))
    refused = service.sink.unknown = set(mailboxes[::2])
    with service.worker():
        service.asks(DELIVER)
        service.sees(lambda: len(service.sink.box) == WARDS - len(refused))
        verdict.require(
            "the others have theirs", {m["To"] for m in service.sink.box} == set(mailboxes) - refused
        )
        service.sink.unknown = set()
        service.goes_on()
    verdict.holds(service, arrived=WARDS)


ADDRESSES = "SELECT u.email FROM notifications_message m JOIN organisations_user u ON u.id = m.recipient_id"


# --- The world moves on ------------------------------------------------------------------------------


def cases_closed_first(service: Service) -> None:
    """What was told and not sent yet of cases that have ended since is never sent, and says why."""
    told(service)
    numbers = [number for (number,) in service.ask("SELECT number FROM workflow_case ORDER BY id")]
    service.deed("cancel", *numbers[1:])
    with service.worker():
        service.goes_on()
    opened = [line for line in verdict.said(service) if line[1] in numbers[1:] and "mới mở" in line[2]]
    verdict.require("nothing of a case closed first", not opened, opened)
    withheld = service.ask("SELECT count(*) FROM notifications_dispatch WHERE withheld = 'moved_on'")
    verdict.require("the register says why", withheld == [(WARDS - 1,)], withheld)
    verdict.holds(service, arrived=1 + (WARDS - 1))  # and their chairs are told that they ended


def a_case_closed_at_the_last_moment(service: Service) -> None:
    """It ends while the mail server already listens to the reminder of it."""
    service.deed("rate", "1.1", WEDNESDAY)
    with service.worker():
        service.goes_on()
    ((number,),) = service.ask("SELECT number FROM workflow_case")
    service.at(MONDAY)
    with service.worker():
        service.asks(RING)
        service.sees(lambda: service.ask("SELECT 1 FROM workflow_event WHERE kind = 'due_today'"))
        service.sink.once(ADDRESSED, lambda: service.deed("cancel", number))
        service.goes_on()
    reminded = [line for line in verdict.said(service) if line[2].split(":")[0] in verdict.REMINDERS]
    verdict.require("no reminder of a case closed first", not reminded, reminded)
    verdict.holds(service, arrived=2)


def a_sender_thought_dead_comes_back(service: Service) -> None:
    """Its lease has passed to another, who is in the middle of sending, when it is refused."""
    service.deed("rate", "1.1", WEDNESDAY)
    with service.worker(2):
        service.asks(TELL)
        service.sees(lambda: service.ask(ADDRESSES))
        service.sink.once(ADDRESSED, lambda: outlived(service))
        service.sink.once(IN_FULL, lambda: time.sleep(3))
        service.asks(DELIVER)
        service.sees(lambda: service.sink.box)
        service.goes_on()
        service.now += HALF_AN_HOUR
        service.goes_on()
    verdict.holds(service, arrived=1)


def outlived(service: Service) -> str:
    """The first sender waits so long that another takes over, and is then refused."""
    service.ten_minutes_later()
    service.asks(DELIVER)
    service.sees(lambda: service.sink.box)
    return "451 try again"


SCENARIOS: list[Scenario] = [
    killed_before_a_word,
    killed_before_the_text,
    killed_after_the_final_dot,
    killed_between_the_answer_and_the_mark,
    killed_in_the_sweep,
    killed_while_telling,
    the_queue_is_emptied_and_dies,
    two_clocks_and_two_workers,
    the_clock_stands_still_over_a_weekend,
    the_database_restarts_in_the_sweep,
    the_mail_server_is_away,
    the_mail_server_says_nothing,
    the_mail_server_hangs_up_after_the_dot,
    the_mail_server_refuses_the_final_dot,
    half_of_the_addresses_are_refused,
    cases_closed_first,
    a_case_closed_at_the_last_moment,
    a_sender_thought_dead_comes_back,
]
