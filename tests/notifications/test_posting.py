"""Webhooks told for real: a server on this machine hears of events, each at least once by one key."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from standardwebhooks import Webhook as Verifier

from notifications import delivery, posting, wire
from notifications.claims import LEASE
from notifications.deliveries import ping, resend
from notifications.delivery import WORKS_FOR_SECONDS, deliver
from notifications.hooks import disable_webhook, enable_webhook, end_webhook, make_webhook, rotate_secret
from notifications.models import Delivery, Message, MessageState, Webhook
from notifications.outcomes import GIVEN_UP_AFTER
from notifications.posting import Webhooks, deliver_webhooks
from notifications.signing import secret_of
from notifications.telling import tell
from notifications.waiting import still_heard
from organisations.refusals import NotNow, NotYours
from tests.conftest import WEDNESDAY
from workflow.models import Event

from .receiver import Receiver, drip, hang_up

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_numbers = count()


@pytest.fixture(autouse=True)
def _here(settings: Any, time_machine: Any) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = [ipaddress.ip_network("127.0.0.0/8")]
    settings.SITE_URL = "https://vexanh.example"
    time_machine.move_to(WEDNESDAY, tick=False)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


def hook(city: Any, receiver: Receiver, **given: Any) -> Webhook:
    given.setdefault("unit", city.kien_an)
    return make_webhook(receiver.url(f"/{next(_numbers)}"), by=city.administrator, **given)


def send(at=WEDNESDAY) -> int:
    tell(now=at)
    return deliver_webhooks(now=at)


def states(webhook: Webhook) -> list[str]:
    return list(webhook.deliveries.order_by("pk").values_list("message__state", flat=True))


def now(webhook: Webhook) -> Webhook:
    return Webhook.objects.get(pk=webhook.pk)


# --- It arrives -------------------------------------------------------------------------------


def test_an_event_is_told_with_keys_only_and_verified_by_the_reference_library(city, receiver) -> None:
    webhook = hook(city, receiver)
    case = city.assigned(city.open_case("1.4"))
    assert send() == 2
    opened, assigned = receiver.got
    event = Event.objects.get(kind="assigned")
    assert Verifier(secret_of(webhook)).verify(assigned.body, assigned.headers) == {
        "type": "case.assigned",
        "timestamp": "2026-10-07T02:00:00.000Z",
        "data": {
            "case": case.number,
            "unit": "11443",
            "indicator": "1.4",
            "seq": event.seq,
            "kind": "assigned",
            "state": "assigned",
            "link": f"https://vexanh.example/api/v1/cases/{case.number}/",
        },
    }
    assert opened.said["data"]["state"] == "open"
    assert assigned.headers["content-type"] == "application/json"
    for contents in ("Phát hiện", "Tuấn", city.staff.email, str(city.staff.full_name)):
        assert contents not in assigned.body + opened.body
    assert states(webhook) == ["sent", "sent"]


def test_once_told_it_is_not_told_again(city, receiver) -> None:
    hook(city, receiver)
    city.open_case()
    assert [send(), send(), send(WEDNESDAY + MINUTE)] == [1, 0, 0]
    assert len(receiver.got) == 1


def test_people_s_mail_and_webhooks_go_their_own_ways(city, receiver, mailoutbox) -> None:
    webhook = hook(city, receiver)
    city.open_case()
    tell(now=WEDNESDAY)
    deliver(now=WEDNESDAY)
    assert (len(mailoutbox), len(receiver.got), states(webhook)) == (1, 0, ["pending"])
    assert deliver_webhooks(now=WEDNESDAY) == 1
    assert (len(mailoutbox), len(receiver.got)) == (1, 1)


def test_one_event_goes_to_every_webhook_that_hears_it_under_a_key_of_its_own(city, receiver) -> None:
    hooks = [
        hook(city, receiver),
        hook(city, receiver, unit=city.unit),
        hook(city, receiver, kinds=["overdue"]),
    ]
    city.open_case()
    assert send() == 2
    assert len({got.headers["webhook-id"] for got in receiver.got}) == 2
    assert [len(states(webhook)) for webhook in hooks] == [1, 1, 0]


def test_during_a_rotation_both_secrets_verify(city, receiver) -> None:
    webhook = hook(city, receiver)
    old = secret_of(webhook)
    new = secret_of(rotate_secret(webhook, by=city.chairperson))
    city.open_case()
    send()
    (got,) = receiver.got
    for secret in (old, new):
        assert Verifier(secret).verify(got.body, got.headers)["type"] == "case.opened"


# --- It fails ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "said"), [(500, "HTTP 500"), (302, "HTTP 302"), (404, "HTTP 404")])
def test_what_is_not_well_is_told_again_by_the_same_key(city, receiver, status, said) -> None:
    webhook = hook(city, receiver)
    city.open_case()
    receiver.answers = [status]
    assert send() == 0
    (delivery,) = webhook.deliveries.all()
    assert (delivery.message.state, delivery.message.last_error) == ("pending", said)
    assert delivery.message.next_at == WEDNESDAY + MINUTE
    assert send(WEDNESDAY + MINUTE / 2) == 0
    assert send(WEDNESDAY + MINUTE) == 1
    first, second = receiver.got
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert (first.body, states(webhook)) == (second.body, ["sent"])


@pytest.mark.parametrize("instead", [hang_up, drip])
def test_what_nobody_answered_for_is_told_again_by_the_same_key(city, receiver, monkeypatch, instead) -> None:
    monkeypatch.setattr(wire, "ANSWERS_WITHIN_SECONDS", 0.3)
    webhook = hook(city, receiver)
    city.open_case()
    receiver.instead = instead
    assert send() == 0
    assert states(webhook) == ["pending"]
    receiver.instead = None
    assert send(WEDNESDAY + MINUTE) == 1
    assert len({got.headers["webhook-id"] for got in receiver.got}) == 1


def test_what_a_killed_sender_had_in_hand_is_told_again(city, receiver) -> None:
    webhook = hook(city, receiver)
    city.open_case()
    send()
    Message.objects.filter(delivery__webhook=webhook).update(
        state=MessageState.RELEASED, lease_until=WEDNESDAY - MINUTE
    )
    assert send(WEDNESDAY + LEASE) == 1
    assert len({got.headers["webhook-id"] for got in receiver.got}) == 1
    assert (len(receiver.got), states(webhook)) == (2, ["sent"])


def test_a_receiver_that_is_silent_is_waited_for_once_and_holds_up_nobody(
    city, receiver, monkeypatch
) -> None:
    monkeypatch.setattr(wire, "ANSWERS_WITHIN_SECONDS", 0.3)
    silent, slow = Receiver(), hook(city, receiver)
    silent.instead = drip
    Webhook.objects.filter(pk=slow.pk).update(url=silent.url())
    well = hook(city, receiver)
    for code in ("1.1", "1.2", "1.3"):
        city.open_case(code)
    assert send() == 3
    assert (len(silent.got), len(receiver.got)) == (1, 3)
    assert (states(slow), states(well)) == (["pending"] * 3, ["sent"] * 3)
    silent.close()


def test_a_receiver_that_answers_slowly_leaves_time_to_the_others(city, receiver, monkeypatch) -> None:
    monkeypatch.setattr(posting, "SECONDS_EACH", 0.3)
    sluggish, slow = Receiver(), hook(city, receiver)
    sluggish.before = lambda: time.sleep(0.4)
    Webhook.objects.filter(pk=slow.pk).update(url=sluggish.url())
    for code in ("1.1", "1.2", "1.3"):
        city.open_case(code)
    tell(now=WEDNESDAY)
    well = hook(city, receiver)
    city.open_case("1.4")
    tell(now=WEDNESDAY + MINUTE / 2)
    monkeypatch.setattr(delivery, "BATCH_SIZE", 2)
    began = time.monotonic()
    assert deliver_webhooks(now=WEDNESDAY + MINUTE / 2) == 2
    assert time.monotonic() - began < 1.1
    assert (states(slow), states(well)) == (["sent", *["pending"] * 3], ["sent"])
    waiting = Message.objects.filter(delivery__webhook=slow, state="pending")
    later = WEDNESDAY + MINUTE / 2 + posting.STANDS_BACK
    assert set(waiting.values_list("attempts", "next_at", "failing_since")) == {(0, later, None)}
    monkeypatch.setattr(posting, "SECONDS_EACH", 5)
    assert deliver_webhooks(now=later) == 3
    assert states(slow) == ["sent"] * 4
    sluggish.close()


def test_however_much_waits_for_a_slow_one_it_stands_back_at_once(city, receiver, monkeypatch) -> None:
    monkeypatch.setattr(posting, "SECONDS_EACH", 0)
    monkeypatch.setattr(delivery, "BATCH_SIZE", 1)
    hook(city, receiver)
    counts = []
    for hour, codes in enumerate((["1.1", "1.2"], ["1.3", "1.4", "2.1", "2.2", "2.3"])):
        for code in codes:
            city.open_case(code)
        tell(now=WEDNESDAY + hour * HOUR)
        with CaptureQueriesContext(connection) as queries:
            assert deliver_webhooks(now=WEDNESDAY + hour * HOUR) == 1
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_whoever_is_gone_is_told_nothing_more(city, receiver) -> None:
    webhook = hook(city, receiver)
    city.open_case("1.1")
    receiver.answers = [410]
    assert send() == 0
    assert (now(webhook).disabled_at, now(webhook).disabled_because) == (WEDNESDAY, "HTTP 410")
    city.open_case("1.2")
    assert send(WEDNESDAY + MINUTE) == 0
    assert (len(receiver.got), states(webhook)) == (1, ["pending", "pending"])


def test_after_five_days_it_is_given_up_and_the_webhook_switched_off_to_be_seen(city, receiver) -> None:
    webhook = hook(city, receiver)
    city.open_case()
    receiver.answers = [503] * 100
    for hours in range(0, 119, 5):
        send(WEDNESDAY + timedelta(hours=hours))
    assert (states(webhook), now(webhook).disabled_at) == (["pending"], None)
    late = WEDNESDAY + GIVEN_UP_AFTER + timedelta(hours=5)
    send(late)
    assert (states(webhook), now(webhook).disabled_because) == (["failed"], "HTTP 503")
    receiver.answers = []
    (delivery,) = webhook.deliveries.all()
    with pytest.raises(NotNow):
        resend(delivery, by=city.chairperson, now=late)
    enable_webhook(webhook, by=city.chairperson, now=late)
    receiver.answers = [503]
    resend(delivery, by=city.chairperson, now=late)
    assert send(late) == 0
    assert (states(webhook), now(webhook).is_live) == (["pending"], True)
    assert send(late + timedelta(hours=4)) == 1
    assert (states(webhook), now(webhook).is_live) == (["sent"], True)
    assert len({got.headers["webhook-id"] for got in receiver.got}) == 1


def test_an_address_that_has_come_to_lead_inside_is_called_no_more(city, receiver, settings) -> None:
    webhook = hook(city, receiver)
    city.open_case()
    settings.WEBHOOK_ALLOWED_NETWORKS = []
    assert send() == 0
    assert receiver.got == []
    assert "https://" in webhook.deliveries.get().message.last_error


# --- It is no longer theirs ---------------------------------------------------------------------


def test_what_waits_is_dropped_once_it_is_ended_and_kept_where_its_owner_has_left(city, receiver) -> None:
    ended, left = hook(city, receiver), hook(city, receiver, unit=city.unit)
    by_chair = make_webhook(receiver.url(), unit=city.kien_an, by=city.chairperson)
    city.open_case()
    tell(now=WEDNESDAY)
    end_webhook(ended, by=city.chairperson)
    city.administrator.appointments.update(until=WEDNESDAY.date())
    assert deliver_webhooks(now=WEDNESDAY) == 1
    assert [states(w) for w in (ended, left, by_chair)] == [["suppressed"], ["pending"], ["sent"]]


def test_one_that_is_ended_while_its_messages_are_in_hand_is_told_no_more(city, receiver) -> None:
    webhook = hook(city, receiver)
    city.open_case()
    tell(now=WEDNESDAY)
    message = Message.objects.get(channel="webhook")
    says = still_heard([message], on=WEDNESDAY.date())[message.pk].says
    end_webhook(webhook, by=city.chairperson)
    with Webhooks(WEDNESDAY).open() as line:
        assert not line.hand_over(message, says, lambda: True)
    assert receiver.got == []


def test_what_waits_of_a_case_that_another_unit_has_by_now_is_not_told(city, receiver) -> None:
    ward, whole = hook(city, receiver), hook(city, receiver, unit=city.unit)
    case = city.open_case()
    tell(now=WEDNESDAY)
    type(case).objects.filter(pk=case.pk).update(unit=city.phu_lien)
    assert deliver_webhooks(now=WEDNESDAY) == 1
    assert (states(ward), states(whole)) == (["suppressed"], ["sent"])


# --- It is off and on again ---------------------------------------------------------------------


def test_what_happens_while_it_is_off_is_told_once_it_is_on_again(city, receiver) -> None:
    webhook = hook(city, receiver)
    city.open_case("1.1")
    receiver.answers = [410]
    assert send() == 0
    city.open_case("1.2")
    for hours in (1, 2, 26):
        assert send(WEDNESDAY + hours * HOUR) == 0
    city.open_case("1.3")
    late = WEDNESDAY + 4 * DAY
    assert (send(late), len(receiver.got)) == (0, 1)
    enable_webhook(webhook, by=city.chairperson, now=late)
    assert send(late) == 3
    assert states(webhook) == ["sent"] * 3
    assert [got.said["data"]["indicator"] for got in receiver.got] == ["1.1", "1.1", "1.2", "1.3"]


def test_what_waited_five_days_has_failed_and_says_why(city, receiver) -> None:
    off, nobodys = hook(city, receiver), make_webhook(
        receiver.url(), unit=city.kien_an, by=city.chairperson
    )  # fmt: skip
    disable_webhook(off, because="HTTP 410", now=WEDNESDAY)
    city.chairperson.appointments.update(until=WEDNESDAY.date())
    city.open_case("1.1")
    send()
    city.open_case("1.2")
    send(WEDNESDAY + HOUR)
    send(WEDNESDAY + GIVEN_UP_AFTER)
    assert [states(off), states(nobodys)] == [["pending"] * 2] * 2
    late = WEDNESDAY + GIVEN_UP_AFTER + HOUR
    assert send(late) == 0
    assert [states(off), states(nobodys)] == [["failed", "pending"]] * 2
    said = [w.deliveries.order_by("pk").first().message.last_error for w in (off, nobodys)]
    assert said == [
        "Không gửi: webhook đã tắt, chờ quá 5 ngày.",
        "Không gửi: người đứng tên không còn chức vụ, chờ quá 5 ngày.",
    ]
    for webhook in (off, nobodys):
        enable_webhook(webhook, by=city.coordinator, now=late)
    assert (send(late), len(receiver.got)) == (2, 2)
    assert [states(off), states(nobodys)] == [["failed", "sent"]] * 2
    resend(off.deliveries.get(message__state="failed"), by=city.coordinator, now=late)
    assert (send(late), states(off)) == (1, ["sent", "sent"])


def test_an_owner_who_has_an_office_again_hears_what_was_kept(city, receiver) -> None:
    webhook = make_webhook(receiver.url(), unit=city.kien_an, by=city.chairperson)
    city.chairperson.appointments.update(until=WEDNESDAY.date())
    city.open_case()
    assert send() == 0
    city.chairperson.appointments.update(until=None)
    assert send(WEDNESDAY + HOUR) == 1
    assert states(webhook) == ["sent"]


def test_one_that_is_ended_while_it_is_off_drops_what_was_kept(city, receiver) -> None:
    webhook = hook(city, receiver)
    disable_webhook(webhook, because="HTTP 410", now=WEDNESDAY)
    city.open_case()
    send()
    end_webhook(webhook, by=city.chairperson)
    assert send(WEDNESDAY + HOUR) == 0
    assert (states(webhook), receiver.got) == (["suppressed"], [])


def test_switched_on_again_it_has_all_the_patience_of_a_new_one(city, receiver) -> None:
    webhook = hook(city, receiver)
    city.open_case()
    receiver.answers = [503, 503, 503]
    send()
    disable_webhook(webhook, because="HTTP 503", now=WEDNESDAY)
    late = WEDNESDAY + GIVEN_UP_AFTER - HOUR
    enable_webhook(webhook, by=city.chairperson, now=late)
    assert send(late) == 0
    assert now(webhook).deliveries.get().message.attempts == 1
    assert send(late + 2 * HOUR) == 0
    assert (states(webhook), now(webhook).is_live) == (["pending"], True)
    assert send(late + 6 * HOUR) == 1


# --- By hand ------------------------------------------------------------------------------------


def test_a_ping_tries_the_line(city, receiver) -> None:
    webhook = hook(city, receiver, kinds=["overdue"])
    delivery = ping(webhook, by=city.chairperson)
    assert deliver_webhooks(now=WEDNESDAY) == 1
    (got,) = receiver.got
    said = Verifier(secret_of(webhook)).verify(got.body, got.headers)
    assert said == {"type": "ping", "timestamp": "2026-10-07T02:00:00.000Z", "data": {}}
    assert got.headers["webhook-id"] == delivery.message.message_id


def test_one_ping_at_a_time(city, receiver) -> None:
    webhook, other = hook(city, receiver), hook(city, receiver)
    failed = ping(webhook, by=city.chairperson)
    for state in (MessageState.PENDING, MessageState.CLAIMED, MessageState.RELEASED):
        Message.objects.update(state=state)
        with pytest.raises(NotNow, match="chưa xong"):
            ping(webhook, by=city.coordinator)
    assert ping(other, by=city.coordinator)
    Message.objects.update(state=MessageState.FAILED)
    assert ping(webhook, by=city.chairperson)
    with pytest.raises(NotNow, match="chưa xong"):
        resend(failed, by=city.chairperson)
    assert deliver_webhooks(now=WEDNESDAY) == 1
    assert resend(failed, by=city.chairperson)


def test_who_does_not_keep_it_neither_pings_nor_resends(city, receiver) -> None:
    webhook = hook(city, receiver)
    delivery = ping(webhook, by=city.coordinator)
    Message.objects.update(state=MessageState.FAILED)
    for who in (city.staff, city.auditor, city.neighbour_chairperson):
        with pytest.raises(NotYours):
            ping(webhook, by=who)
        with pytest.raises(NotYours):
            resend(delivery, by=who)
    resend(delivery, by=city.chairperson)
    with pytest.raises(NotNow):
        resend(delivery, by=city.chairperson)
    end_webhook(webhook, by=city.chairperson)
    with pytest.raises(NotNow):
        ping(webhook, by=city.chairperson)


def test_reading_the_record_asks_one_question_more_and_writes_two_sets(city, receiver) -> None:
    city.open_case("1.1")
    with CaptureQueriesContext(connection) as without:
        tell(now=WEDNESDAY)
    counts = []
    for code, number in (("1.2", 1), ("1.3", 3), ("1.4", 30)):
        Webhook.objects.bulk_create(
            Webhook(owner=city.administrator, unit=city.unit, url=receiver.url(), created_at=WEDNESDAY)
            for _ in range(number)
        )
        city.open_case(code)
        with CaptureQueriesContext(connection) as queries:
            tell(now=WEDNESDAY)
        counts.append(len(queries))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= len(without) + 2
    assert Delivery.objects.count() == 1 + 4 + 34


def test_the_run_is_as_short_as_that_of_mail() -> None:
    assert WORKS_FOR_SECONDS == 30
