"""Delivery to a real mail server: never twice, never lost, never of what no longer holds."""

from __future__ import annotations

import os
import signal
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.mail import EmailMessage
from django.db import connection

from notifications.channels import Refused
from notifications.delivery import deliver
from notifications.models import Message, MessageState
from notifications.outcomes import GIVEN_UP_AFTER
from notifications.preferences import choose
from notifications.smtp import Postman
from notifications.telling import tell
from organisations.models import Appointment
from tests.conftest import WEDNESDAY
from workflow.clock import ring_due
from workflow.models import Case
from workflow.operations import comment

from .conftest import free_port, go_round, local

MINUTE = timedelta(minutes=1)


def states(person=None) -> list[str]:
    messages = Message.objects.order_by("pk")
    return list((messages.filter(recipient=person) if person else messages).values_list("state", flat=True))


def send(at=WEDNESDAY) -> int:
    tell(now=at)
    return deliver(now=at)


# --- It arrives -------------------------------------------------------------------------------


def test_a_step_is_mailed_at_once_at_any_hour_and_only_once(city, post) -> None:
    sunday_night = local(11, 23)
    case = city.open_case(now=sunday_night)
    assert send(sunday_night) == 1
    city.assigned(case, now=sunday_night)
    assert send(sunday_night) == 1
    assert send(sunday_night + MINUTE) == 0
    (mail,) = post.mail_to(city.staff)
    assert "Hồ sơ được phân công" in mail["Subject"]
    assert mail["Message-ID"] == Message.objects.get(recipient=city.staff).message_id
    assert states() == ["sent", "sent"]


def test_the_clock_run_twice_is_one_mail(city, post) -> None:
    city.open_case()
    send()
    for minute in (0, 1, 2, 30):
        go_round(local(12, 8, minute))
    digests = [m for m in post.mail_to(city.chairperson) if "nhắc việc" in m["Subject"]]
    assert len(digests) == 1


def test_many_mails_share_a_connection(city, post) -> None:
    for person in (city.staff, city.supporter, city.other_staff):
        city.take(city.open_case(f"1.{person.pk % 3 + 1}"), "assign", city.chairperson, assignee=person)
    assert send() == 3  # that the cases were new is no news any more
    assert post.connections == 1


def test_a_line_that_begins_with_a_dot_arrives_as_it_was(post, settings) -> None:
    body = ".đầu dòng\n..hai chấm\n.\nhết.\n"
    with Postman() as postman:
        assert postman.post(EmailMessage("Chấm", body, to=["a@haiphong.example"]), lambda: True)
        assert postman.post(EmailMessage("Hai", "x", to=["b@haiphong.example"]), lambda: True)
    assert [m["Subject"] for m in post.box] == ["Chấm", "Hai"]
    assert post.box[0].get_content().replace("\r\n", "\n").rstrip("\n") == body.rstrip("\n")


def test_a_mail_that_is_not_released_leaves_nothing_behind_in_the_next(post) -> None:
    with Postman() as postman:
        assert not postman.post(EmailMessage("Không", "x", to=["a@haiphong.example"]), lambda: False)
        assert postman.post(EmailMessage("Có", "y", to=["b@haiphong.example"]), lambda: True)
    (mail,) = post.box
    assert (mail["Subject"], mail.get_content().strip()) == ("Có", "y")


# --- Office hours -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "goes"),
    [
        (local(12, 7, 29), False),
        (local(12, 7, 31), False),  # the morning's reminders may still be coming
        (local(12, 7, 32), True),
        (local(12, 17, 28), True),
        (local(12, 17, 29), False),  # it might still be on its way after closing
        (local(12, 17, 31), False),
        (local(17, 9), False),  # Saturday
        (local(19, 9), True),
        (local(24, 9, month=11), False),  # the day of rest for Culture Day, new in 2026
    ],
)
def test_a_digest_is_never_sent_outside_office_hours(city, post, at, goes) -> None:
    city.open_case()
    send()
    ring_due(now=local(9))
    tell(now=local(9))
    ring_due(now=at)
    tell(now=at)
    assert deliver(now=at) == int(goes)


@pytest.mark.parametrize(
    ("at", "goes"), [(local(12, 7, 33), False), (local(12, 8), False), (local(12, 8, 1), True)]
)
def test_a_digest_waits_for_a_clock_that_is_late_in_the_morning_but_not_for_ever(
    city, post, at, goes
) -> None:
    """Else what rings a little later would be said a day after its day."""
    city.open_case()
    send()
    ring_due(now=local(9))
    tell(now=local(9, 17))
    assert deliver(now=at) == int(goes)
    ring_due(now=local(12, 8, 2))
    tell(now=local(12, 8, 2))
    deliver(now=local(12, 8, 5))
    said = "".join(mail.get_body(("plain",)).get_content() for mail in post.box)
    assert ("Đến hạn hôm nay" in said) == (not goes)


def test_steps_wait_for_no_office(city, post) -> None:
    city.open_case(now=local(17, 23))
    assert send(local(17, 23)) == 1


# --- It fails ---------------------------------------------------------------------------------


def test_one_refused_address_holds_back_nobody_else(city, post) -> None:
    post.unknown = {city.supporter.email}
    city.assigned(supporters=[city.supporter, city.other_staff])
    assert send() == 2
    refused = Message.objects.get(recipient=city.supporter)
    assert (refused.state, refused.attempts, refused.next_at) == ("pending", 1, WEDNESDAY + MINUTE)
    assert refused.last_error == "550 5.1.1 no such person"
    assert post.connections == 1
    post.unknown = set()
    assert deliver(now=WEDNESDAY + MINUTE / 2) == 0
    assert deliver(now=WEDNESDAY + MINUTE) == 1
    assert len(post.mail_to(city.supporter)) == 1


def test_one_of_several_recipients_refused_is_the_whole_mail_refused(post) -> None:
    post.unknown = {"b@haiphong.example"}
    released = []
    mail = EmailMessage("Chung", "x", to=["a@haiphong.example", "b@haiphong.example", "c@haiphong.example"])
    with Postman() as postman, pytest.raises(Refused, match="550"):
        postman.post(mail, lambda: released.append(True) or True)
    assert (post.box, released) == ([], [])


def test_a_mail_refused_again_and_again_waits_longer_and_is_given_up_by_age(city, post) -> None:
    city.open_case()
    tell(now=WEDNESDAY)
    post.unknown = {city.chairperson.email}
    at, waits = WEDNESDAY, []
    while (message := Message.objects.get()).state == MessageState.PENDING:
        deliver(now=at)
        waits.append(Message.objects.get().next_at - at)
        at += waits[-1]
    assert waits[:4] == [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE]
    assert max(waits) == timedelta(hours=4)
    assert message.state == MessageState.FAILED
    assert GIVEN_UP_AFTER < at - WEDNESDAY < GIVEN_UP_AFTER + timedelta(hours=9)


def test_a_dead_mailbox_is_given_up_however_much_there_is_to_say(city, post) -> None:
    """News every day must not give it another five days each time."""
    choose(city.chairperson, channel="mail", steps="digest", reminders="digest")
    post.unknown = {city.chairperson.email}
    case = city.open_case()
    for day in (8, 9, 12, 13, 14, 15, 16):
        comment(case, by=city.auditor, note="Đã gọi chưa?", now=local(day))
        tell(now=local(day))
        for hour in (9, 12, 17):
            deliver(now=local(day, hour))
    assert "failed" in states(city.chairperson)


def test_a_digest_begun_before_a_long_rest_is_not_given_up_at_its_first_refusal(city, post, settings) -> None:
    """Told on the evening before Tết, first tried nine days later, while the server is not up yet."""
    choose(city.chairperson, channel="mail", steps="digest", reminders="digest")
    eve = local(13, 20, month=2)
    city.open_case(now=eve)
    tell(now=eve)
    well, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    for minute in (32, 34, 37):
        ring_due(now=local(23, 7, minute, month=2))
        tell(now=local(23, 7, minute, month=2))
        deliver(now=local(23, 7, minute, month=2))
    assert Message.objects.get(recipient=city.chairperson).attempts >= 1
    assert states(city.chairperson) == ["pending"]
    settings.EMAIL_PORT = well
    deliver(now=local(23, 9, month=2))
    assert states(city.chairperson) == ["sent"]


def test_a_refusal_after_the_final_dot_is_tried_again(city, post) -> None:
    post.verdicts = ["451 try later", "250 OK"]
    city.open_case()
    assert send() == 0
    assert states() == ["pending"]
    assert deliver(now=WEDNESDAY + MINUTE) == 1
    assert len(post.box) == 1


def test_a_server_that_is_down_loses_nothing_and_is_asked_once(city, post, settings) -> None:
    city.assigned(supporters=[city.supporter, city.other_staff])
    well, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    assert send() == 0
    assert sorted(Message.objects.values_list("state", "attempts")) == [
        ("pending", 0), ("pending", 0), ("pending", 1), ("suppressed", 0),
    ]  # fmt: skip
    settings.EMAIL_PORT = well
    assert deliver(now=WEDNESDAY) == 2
    assert deliver(now=WEDNESDAY + MINUTE) == 1
    assert len(post.box) == 3


def test_after_days_without_a_server_a_person_gets_one_digest(city, post, settings) -> None:
    city.open_case()
    send()
    well, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    for day in (9, 12, 13, 15):
        go_round(local(day))
    settings.EMAIL_PORT = well
    go_round(local(16))
    go_round(local(16, 10))
    (_opened, digest) = post.mail_to(city.chairperson)
    said = digest.get_body(("plain",)).get_content()
    assert said.count("- 2026-") == 1  # four milestones passed: the newest is said
    assert "Đã quá hạn" in said


def test_a_digest_that_went_a_day_late_is_the_digest_of_the_day_it_went(city, post) -> None:
    city.open_case("1.1")
    send()
    ring_due(now=local(9))
    tell(now=local(9))
    deliver(now=local(12, 7, 40))  # Friday's, on Monday, before Monday's clock
    go_round(local(12, 8))
    assert digests(post, city.chairperson) == 1
    go_round(local(13, 8))
    assert digests(post, city.chairperson) == 2


def test_a_server_that_hangs_up_after_the_final_dot_is_never_asked_again(city, post) -> None:
    post.hangs_up_after_the_dot = True
    city.open_case()
    assert send() == 0
    assert states() == ["in_doubt"]
    assert Message.objects.get().last_error
    post.hangs_up_after_the_dot = False
    for days in range(1, 8):
        deliver(now=WEDNESDAY + timedelta(days=days))
    assert len(post.box) == 1


def test_one_strange_mail_holds_back_nobody_elses(city, post) -> None:
    city.supporter.email = "a\nb@haiphong.example"
    type(city.supporter).objects.filter(pk=city.supporter.pk).update(email=city.supporter.email)
    city.assigned(supporters=[city.supporter])
    assert send() == 1
    strange = Message.objects.get(recipient=city.supporter)
    assert (strange.state, strange.last_error) == ("pending", "BadHeaderError")
    assert city.supporter.email not in strange.last_error


# --- A sender dies ----------------------------------------------------------------------------


def dead_senders(state: MessageState) -> None:
    """What is left of a sender that was killed eleven minutes ago."""
    ago = datetime.now(UTC) - MINUTE
    Message.objects.update(state=state, lease_until=ago, token="12345678123456781234567812345678")


def test_what_a_dead_sender_had_not_released_is_sent_by_the_next(city, post) -> None:
    city.open_case()
    tell(now=WEDNESDAY)
    dead_senders(MessageState.CLAIMED)
    assert deliver(now=WEDNESDAY) == 1
    assert len(post.box) == 1


def test_what_a_dead_sender_had_released_is_in_doubt_and_stays_so(city, post) -> None:
    city.open_case()
    tell(now=WEDNESDAY)
    dead_senders(MessageState.RELEASED)
    assert deliver(now=WEDNESDAY) == deliver(now=WEDNESDAY + timedelta(days=1)) == 0
    assert states() == ["in_doubt"]
    assert post.box == []


@pytest.mark.parametrize("state", [MessageState.CLAIMED, MessageState.RELEASED])
def test_what_a_living_sender_holds_is_left_to_it(city, post, state) -> None:
    city.open_case()
    tell(now=WEDNESDAY)
    Message.objects.update(state=state, lease_until=datetime.now(UTC) + MINUTE)
    assert deliver(now=WEDNESDAY) == 0
    assert states() == [state]


def test_a_sender_told_to_end_while_the_server_thinks_leaves_a_doubt_and_the_others_go(city, post) -> None:
    """As the queue's soft time limit ends a task: by a signal, at any place."""

    def end(*_: object) -> None:
        raise SoftTimeLimitExceeded

    def end_while_thinking() -> None:
        post.in_full = lambda: None
        os.kill(os.getpid(), signal.SIGALRM)
        time.sleep(0.3)

    city.assigned(supporters=[city.supporter])
    tell(now=WEDNESDAY)
    before = signal.signal(signal.SIGALRM, end)
    post.in_full = end_while_thinking
    try:
        assert deliver(now=WEDNESDAY) == 1
    finally:
        signal.signal(signal.SIGALRM, before)
    assert sorted(states()) == ["released", "sent", "suppressed"]
    Message.objects.update(lease_until=datetime.now(UTC) - MINUTE)
    deliver(now=WEDNESDAY + timedelta(days=1))
    assert sorted(states()) == ["in_doubt", "sent", "suppressed"]
    assert len(post.box) == 2


@pytest.mark.django_db(transaction=True)
def test_a_sender_whose_lease_has_passed_to_another_does_not_send(post, city) -> None:
    city.open_case()
    tell(now=WEDNESDAY)

    def another_takes_over() -> None:
        Message.objects.update(token="12345678123456781234567812345678")
        connection.close()

    post.meanwhile = another_takes_over
    assert deliver(now=WEDNESDAY) == 0
    assert post.box == []
    assert states() == ["claimed"]


# --- The world moves on -----------------------------------------------------------------------


def reminded(city, case: Case) -> None:
    """Everything is set for a digest about a case to go; nothing else waits."""
    send()
    ring_due(now=local(6, month=11))
    tell(now=local(6, month=11))
    assert "pending" in states()


def digests(post, person) -> int:
    return len([m for m in post.mail_to(person) if "nhắc việc" in m["Subject"]])


def go(hour: int = 9) -> None:
    deliver(now=local(6, hour, month=11))


def test_a_reminder_of_a_moved_deadline_is_not_sent(city, post) -> None:
    case = city.in_progress()
    reminded(city, case)
    city.take(
        case, "extend", city.chairperson, due_on=date(2026, 11, 20), note="Mưa bão", objective_cause=True,
        now=local(6, 8, month=11),
    )  # fmt: skip
    go()
    assert digests(post, city.staff) == 0
    assert states(city.staff)[-1] == "suppressed"


def test_a_reminder_of_a_case_cancelled_first_is_not_sent(city, post) -> None:
    case = city.in_progress()
    reminded(city, case)
    city.take(case, "cancel", city.auditor, note="Nhập sai", now=local(6, 8, month=11))
    go()
    assert digests(post, city.staff) == 0


def test_a_reminder_of_a_case_that_went_to_another_is_not_sent(city, post) -> None:
    case = city.in_progress()
    reminded(city, case)
    city.take(case, "assign", city.chairperson, assignee=city.other_staff, now=local(6, 8, month=11))
    go()
    assert digests(post, city.staff) == 0


def test_a_digest_is_sent_without_what_has_been_overtaken(city, post) -> None:
    first, second = city.in_progress(city.open_case("1.1")), city.in_progress(city.open_case("1.2"))
    reminded(city, first)
    city.take(first, "cancel", city.auditor, note="Nhập sai", now=local(6, 8, month=11))
    go()
    said = post.mail_to(city.staff)[-1].get_body(("plain",)).get_content()
    assert second.number in said
    assert first.number not in said


def test_a_day_whose_digest_was_not_needed_is_free_for_another(city, post) -> None:
    case = city.in_progress(city.open_case("1.1"))
    reminded(city, case)
    city.take(case, "cancel", city.auditor, note="Nhập sai", now=local(6, 8, month=11))
    go()
    city.in_progress(city.open_case("1.2"))
    ring_due(now=local(6, 10, month=11))
    tell(now=local(6, 10, month=11))
    go(11)
    assert digests(post, city.staff) == 1


@pytest.mark.parametrize("leaving", ["deactivated", "office ended"])
def test_whoever_has_left_gets_no_more_mail(city, post, leaving) -> None:
    city.assigned(supporters=[city.supporter])
    tell(now=WEDNESDAY)
    if leaving == "deactivated":
        city.staff.is_active = False
        city.staff.save()
    else:
        Appointment.objects.filter(user=city.staff).update(until=WEDNESDAY.date())
    deliver(now=WEDNESDAY)
    assert post.mail_to(city.staff) == []
    assert states(city.staff) == ["suppressed"]
    assert states(city.supporter) == ["sent"]


@pytest.mark.django_db(transaction=True)
def test_a_case_closed_while_its_reminder_is_on_the_line_is_not_reminded_of(post, city) -> None:
    case = city.in_progress()
    reminded(city, case)

    def closed_by_the_auditor() -> None:
        post.meanwhile = lambda: None
        city.take(case, "cancel", city.auditor, note="Nhập sai", now=local(6, 8, month=11))
        connection.close()

    post.meanwhile = closed_by_the_auditor
    go()
    assert digests(post, city.staff) == 0
    assert states(city.staff)[-1] == "pending"
    go(10)
    assert digests(post, city.staff) == 0
    assert states(city.staff)[-1] == "suppressed"
