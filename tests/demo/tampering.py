"""What somebody might do behind the back of a simulated year, one thing at a time, and what must be said."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from demo.simulation.letterbox import Letter
from demo.simulation.rows import Happened, day_of
from demo.simulation.runs import Run
from demo.simulation.seen import Seen
from demo.simulation.verdict import PROMISES
from notifications.models import Dispatch, Message, Notification
from organisations.models import Appointment, Delegation
from tests.conftest import without_triggers
from workflow.models import Event

HOURS, TWICE, OFFICE, HOLDS, ESCALATED, SILENT, DEPUTIES, REGISTER = PROMISES
Tamper = Callable[[Seen, list[Letter]], str]


def digests_with_a_reminder(seen: Seen) -> Iterator[tuple[int, Letter, Happened]]:
    """Digests that carry a reminder of a case's own deadline, and their places among the letters."""
    for place, letter in enumerate(seen.letters):
        for event in seen.reminders_in(letter):
            if not event.action:
                yield place, letter, event


def add_event(case: int, kind: str, at: datetime, **changes: Any) -> None:
    """One more event, with no regard for the chain."""
    last = Event.objects.filter(case=case).order_by("seq").values_list("seq", flat=True).last() or 0
    Event.objects.create(case_id=case, seq=last + 1, kind=kind, at=at, changes=changes, hash="")


def change_event(event: Happened, column: str, value: Any) -> None:
    statement = f'UPDATE workflow_event SET "{column}" = %s WHERE id = %s'
    without_triggers(lambda cursor: cursor.execute(statement, [value, event.pk]))


def a_run_escalated(seen: Seen, times: int) -> Run:
    """A deadline of a case that was escalated so often, and is not yet over."""
    for runs in seen.runs.values():
        for run in runs:
            rung = [event for event in run.rung if event.kind == "escalated"]
            if not run.action and run.ended_at is None and len(rung) >= times:
                return run
    raise AssertionError("nothing was escalated so often")


def silence(key: str) -> None:
    """Nobody is told under a key."""
    Notification.objects.filter(key=key).update(key=f"silenced {uuid.uuid4()}"[:60])


# --- One thing each ---------------------------------------------------------------------------


def a_digest_on_a_sunday(seen: Seen, letters: list[Letter]) -> str:
    place, letter, _event = next(digests_with_a_reminder(seen))
    letters[place] = letter._replace(at=letter.at + timedelta(days=6 - letter.at.weekday()))
    return f"{letters[place].at:%d/%m/%Y} {letter.at:%H:%M} ngoài giờ làm việc: thư nhắc cho {letter.to}"


def a_digest_in_the_evening(seen: Seen, letters: list[Letter]) -> str:
    place, letter, _event = next(digests_with_a_reminder(seen))
    letters[place] = letter._replace(at=letter.at.replace(hour=17, minute=30))
    return f"17:30 ngoài giờ làm việc: thư nhắc cho {letter.to}"


def a_mail_twice(seen: Seen, letters: list[Letter]) -> str:
    letters.append(letters[7])
    return f"thư {letters[7].message_id} đã gửi 2 lần"


def a_second_digest_of_the_day(seen: Seen, letters: list[Letter]) -> str:
    _place, letter, _event = next(digests_with_a_reminder(seen))
    letters.append(letter._replace(message_id="<another@localhost>"))
    return f"{letter.to} nhận 2 thư gộp trong ngày {letter.at:%d/%m/%Y}"


def a_milestone_in_two_mails(seen: Seen, letters: list[Letter]) -> str:
    _place, letter, event = next(digests_with_a_reminder(seen))
    other = next(each for each in seen.letters if each.to == letter.to and each != letter)
    message = Message.objects.get(message_id=other.message_id)
    told = Notification.objects.get(event=event.pk, recipient=message.recipient)
    Dispatch.objects.create(notification=told, channel="zalo", message=message)
    return f"{letter.to}: {seen.name(event.case)}, hạn {event.changes['due_on'][1]}, mốc"


def a_reader_who_had_left(seen: Seen, letters: list[Letter]) -> str:
    _place, letter, event = next(digests_with_a_reminder(seen))
    Appointment.objects.filter(user__email=letter.to).update(until=day_of(letter.at))
    unit = seen.facts.name_of[seen.facts.unit_of[event.case]]
    return f"{letter.to} không giữ chức vụ ở {unit} mà vẫn nhận thư"


def a_case_that_had_ended(seen: Seen, letters: list[Letter]) -> str:
    _place, letter, event = next(digests_with_a_reminder(seen))
    add_event(event.case, "cancelled", letter.at - timedelta(seconds=1), state=["open", "cancelled"])
    return f"nhắc {letter.to} về {seen.name(event.case)}"


def a_deadline_that_had_moved(seen: Seen, letters: list[Letter]) -> str:
    found = digests_with_a_reminder(seen)
    _place, letter, event = next(row for row in found if row[2].changes["timer"][1] == "due_on")
    add_event(event.case, "extended", letter.at - timedelta(seconds=1), due_on=[None, "2026-12-31"])
    return f"nhắc {letter.to} về {seen.name(event.case)}"


def a_step_of_a_case_that_had_ended(seen: Seen, letters: list[Letter]) -> str:
    for letter in seen.letters:
        for said in seen.said_in(letter):
            if said.kind == "assigned" and said.event and said.case:
                at = letter.at - timedelta(microseconds=1)
                add_event(said.case, "cancelled", at, state=["assigned", "cancelled"])
                return f"báo {letter.to} về {seen.name(said.case)} đã kết thúc"
    raise AssertionError("nothing was assigned")


def a_deadline_never_escalated(seen: Seen, letters: list[Letter]) -> str:
    run = a_run_escalated(seen, times=1)
    for event in run.rung:
        if event.kind == "escalated":
            change_event(event, "kind", "overdue")
    return f"{seen.name(run.case)}, hạn {run.due_on:%d/%m/%Y} quá"


def an_escalation_unheard(seen: Seen, letters: list[Letter]) -> str:
    event = next(e for e in a_run_escalated(seen, times=1).rung if e.kind == "escalated")
    silence(f"event {event.pk}")
    return f"đôn đốc ngày {day_of(event.at):%d/%m/%Y} không đến kiemtra@"


def a_vacancy_unreported(seen: Seen, letters: list[Letter]) -> str:
    for event in seen.facts.events.values():
        unit, day = seen.facts.unit_of[event.case], day_of(event.at)
        if event.kind == "escalated" and not seen.facts.holders(unit, "chairperson", day):
            year, week, _weekday = day.isocalendar()
            silence(f"vacant {unit} {year}-{week:02}")
            return f"{seen.facts.name_of[unit]} khuyết chủ tịch ngày {day:%d/%m/%Y} mà quantri@"
    raise AssertionError("nothing was escalated while a chair was empty")


def two_reminders_on_a_day(seen: Seen, letters: list[Letter]) -> str:
    run = a_run_escalated(seen, times=3)
    change_event(run.rung[-2], "at", run.rung[-3].at + timedelta(minutes=5))
    return f"hạn {run.due_on:%d/%m/%Y} được nhắc 2 lần"


def a_reminder_missing(seen: Seen, letters: list[Letter]) -> str:
    run = a_run_escalated(seen, times=3)
    change_event(run.rung[-2], "kind", "commented")
    return f"{seen.name(run.case)}, hạn {run.due_on:%d/%m/%Y}: im lặng"


def a_deputy_unheard(seen: Seen, letters: list[Letter]) -> str:
    _place, letter, event = next(digests_with_a_reminder(seen))
    unit, day = seen.facts.unit_of[event.case], day_of(event.at)
    told = {said.person for said in seen.facts.said if said.event == event.pk}
    reader = seen.facts.person_at[letter.to]
    here = {office.person for office in seen.facts.offices if office.unit == unit}
    taker = next(p for p in sorted(here - told) if seen.facts.is_in_office(p, unit, day))
    Delegation.objects.create(giver_id=reader, taker_id=taker, unit_id=unit, since=day)
    return f"{seen.facts.address_of[taker]} thay {letter.to} mà không được nhắc"


def a_letter_not_in_the_register(seen: Seen, letters: list[Letter]) -> str:
    letters.append(letters[0]._replace(message_id="<stray@localhost>"))
    return "thư <stray@localhost>"


def a_letter_about_another_case(seen: Seen, letters: list[Letter]) -> str:
    place, letter, _event = next(digests_with_a_reminder(seen))
    other = next(number for number in seen.facts.case_of if number not in letter.cases)
    letters[place] = letter._replace(lines=[f"- {other}: Sắp đến hạn"])
    return f"thư {letter.message_id} nêu hồ sơ mà sổ gửi tin không ghi"


def a_letter_that_never_came(seen: Seen, letters: list[Letter]) -> str:
    return f"thư {letters.pop().message_id}: trong sổ là sent, hộp thư không có"


def a_message_left_behind(seen: Seen, letters: list[Letter]) -> str:
    at = seen.letters[-1].at - timedelta(days=5)
    Message.objects.create(message_id="<left@localhost>", created_at=at, next_at=at)
    return "thư <left@localhost> đến lúc gửi"


TAMPERINGS: list[tuple[str, Tamper]] = [
    (HOURS, a_digest_on_a_sunday),
    (HOURS, a_digest_in_the_evening),
    (TWICE, a_mail_twice),
    (TWICE, a_second_digest_of_the_day),
    (TWICE, a_milestone_in_two_mails),
    (OFFICE, a_reader_who_had_left),
    (HOLDS, a_case_that_had_ended),
    (HOLDS, a_deadline_that_had_moved),
    (HOLDS, a_step_of_a_case_that_had_ended),
    (ESCALATED, a_deadline_never_escalated),
    (ESCALATED, an_escalation_unheard),
    (ESCALATED, a_vacancy_unreported),
    (SILENT, two_reminders_on_a_day),
    (SILENT, a_reminder_missing),
    (DEPUTIES, a_deputy_unheard),
    (REGISTER, a_letter_not_in_the_register),
    (REGISTER, a_letter_about_another_case),
    (REGISTER, a_letter_that_never_came),
    (REGISTER, a_message_left_behind),
]
