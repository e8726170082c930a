"""Webhooks by API: made with a secret told once, tried, read in their log, ended."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from standardwebhooks import Webhook as Verifier

from notifications.models import Delivery, Message, Webhook
from notifications.posting import deliver_webhooks
from notifications.telling import tell
from tests.conftest import WEDNESDAY
from tests.notifications.receiver import Receiver


@pytest.fixture(autouse=True)
def _here(settings: Any, time_machine: Any) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = [ipaddress.ip_network("127.0.0.0/8")]
    time_machine.move_to(WEDNESDAY, tick=False)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


def of(webhook: dict[str, Any], rest: str = "") -> str:
    return f"webhooks/{webhook['id']}/{rest}"


def test_a_webhook_from_beginning_to_end(city, as_, receiver) -> None:
    chair = as_(city.chairperson)
    answer = chair.post("webhooks/", {"url": receiver.url(), "unit": "11443", "kinds": ["opened"]})
    assert (answer.status_code, answer["Cache-Control"]) == (201, "private, no-store")
    made = answer.json()
    secret = made.pop("secret")
    assert (made["unit"], made["kinds"], made["standing"]) == ("11443", ["opened"], "hears")
    assert made["owner"]["email"] == city.chairperson.email
    assert chair.get(of(made)).json() == made
    assert chair.get("webhooks/").json()["results"] == [made]
    case = city.assigned(city.open_case())
    tell(now=WEDNESDAY)
    assert chair.post(of(made, "ping/")).json()["type"] == "ping"
    assert deliver_webhooks(now=WEDNESDAY) == 2
    for got in receiver.got:
        Verifier(secret).verify(got.body, got.headers)
    ping, opened = chair.get(of(made, "deliveries/")).json()["results"]
    assert (ping["type"], ping["case"], ping["state"]) == ("ping", None, "sent")
    assert (opened["type"], opened["case"], opened["seq"]) == ("case.opened", case.number, 1)
    assert opened["message_id"] == receiver.got[0].headers["webhook-id"]
    assert chair.get(of(made)).json()["last_sent_at"] == "2026-10-07T02:00:00Z"
    assert chair.delete(of(made)).status_code == 204
    assert chair.delete(of(made)).status_code == 409
    assert chair.get("webhooks/").json()["results"] == []
    assert (chair.get(of(made)).json()["standing"], len(receiver.got)) == ("ended", 2)


def test_a_new_secret_and_the_day_till_which_the_former_holds(city, as_) -> None:
    chair = as_(city.chairperson)
    made = chair.post("webhooks/", {"url": "https://8.8.8.8/", "unit": "11443"}).json()
    answer = chair.post(of(made, "secret/"))
    again = answer.json()
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")
    assert again["secret"] != made["secret"]
    assert again["former_secret_until"] == "2026-10-08T02:00:00Z"
    assert "secret" not in chair.get(of(made)).json()


def test_what_failed_is_resent_once_it_is_switched_on_again(city, as_, receiver) -> None:
    chair = as_(city.chairperson)
    made = chair.post("webhooks/", {"url": receiver.url(), "unit": "11443"}).json()
    city.open_case()
    tell(now=WEDNESDAY)
    Message.objects.filter(channel="webhook").update(state="failed", last_error="HTTP 503")
    Webhook.objects.update(disabled_at=WEDNESDAY, disabled_because="HTTP 503")
    (failed,) = chair.get(of(made, "deliveries/")).json()["results"]
    assert (failed["state"], failed["last_error"]) == ("failed", "HTTP 503")
    resend = of(made, f"deliveries/{failed['id']}/resend/")
    assert chair.post(resend).status_code == 409
    enabled = chair.post(of(made, "enable/"))
    assert (enabled.status_code, enabled.json()["standing"]) == (200, "hears")
    assert chair.post(of(made, "enable/")).status_code == 409
    assert chair.post(resend).json()["state"] == "pending"
    assert chair.post(resend).status_code == 409
    assert deliver_webhooks(now=WEDNESDAY) == 1
    assert receiver.got[0].headers["webhook-id"] == failed["message_id"]
    assert chair.post(of(made, "deliveries/999999/resend/")).status_code == 404


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"url": "http://8.8.8.8/", "unit": "11443"}, "url"),
        ({"url": "https://169.254.169.254/", "unit": "11443"}, "url"),
        ({"url": "https://8.8.8.8/\x00", "unit": "11443"}, "url"),
        ({"url": "https://8.8.8.8/" + "x" * 500, "unit": "11443"}, "url"),
        ({"unit": "11443"}, "url"),
        ({"url": "https://8.8.8.8/", "unit": "99999"}, "unit"),
        ({"url": "https://8.8.8.8/", "unit": "11443", "kinds": ["exploded"]}, "kinds[0]"),
        ({"url": "https://8.8.8.8/", "unit": "11443", "kinds": "opened"}, "kinds"),
    ],
)
def test_what_is_wrong_is_a_problem_by_field(city, as_, given, field) -> None:
    answer = as_(city.chairperson).post("webhooks/", given)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert [name.partition(".")[0] for name in answer.json()["errors"]] == [field]
    assert not Webhook.objects.exists()


def test_a_delivery_of_another_webhook_is_not_there(city, as_) -> None:
    chair, neighbour = as_(city.chairperson), as_(city.neighbour_chairperson)
    mine = chair.post("webhooks/", {"url": "https://8.8.8.8/", "unit": "11443"}).json()
    theirs = neighbour.post("webhooks/", {"url": "https://8.8.8.8/", "unit": "11446"}).json()
    told = neighbour.post(of(theirs, "ping/")).json()
    Message.objects.update(state="failed")
    assert chair.post(of(mine, f"deliveries/{told['id']}/resend/")).status_code == 404
    for rest in ("secret/", "enable/", "ping/", f"deliveries/{told['id']}/resend/"):
        assert chair.post(of(theirs, rest)).status_code == 404, rest
    for rest in ("", "deliveries/"):
        assert chair.get(of(theirs, rest)).status_code == 404, rest
    assert chair.delete(of(theirs)).status_code == 404
    assert len(neighbour.get("webhooks/").json()["results"]) == 1


def test_lists_ask_a_fixed_number_of_questions_and_go_by_cursor(city, as_) -> None:
    chair = as_(city.chairperson)
    made = chair.post("webhooks/", {"url": "https://8.8.8.8/", "unit": "11443"}).json()
    codes, counts = iter([f"{i}.{j}" for i in range(1, 5) for j in range(1, 4)]), []
    for count in (1, 3, 50):
        Webhook.objects.bulk_create(
            Webhook(owner=city.chairperson, unit=city.kien_an, url="https://8.8.8.8/", created_at=WEDNESDAY)
            for _ in range(count)
        )
        city.open_case(next(codes))
        tell(now=WEDNESDAY)
        for _ in range(count):
            assert chair.post(of(made, "ping/")).status_code == 201
            Message.objects.filter(delivery__event=None).update(state="sent")
        assert chair.post(of(made, "ping/")).status_code == 201
        assert chair.post(of(made, "ping/")).status_code == 409
        Message.objects.filter(delivery__event=None).update(state="sent")
        with CaptureQueriesContext(connection) as queries:
            chair.get("webhooks/")
            chair.get(of(made, "deliveries/"))
        counts.append(len(queries))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= 12
    first = chair.get(of(made, "deliveries/"), page_size=20).json()
    keys, page = [row["id"] for row in first["results"]], first
    while page["next"]:
        page = chair.client.get(page["next"]).json()
        keys += [row["id"] for row in page["results"]]
    assert keys == list(
        Delivery.objects.filter(webhook=made["id"]).order_by("-pk").values_list("pk", flat=True)
    )
