"""The change feed: everything, once, in order, also where a transaction took long; as webhooks tell it."""

import json
from ipaddress import ip_network
from threading import Event as Flag
from threading import Thread

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from notifications import changes
from notifications.models import Delivery, Told
from notifications.payload import body_of
from notifications.telling import tell
from tests.conftest import WEDNESDAY
from workflow.models import Event
from workflow.operations import comment


def followed(caller, after=0, **query):
    """All that the feed has after a position, as a system follows it."""
    told = []
    while True:
        page = caller.get("events/", after=after, **query).json()
        told += page["results"]
        after = int(page["next"].split("after=")[1].split("&")[0])
        if not page["more"]:
            return told, after


def test_a_system_follows_all_that_happens_in_order(city, as_, monkeypatch) -> None:
    monkeypatch.setattr(changes, "WINDOW", 4)
    auditor, chair = as_(city.auditor), as_(city.chairperson)
    assert followed(auditor) == ([], 0)
    case = city.in_progress()
    theirs = city.open_case("2.1", unit=city.phu_lien)
    assert followed(auditor) == ([], 0), "what nobody has been told of yet is not there either"
    tell(now=WEDNESDAY)
    told, end = followed(auditor, limit=1)
    assert [(t["data"]["case"], t["data"]["seq"]) for t in told] == [
        (case.number, 1), (case.number, 2), (case.number, 3), (theirs.number, 1)
    ]  # fmt: skip
    assert [t["event"]["kind"] for t in told] == ["opened", "assigned", "started", "opened"]
    assert told[1]["event"]["hash"] == told[2]["event"]["previous_hash"]
    assert told[1]["event"]["actor"]["full_name"] == "Trần Thị Hạnh"
    mine, same_end = followed(chair)
    assert [t["position"] for t in mine] == [t["position"] for t in told[:3]]
    assert same_end == end, "what one does not see is passed over, and not asked for again"
    comment(case, by=city.other_staff, note="Đã xem", now=WEDNESDAY)
    tell(now=WEDNESDAY)
    news, _end = followed(chair, end)
    assert [(t["type"], t["event"]["note"]) for t in news] == [("case.commented", "Đã xem")]
    assert followed(as_(city.stranger))[0] == []


def test_it_says_what_webhooks_are_told(city, as_, settings) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = [ip_network("127.0.0.0/8")]
    chair = as_(city.chairperson)
    chair.post("webhooks/", {"url": "http://127.0.0.1:9/vx", "unit": "11443"})
    city.in_progress()
    tell(now=WEDNESDAY)
    told, _end = followed(chair)
    pushed = [json.loads(body_of(d.message, d)) for d in Delivery.objects.order_by("pk")]
    assert pushed
    assert [{name: t[name] for name in ("type", "timestamp", "data")} for t in told] == pushed


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "9" * 30])
def test_a_place_that_is_none_is_refused(city, as_, after) -> None:
    answer = as_(city.staff).get("events/", after=after)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["after"])


def test_it_costs_the_same_whatever_there_is(city, as_) -> None:
    staff, costs = as_(city.staff), []
    staff.get("me/")
    for codes in ("1.1", "1.2 1.3", " ".join(f"2.{n}" for n in range(1, 8))):
        city.rate(red=codes)
        tell(now=WEDNESDAY)
        with CaptureQueriesContext(connection) as queries:
            staff.get("events/")
        costs.append(len(queries))
    assert len(set(costs)) == 1
    assert costs[0] <= 7


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time")
@pytest.mark.django_db(transaction=True)
def test_what_took_longer_than_what_came_later_is_not_missed(city, as_) -> None:
    slow, fast = city.open_case("1.1"), city.open_case("1.2")
    tell()
    auditor = as_(city.auditor)
    _told, end = followed(auditor)
    written, go_on = Flag(), Flag()

    def take_long() -> None:
        with transaction.atomic():
            comment(slow, by=city.staff, note="Chậm")
            written.set()
            go_on.wait(10)
        connection.close()

    thread = Thread(target=take_long)
    thread.start()
    assert written.wait(10)
    comment(fast, by=city.staff, note="Nhanh")
    tell()
    first, end = followed(auditor, end)
    go_on.set()
    thread.join(10)
    tell()
    second, _end = followed(auditor, end)
    assert [t["event"]["note"] for t in [*first, *second]] == ["Nhanh", "Chậm"]
    late, early = Event.objects.get(note="Nhanh").pk, Event.objects.get(note="Chậm").pk
    assert early < late, "the slow one had the lower key"
    assert Told.objects.get(event=early).position > Told.objects.get(event=late).position
