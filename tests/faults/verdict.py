"""What must hold after every fault: said once, sent once, in doubt at most as often as something broke."""

from __future__ import annotations

import re
from collections import Counter

from .service import Service

#: A case and what is said of it, as a letter has it.
LINE = re.compile(r"^- (\d{4}-\d{6}): ([^:\n]+)", re.MULTILINE)
REMINDERS = {"Sắp đến hạn", "Đến hạn hôm nay", "Đã quá hạn", "Quá hạn, đôn đốc"}


class Broken(AssertionError):
    """A promise of the service does not hold."""


def require(promise: str, holds: bool, found: object = "") -> None:
    if not holds:
        raise Broken(f"{promise}: {found}")


def said(service: Service) -> Counter[tuple[str, str, str]]:
    """(reader, case, what is said of it) in all the mail that arrived, and how often."""
    lines: Counter[tuple[str, str, str]] = Counter()
    for mail in service.sink.box:
        text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        for number, words in LINE.findall(text.replace("\r\n", "\n")):
            lines[mail["To"], number, words.strip()] += 1
    return lines


def holds(service: Service, *, arrived: int, faults: int = 0) -> None:
    """Every promise, after everything has come to rest; `arrived` mails are expected, less those
    that a fault left in doubt."""
    mails = Counter(mail["Message-ID"].strip() for mail in service.sink.box)
    rows = service.ask("SELECT message_id, state FROM notifications_message")
    states = dict(rows)
    doubts = [key for key, state in rows if state == "in_doubt"]
    require("no mail comes twice", not any(n > 1 for n in mails.values()), mails.most_common(3))
    require("no mail but ours", mails.keys() <= states.keys(), mails.keys() - states.keys())
    require("all has come to rest", not {"pending", "claimed", "released"} & set(states.values()), states)
    require("doubts at most as many as faults", len(doubts) <= faults, doubts)
    for key, state in rows:
        if state != "in_doubt":
            require(f"the register is right about what is {state}", mails[key] == (state == "sent"), key)
    twice = [line for line, count in said(service).items() if count > 1]
    require("nothing is said twice to anybody", not twice, twice)
    unsure = sum(mails[key] == 0 for key in doubts)
    require("every mail arrived", len(service.sink.box) + unsure == arrived, (len(service.sink.box), arrived))
    require("mail arrived at all", bool(service.sink.box) or not arrived)
    one_a_day(service)
    nothing_lost(service)


def one_a_day(service: Service) -> None:
    several = service.ask(
        "SELECT recipient_id FROM notifications_message WHERE digest_on IS NOT NULL AND state IN ('sent',"
        " 'in_doubt') GROUP BY recipient_id, channel, (released_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date"
        " HAVING count(*) > 1"
    )
    require("at most one digest a person and day", not several, several)


def nothing_lost(service: Service) -> None:
    """Every event is told, and whatever was told has gone out or says why not."""
    ((lost,),) = service.ask(
        "SELECT count(*) FROM notifications_notification n LEFT JOIN notifications_dispatch d"
        " ON d.notification_id = n.id WHERE d.id IS NULL"
    )
    require("everything told has its line in the register", lost == 0, lost)
    ((silent,),) = service.ask(
        "SELECT count(*) FROM notifications_dispatch d JOIN notifications_message m ON m.id = d.message_id"
        " WHERE m.state = 'suppressed' AND d.withheld = ''"
    )
    require("what was not sent says why", silent == 0, silent)
    ((doubled,),) = service.ask(
        "SELECT count(*) FROM (SELECT 1 FROM workflow_event WHERE once IS NOT NULL GROUP BY once"
        " HAVING count(*) > 1) AS d"
    )
    require("no milestone rings twice", doubled == 0, doubled)


def rang(service: Service, times: int) -> None:
    """How often each deadline has rung."""
    rung = service.ask(
        "SELECT case_id, count(*) FROM workflow_event WHERE once LIKE 'timer %' GROUP BY case_id"
    )
    require(f"every deadline rang {times} time(s)", bool(rung) and {n for _c, n in rung} == {times}, rung)
