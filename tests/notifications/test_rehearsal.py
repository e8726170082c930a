"""What the next working morning would send: the same people and milestones that it then sends."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from django.test import Client

from notifications.models import Message, Notification
from notifications.preferences import choose
from notifications.rehearsal import rehearse
from notifications.telling import tell
from organisations.hands import Hand
from tests.conftest import WEDNESDAY
from workflow.clock import ring_due
from workflow.models import CalendarDay, Event
from workflow.rescheduling import Day, change_calendar

from .conftest import local

EVE = local(9, 16, month=11)  # a Monday; the case of the story is overdue by one day since Friday


@pytest.fixture
def busy(city):
    """Work in several hands, in both wards."""
    city.in_progress(city.open_case("1.1"), supporters=[city.supporter])
    city.assigned(city.open_case("2.1"))
    city.open_case("1.2", unit=city.phu_lien)
    tell(now=WEDNESDAY)
    return city


def hand(city) -> Hand:
    return Hand(city.administrator, on=date(2026, 11, 9))


def test_what_is_rehearsed_is_what_is_told(busy) -> None:
    rehearsal = rehearse(hand(busy), now=EVE)
    assert rehearsal.at == local(10, 7, 30, month=11)
    said = {one.person.pk: Counter(dict(one.kinds)) for one in rehearsal.told}
    assert ring_due(now=rehearsal.at) == rehearsal.reminders > 0
    tell(now=rehearsal.at)
    done = Notification.objects.filter(created_at=rehearsal.at).exclude(key__startswith="vacant")
    told: dict[int, Counter[str]] = {}
    for notification in done:
        told.setdefault(notification.recipient_id, Counter())[notification.kind] += 1
    assert told == said
    assert Message.objects.filter(created_at=rehearsal.at).count() == rehearsal.digests


def test_looking_leaves_nothing_behind(busy) -> None:
    before = Event.objects.count(), Notification.objects.count(), Message.objects.count()
    rehearse(hand(busy), now=EVE)
    assert (Event.objects.count(), Notification.objects.count(), Message.objects.count()) == before


def test_tomorrow_is_a_rest_day(busy) -> None:
    CalendarDay.objects.create(on=date(2026, 11, 10), is_working=False, name="Bão")
    rehearsal = rehearse(hand(busy), now=EVE)
    assert (rehearsal.rests_tomorrow, rehearsal.at) == (True, local(11, 7, 30, month=11))


def test_a_change_of_the_calendar_is_rehearsed_before_it_is_made(busy) -> None:
    storm = [Day(date(2026, 11, 10), False, "Bão")]
    report = change_calendar(
        storm, by=busy.administrator, dry_run=True, now=EVE, look=lambda: rehearse(hand(busy), now=EVE)
    )
    assert report.seen.at == local(11, 7, 30, month=11)
    assert rehearse(hand(busy), now=EVE).at == local(10, 7, 30, month=11)


def test_whoever_wants_no_mail_is_told_in_the_product_only(busy) -> None:
    choose(busy.staff, channel="mail", steps="off", reminders="off")
    told = {one.person: one.channels for one in rehearse(hand(busy), now=EVE).told}
    assert told[busy.staff] == []
    assert told[busy.neighbour_chairperson] == ["Thư điện tử"]


def test_another_city_is_not_rehearsed(busy) -> None:
    assert rehearse(Hand(busy.auditor, on=date(2026, 11, 9)), now=EVE).told == []


def read(person, path: str):
    reader = Client()
    reader.force_login(person)
    return reader.get(path)


def test_the_page_and_the_api_show_it_to_the_administrator_only(busy, time_machine) -> None:
    time_machine.move_to(EVE, tick=False)
    page = read(busy.administrator, "/rehearsal/").content.decode()
    assert "Nhắc việc lúc 10/11/2026 07:30" in page
    assert "Ông Phạm Quốc Tuấn" in page
    told = read(busy.administrator, "/api/v1/rehearsal/").json()
    assert told["at"] == "2026-11-10T00:30:00Z"
    assert {one["person"]["full_name"] for one in told["told"]} >= {"Phạm Quốc Tuấn", "Đặng Văn Sơn"}
    for person in (busy.chairperson, busy.auditor, busy.stranger):
        assert read(person, "/rehearsal/").status_code == 403
        assert read(person, "/api/v1/rehearsal/").status_code == 403


def test_the_preview_of_the_calendar_shows_the_next_reminders(busy, time_machine) -> None:
    time_machine.move_to(EVE, tick=False)
    reader = Client()
    reader.force_login(busy.administrator)
    asked = {"first": "2026-11-10", "last": "2026-11-10", "what": "rest", "name": "Bão", "is_certain": "on"}
    page = reader.post("/calendar/preview/", asked).content.decode()
    assert "Nếu không đổi, lúc 10/11/2026 07:30" in page
    assert "Nhắc việc lúc 11/11/2026 07:30" in page
