"""What a message still says when it goes late: of cases as they are by then, to whoever holds the post."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from notifications.delivery import deliver
from notifications.models import Dispatch, Message, MessageState, Notification, Withheld
from notifications.outcomes import release
from notifications.preferences import choose, stop_digests
from notifications.relevance import contents_of
from notifications.settling import Settlement, settle
from notifications.telling import tell
from organisations.models import Appointment, Role
from organisations.refusals import NotNow
from tests.conftest import WEDNESDAY
from workflow.clock import ring_due
from workflow.models import Case
from workflow.operations import comment

from .conftest import go_round, local

HOUR = timedelta(hours=1)


def cases() -> list[Case]:
    return list(Case.objects.order_by("pk"))


def why(person) -> list[str]:
    ways = Dispatch.objects.filter(notification__recipient=person).order_by("pk")
    return list(ways.values_list("withheld", flat=True))


# --- What was told together -----------------------------------------------------------------------


def test_of_several_new_cases_the_letter_counts_those_that_still_wait(city, post) -> None:
    city.rate(red="1.1 1.2 1.3")
    tell(now=WEDNESDAY)
    city.take(cases()[0], "cancel", city.auditor, note="Nhập sai", now=WEDNESDAY)
    city.take(cases()[1], "assign", city.chairperson, assignee=city.staff, now=WEDNESDAY)
    deliver(now=WEDNESDAY + HOUR)
    (mail,) = post.mail_to(city.chairperson)
    assert mail["Subject"].strip() == "Về Xanh: Hồ sơ mới mở, chờ phân công: 1 hồ sơ – Phường Kiến An"
    assert Notification.objects.get(recipient=city.chairperson).count == 3  # what was said in the product


def test_of_cases_that_have_all_moved_on_nothing_is_said(city, post) -> None:
    city.rate(red="1.1 1.2")
    tell(now=WEDNESDAY)
    for case in cases():
        city.take(case, "cancel", city.auditor, note="Nhập sai", now=WEDNESDAY)
    deliver(now=WEDNESDAY + HOUR)
    assert post.box == []
    assert why(city.chairperson) == [Withheld.MOVED_ON]


def test_whoever_no_longer_chairs_is_not_told_what_the_chair_is_told(city, post) -> None:
    city.rate(red="1.1 1.2")
    tell(now=WEDNESDAY)
    Appointment.objects.filter(user=city.chairperson).update(role=Role.STAFF)
    deliver(now=WEDNESDAY)
    assert (post.box, why(city.chairperson)) == ([], [Withheld.LEFT])


def test_a_group_one_of_which_moves_at_the_last_moment_is_asked_again(city, post) -> None:
    city.rate(red="1.1 1.2")
    tell(now=WEDNESDAY)

    message = Message.objects.get()
    message.state, message.token = MessageState.CLAIMED, uuid.uuid4()
    message.save()
    content = contents_of([message], on=WEDNESDAY.date())[message.pk]
    assert len(content.versions) == 2
    comment(cases()[0], by=city.auditor, note="Đã gọi chưa?", now=WEDNESDAY)
    assert not release(message, content, now=WEDNESDAY)
    assert release(message, contents_of([message], on=WEDNESDAY.date())[message.pk], now=WEDNESDAY)


def test_an_empty_chair_that_was_filled_meanwhile_is_no_news(city, post) -> None:
    Appointment.objects.filter(user=city.chairperson).update(until=WEDNESDAY.date())
    city.open_case()
    tell(now=WEDNESDAY)
    Appointment.objects.create(
        user=city.vice_chair, unit=city.kien_an, role=Role.CHAIRPERSON, since=WEDNESDAY.date()
    )
    deliver(now=WEDNESDAY)
    assert why(city.administrator) == [Withheld.MOVED_ON]


# --- What has been done meanwhile -----------------------------------------------------------------


def test_nobody_is_asked_for_what_is_done(city, post) -> None:
    case = city.in_verification()
    tell(now=WEDNESDAY)
    city.take(case, "verify", city.chairperson, now=WEDNESDAY + HOUR)
    deliver(now=WEDNESDAY + HOUR)
    said = [mail["Subject"] for mail in post.mail_to(city.chairperson)]
    assert not any("chờ xác nhận" in subject or "chờ phân công" in subject for subject in said)


def test_a_request_that_was_decided_is_not_asked_of_anybody(city, post) -> None:
    case = city.in_progress()
    later = {"due_on": local(1, month=12).date(), "note": "Chờ vốn"}
    city.take(case, "request_extension", city.staff, **later)
    tell(now=WEDNESDAY)
    city.take(case, "refuse_extension", city.chairperson, note="Không", now=WEDNESDAY + HOUR)
    deliver(now=WEDNESDAY + HOUR)
    assert not any("gia hạn chờ" in mail["Subject"] for mail in post.mail_to(city.chairperson))


# --- Digests ---------------------------------------------------------------------------------------


def in_digests(city, person) -> None:
    choose(person, channel="mail", steps="digest", reminders="digest")


def digests(post, person) -> list:
    return [mail for mail in post.mail_to(person) if mail["List-Unsubscribe"]]


def test_two_digests_of_one_person_that_wait_for_one_morning_go_as_one(city, post) -> None:
    in_digests(city, city.staff)
    city.assigned(city.open_case("1.1"))
    tell(now=local(8))
    Message.objects.filter(recipient=city.staff).update(state=MessageState.CLAIMED, token=None)
    city.assigned(city.open_case("1.2"))
    tell(now=local(8, 9))  # the first is in somebody's hands: another is begun for the day after
    Message.objects.filter(recipient=city.staff).update(state=MessageState.PENDING)
    assert Message.objects.filter(recipient=city.staff).count() == 2
    deliver(now=local(9, 9))
    (mail,) = digests(post, city.staff)
    assert mail["Subject"] == "Về Xanh: tin trong ngày, 2 hồ sơ"
    assert sorted(Message.objects.filter(recipient=city.staff).values_list("state", flat=True)) == [
        "sent", "suppressed",
    ]  # fmt: skip
    assert why(city.staff) == ["", ""]


def test_a_person_who_has_had_a_digest_today_gets_the_next_tomorrow(city, post) -> None:
    in_digests(city, city.staff)
    for code, at in (("1.1", local(8)), ("1.2", local(8, 10))):
        city.assigned(city.open_case(code))
        go_round(at)
    # As if the second had been begun for the same day by a sender that knew nothing of the first.
    Message.objects.filter(recipient=city.staff, state="pending").update(next_at=local(8, 11))
    deliver(now=local(8, 12))
    assert len(digests(post, city.staff)) == 1
    deliver(now=local(9, 9))
    assert len(digests(post, city.staff)) == 2


def test_leaving_the_digest_stops_the_one_that_waits(city, post) -> None:
    city.assigned()
    ring_due(now=local(5, month=11))
    tell(now=local(5, month=11))
    stop_digests(city.staff, channel="mail")
    deliver(now=local(5, 9, month=11))
    assert digests(post, city.staff) == []
    assert why(city.staff)[-1] == Withheld.PREFERENCE


# --- Settled by a person -----------------------------------------------------------------------------


def test_an_old_doubt_settled_today_takes_nobodys_digest_and_falsifies_no_time(city, post) -> None:
    city.assigned()
    go_round(local(5, month=11))
    friday = Message.objects.filter(recipient=city.staff).latest("pk")
    Message.objects.filter(pk=friday.pk).update(state=MessageState.IN_DOUBT, sent_at=None)
    settled = settle(friday, Settlement.ARRIVED, by=city.administrator, now=local(9, 7, month=11))
    assert settled.sent_at == friday.released_at == local(5, 8, 3, month=11)
    go_round(local(9, 9, month=11))
    assert len(digests(post, city.staff)) == 2


def test_what_is_sent_again_has_new_patience_and_what_is_left_troubles_nobody(city, post) -> None:
    post.unknown = {city.chairperson.email}
    city.open_case()
    tell(now=WEDNESDAY)
    message = Message.objects.get()
    for hours in range(0, 150, 10):
        deliver(now=WEDNESDAY + timedelta(hours=hours))
    message.refresh_from_db()
    assert message.state == MessageState.FAILED
    with pytest.raises(NotNow):
        settle(message, Settlement.ARRIVED, by=city.administrator)
    later = WEDNESDAY + timedelta(days=8)
    settle(message, Settlement.AGAIN, by=city.administrator, now=later)
    deliver(now=later)
    message.refresh_from_db()
    assert (message.state, message.attempts) == (MessageState.PENDING, 1)
    Message.objects.update(state=MessageState.FAILED)
    left = settle(message, Settlement.GIVEN_UP, by=city.administrator)
    assert (left.state, bool(left.settled_at)) == (MessageState.FAILED, True)
    with pytest.raises(NotNow):
        settle(message, Settlement.AGAIN, by=city.administrator)


# --- The rest of the world ------------------------------------------------------------------------------


def test_what_waits_for_a_channel_that_is_gone_says_so(city, settings, tmp_path) -> None:
    settings.DATA_DIR = tmp_path
    settings.NOTIFICATION_CHANNELS = ["notifications.mail.Mail", "notifications.files.Files"]
    choose(city.staff, channel="file", steps="immediate", reminders="off")
    city.assigned()
    tell(now=WEDNESDAY)
    settings.NOTIFICATION_CHANNELS = ["notifications.mail.Mail"]
    deliver(now=WEDNESDAY)
    assert Message.objects.get(channel="file").state == MessageState.SUPPRESSED
    assert Dispatch.objects.get(channel="file", message__isnull=False).withheld == Withheld.NO_CHANNEL


def test_one_notification_that_cannot_be_judged_holds_back_nobody_elses(city, post) -> None:
    city.assigned(supporters=[city.supporter, city.other_staff])
    tell(now=WEDNESDAY)
    broken = Notification.objects.get(recipient=city.supporter)
    Notification.objects.filter(pk=broken.pk).update(key="opened neither this", case=None, event=None)
    deliver(now=WEDNESDAY)
    assert len(post.mail_to(city.staff)) == len(post.mail_to(city.other_staff)) == 1
    strange = Message.objects.get(recipient=city.supporter)
    assert (strange.state, strange.attempts, strange.last_error) == (MessageState.PENDING, 1, "ValueError")


@pytest.mark.skipif(connection.vendor == "sqlite", reason="a file has no clock of its own")
def test_a_worker_whose_clock_is_behind_marks_by_the_databases(city, time_machine) -> None:
    """Else the outbox would leave behind what another worker has not read yet."""
    city.open_case()
    time_machine.move_to(datetime.now(UTC) - 2 * HOUR)
    tell(now=WEDNESDAY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp() - max(at) FROM notifications_told")
        assert cursor.fetchone()[0] < HOUR


# --- What is sent again, and what has been gone wrong before ----------------------------------------------


def in_doubt(city, person, *, day: int) -> Message:
    """The digest of a day of November, of which nobody knows whether it arrived."""
    city.assigned()
    go_round(local(day, month=11))
    digest = Message.objects.filter(recipient=person).exclude(digest_on=None).latest("pk")
    Message.objects.filter(pk=digest.pk).update(state=MessageState.IN_DOUBT, sent_at=None)
    digest.refresh_from_db()
    return digest


def test_a_digest_sent_again_says_what_it_said_and_nothing_more(city, post) -> None:
    """Its number is that of a mail that may be there already: anything more would be taken for a repeat."""
    digest = in_doubt(city, city.staff, day=5)
    settle(digest, Settlement.AGAIN, by=city.administrator, now=local(5, 17, 40, month=11))
    ring_due(now=local(6, 7, 30, month=11))
    tell(now=local(6, 7, 30, month=11))
    newer = Message.objects.filter(recipient=city.staff).exclude(digest_on=None).latest("pk")
    assert newer.pk != digest.pk
    deliver(now=local(6, 9, month=11))
    deliver(now=local(9, 9, month=11))
    arrived = [mail["Message-ID"].strip() for mail in digests(post, city.staff)]
    assert len(set(arrived)) == len(arrived) - (digest.message_id in arrived[1:])
    assert newer.message_id in arrived


def test_a_digest_that_may_have_arrived_today_is_the_digest_of_today(city, post) -> None:
    in_doubt(city, city.staff, day=5)
    city.assigned(city.open_case("2.1"))
    choose(city.staff, channel="mail", steps="digest", reminders="digest")
    city.assigned(city.open_case("2.2"))
    tell(now=local(5, 10, month=11))
    assert Message.objects.latest("pk").digest_on == local(6, month=11).date()


def test_whoever_left_the_digest_meanwhile_does_not_get_it_again(city, post) -> None:
    digest = in_doubt(city, city.staff, day=5)
    before = len(post.box)
    stop_digests(city.staff, channel="mail")
    settle(digest, Settlement.AGAIN, by=city.administrator, now=local(5, 9, month=11))
    deliver(now=local(6, 9, month=11))
    assert len(post.box) == before
    assert Message.objects.get(pk=digest.pk).state == MessageState.SUPPRESSED


def test_a_mailbox_that_is_dead_keeps_its_age_when_digests_are_folded(city, post) -> None:
    in_digests(city, city.staff)
    for code, day in (("1.1", 8), ("1.2", 9)):
        city.assigned(city.open_case(code))
        Message.objects.filter(recipient=city.staff).update(state=MessageState.CLAIMED)
        tell(now=local(day))
    first, second = Message.objects.filter(recipient=city.staff).order_by("pk")
    Message.objects.filter(pk=first.pk).update(
        state=MessageState.PENDING, next_at=local(12, 12), failing_since=local(8), attempts=7
    )
    post.unknown = {city.staff.email}
    deliver(now=local(12, 9))
    second.refresh_from_db()
    assert (second.failing_since, second.attempts) == (local(8), 8)


def test_a_digest_waits_for_what_has_rung_and_is_not_told_yet(city, post) -> None:
    in_digests(city, city.chairperson)
    city.open_case()
    tell(now=local(9, 20))
    ring_due(now=local(12, 7, 35))
    deliver(now=local(12, 7, 38))  # the teller is not done yet
    assert digests(post, city.chairperson) == []
    tell(now=local(12, 7, 39))
    deliver(now=local(12, 7, 42))
    (mail,) = digests(post, city.chairperson)
    assert "Đến hạn hôm nay" in mail.get_body(("plain",)).get_content()


def test_an_auditor_is_told_of_a_relapse_also_once_it_is_being_worked_on(city, post) -> None:
    city.closed()
    tell(now=WEDNESDAY)
    deliver(now=WEDNESDAY)
    city.rate(red="1.4", period="2027-Q1")
    tell(now=WEDNESDAY)
    city.take(cases()[-1], "assign", city.chairperson, assignee=city.staff, now=WEDNESDAY)
    deliver(now=WEDNESDAY)
    assert any("tái diễn" in mail["Subject"].lower() for mail in post.mail_to(city.auditor))


def test_what_was_rated_again_is_not_counted_among_what_the_same_intake_opened(city, post) -> None:
    city.rate(yellow="1.1 1.2")
    tell(now=WEDNESDAY)
    deliver(now=WEDNESDAY)
    city.rate(yellow="1.1 1.2 2.1 2.2", period="2026-Q4")
    tell(now=WEDNESDAY)
    for case in cases()[:2]:
        city.take(case, "cancel", city.auditor, note="Nhập sai", now=WEDNESDAY)
    tell(now=WEDNESDAY)
    deliver(now=WEDNESDAY + HOUR)
    said = "".join(m.get_body(("plain",)).get_content() for m in post.mail_to(city.chairperson))
    assert "Hồ sơ có đánh giá mới" not in said
