"""What is promised of every letter, and whether a simulated year kept it: a sentence for each breach.

Written from the promise, not from the code that is to keep it: audience, relevance and deadlines of
the service are not asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from .rows import Happened, day_of, said_at
from .seen import Seen


def reminders_keep_office_hours(seen: Seen) -> Iterator[str]:
    """No digest and no reminder on a rest day, or outside 07:30 to 17:30."""
    for letter in seen.letters:
        is_of_the_clock = letter.is_digest or seen.reminders_in(letter)
        if is_of_the_clock and not seen.facts.is_office_hour(letter.at):
            yield f"{said_at(letter.at)} ngoài giờ làm việc: thư nhắc cho {letter.to} ({letter.subject})"


def nothing_is_sent_twice(seen: Seen) -> Iterator[str]:
    """No mail twice, no milestone of a deadline in two mails to one person, one digest a day."""
    for message_id, count in Counter(letter.message_id for letter in seen.letters).items():
        if count > 1:
            yield f"thư {message_id} đã gửi {count} lần"
    milestones: Counter[Any] = Counter()
    digests: Counter[tuple[str, date]] = Counter()
    for letter in seen.letters:
        digests[letter.to, day_of(letter.at)] += letter.is_digest
        for event in seen.reminders_in(letter):
            due_on, milestone = event.changes["due_on"][1], event.changes["milestone"][1]
            milestones[letter.to, event.case, event.action, due_on, milestone] += 1
    for (to, case, _action, due_on, milestone), count in milestones.items():
        if count > 1:
            yield f"{to}: {seen.name(case)}, hạn {due_on}, mốc {milestone:+} trong {count} thư"
    for (to, day), count in digests.items():
        if count > 1:
            yield f"{to} nhận {count} thư gộp trong ngày {day:%d/%m/%Y}"


def only_those_in_office_are_written_to(seen: Seen) -> Iterator[str]:
    """Nobody gets a mail about a unit in which, or over whose city, they hold no office that day."""
    for letter in seen.letters:
        person, day = seen.facts.person_at.get(letter.to), day_of(letter.at)
        units = {seen.facts.unit_of[case] for case in seen.named_in(letter)}
        units |= {said.unit for said in seen.said_in(letter)}
        for unit in sorted(units):
            if person is None or not seen.facts.is_in_office(person, unit, day):
                name = seen.facts.name_of[unit]
                yield f"{said_at(letter.at)}: {letter.to} không giữ chức vụ ở {name} mà vẫn nhận thư"


def only_what_still_holds_is_sent(seen: Seen) -> Iterator[str]:
    """No reminder of a case that has ended, or of a deadline that has moved or been kept; and no word
    of a step of a case that has ended since."""
    for letter in seen.letters:
        for event in seen.reminders_in(letter):
            if not _still_runs(seen, event, letter.at):
                due_on = date.fromisoformat(event.changes["due_on"][1])
                said = f"hạn {due_on:%d/%m/%Y} không còn chạy"
                yield f"{said_at(letter.at)}: nhắc {letter.to} về {seen.name(event.case)}, {said}"
        for said_of in seen.said_in(letter):
            if said_of.event and (ended_at := _ended(seen, said_of.event, letter.at)):
                case = seen.facts.events[said_of.event].case
                yield (
                    f"{said_at(letter.at)}: báo {letter.to} về {seen.name(case)} đã kết thúc"
                    f" lúc {said_at(ended_at)}"
                )


def _still_runs(seen: Seen, event: Happened, at: datetime) -> bool:
    due_on = date.fromisoformat(event.changes["due_on"][1])
    runs = (run for run in seen.runs[event.case] if run.action == event.action and run.due_on == due_on)
    return any(event in run.rung and run.is_running(at) for run in runs)


def _ended(seen: Seen, told: int, at: datetime) -> datetime | None:
    """When the case of an event ended, if it did so after the event and had by an instant."""
    event = seen.facts.events[told]
    ended_at = None
    for other in seen.facts.events_of[event.case]:
        state = other.changes.get("state")
        if state and other.at <= at:
            ended_at = other.at if state[1] in ("closed", "cancelled") else None
    return ended_at if ended_at and ended_at > event.at else None


def letters_and_register_agree(seen: Seen) -> Iterator[str]:
    """Every letter stands in the register as sent, with what it says; and nothing due is left behind."""
    arrived = Counter(letter.message_id for letter in seen.letters)
    for sending in seen.facts.sendings:
        if (sending.state == "sent") != bool(arrived[sending.message_id]):
            has_come = "có" if arrived[sending.message_id] else "không có"
            yield f"thư {sending.message_id}: trong sổ là {sending.state}, hộp thư {has_come}"
        elif sending.state not in ("sent", "suppressed", "pending"):
            yield f"thư {sending.message_id} mắc ở trạng thái {sending.state}"
        elif sending.state == "pending" and _was_due(seen, sending.next_at, sending.digest_on):
            yield f"thư {sending.message_id} đến lúc gửi {said_at(sending.next_at)} mà vẫn chờ"
    for letter in seen.letters:
        if letter.message_id not in seen.facts.sending_of:
            yield f"thư {letter.message_id} cho {letter.to} không có trong sổ gửi tin"
        elif not {seen.facts.case_of[n] for n in letter.cases} <= {s.case for s in seen.said_in(letter)}:
            yield f"thư {letter.message_id} nêu hồ sơ mà sổ gửi tin không ghi"


def _was_due(seen: Seen, next_at: datetime, digest_on: date | None) -> bool:
    """Whether a round has come since that should have sent it."""
    rounds = [at for at in seen.year.rounds if digest_on is None or seen.facts.is_office_hour(at)]
    return bool(rounds) and next_at <= rounds[-1]
