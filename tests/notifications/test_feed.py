"""The calendar of a person: their own deadlines only, known again when they move, gone when they end."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from actions.operations import change_action, complete_action, plan_action
from indicators.models import Indicator
from notifications.calendar_keys import make_key, person_of, revoke_key
from notifications.feed import MAX_DEADLINES, calendar_of, deadlines_of
from notifications.models import CalendarKey
from organisations.models import Delegation
from organisations.people import deactivate
from organisations.refusals import NotYours
from tests.conftest import WEDNESDAY
from workflow.models import Case

TODAY = WEDNESDAY.date()


@pytest.fixture(autouse=True)
def _today(time_machine) -> None:
    time_machine.move_to(WEDNESDAY, tick=False)


def entries(person: Any) -> dict[str, Any]:
    return {str(entry["uid"]): entry for entry in Calendar.from_ical(calendar_of(person)).walk("VEVENT")}


def subscribed(person: Any) -> Any:
    """What the person's calendar program is answered at the address it was given."""
    return fetched(make_key(person, by=person))


def fetched(url: str) -> Any:
    return Client().get(url.removeprefix("http://localhost:8000"))


# --- What is in it ------------------------------------------------------------------------------


def test_the_deadlines_of_cases_and_actions_without_their_contents(city, settings) -> None:
    settings.SITE_URL = "https://vexanh.example"
    case = city.in_progress()
    plan_action(case, by=city.staff, description="Lập sổ mật", owner=city.staff, due_on=date(2026, 10, 20))
    calendar = Calendar.from_ical(calendar_of(city.staff))
    assert (calendar["method"], calendar["version"]) == ("PUBLISH", "2.0")
    assert calendar["refresh-interval"].dt == timedelta(hours=1)
    assert calendar["x-wr-calname"] == "Về Xanh: thời hạn của tôi"
    action, whole = entries(city.staff).values()
    assert whole["uid"] == f"{case.number}-0@vexanh.example"
    assert whole["summary"] == f"{case.number}: Hạn xử lý"
    assert whole["dtstart"].dt == Case.objects.get().due_on
    assert type(whole["dtstart"].dt) is date
    assert whole["url"] == f"https://vexanh.example/cases/{case.number}/"
    assert action["uid"] == f"{case.number}-1@vexanh.example"
    assert action["summary"] == f"{case.number}: hành động khắc phục 1"
    assert action["dtstart"].dt == date(2026, 10, 20)
    for contents in ("Lập sổ mật", "Phát hiện", case.indicator.title):
        assert contents not in calendar_of(city.staff).decode()


def test_it_speaks_the_language_of_its_reader(city) -> None:
    city.open_case()
    (before,) = entries(city.chairperson).values()
    city.chairperson.language = "en"
    (after,) = entries(city.chairperson).values()
    assert before["summary"].endswith("Hạn phân công")
    assert not after["summary"].endswith("Hạn phân công")
    assert after["uid"] == before["uid"]


def test_a_deadline_that_moves_is_the_same_entry_and_a_newer_one(city) -> None:
    case = city.in_progress()
    ((uid, before),) = entries(city.staff).items()
    city.take(case, "extend", city.chairperson, due_on=date(2026, 12, 15), note="x", objective_cause=False)
    after = entries(city.staff)[uid]
    assert after["sequence"] > before["sequence"]
    assert after["dtstart"].dt == date(2026, 12, 15) != before["dtstart"].dt


def test_a_moved_corrective_action_as_well_and_a_done_one_is_gone(city) -> None:
    case = city.in_progress()
    plan_action(case, by=city.staff, description="x", owner=city.supporter, due_on=date(2026, 10, 20))
    ((uid, before),) = [(u, e) for u, e in entries(city.supporter).items() if "-1@" in u]
    change_action(case, 1, by=city.staff, due_on=date(2026, 10, 22))
    after = entries(city.supporter)[uid]
    assert (after["sequence"] > before["sequence"], after["dtstart"].dt) == (True, date(2026, 10, 22))
    complete_action(case, 1, by=city.supporter, result="Xong")
    assert entries(city.supporter) == {}


def test_what_is_closed_or_waits_for_somebody_else_disappears(city) -> None:
    case = city.in_progress()
    assert len(entries(city.staff)) == 1
    city.take(city.complete_file(case), "submit", city.staff)
    assert entries(city.staff) == {}
    assert len(entries(city.chairperson)) == 1
    city.take(case, "cancel", city.auditor, note="Mở nhầm")
    assert entries(city.chairperson) == {}


def test_the_work_that_the_city_has_is_in_nobodys_way(city) -> None:
    case = city.in_progress()
    plan_action(case, by=city.staff, description="x", owner=city.supporter, due_on=date(2026, 10, 20))
    assert len(entries(city.supporter)) == 2
    city.handed_up(case)
    assert (entries(city.supporter), entries(city.staff)) == ({}, {})
    assert len(entries(city.auditor)) == 1


def test_each_has_only_their_own_and_deputies_nothing_of_it(city) -> None:
    city.in_progress()
    Delegation.objects.create(giver=city.staff, taker=city.other_staff, unit=city.kien_an, since=TODAY)
    for name in ("other_staff", "supporter", "neighbour_staff", "neighbour_chairperson", "stranger"):
        assert entries(getattr(city, name)) == {}, name
    assert len(entries(city.staff)) == 1


def test_whoever_left_the_unit_sees_no_action_of_it(city) -> None:
    case = city.in_progress()
    plan_action(case, by=city.staff, description="x", owner=city.supporter, due_on=date(2026, 10, 20))
    city.supporter.appointments.update(until=TODAY)
    assert entries(city.supporter) == {}


def test_the_soonest_come_first_and_are_cut_off_at_a_thousand(city, monkeypatch) -> None:
    assert MAX_DEADLINES == 1000
    monkeypatch.setattr("notifications.feed.MAX_DEADLINES", 2)
    for code in ("1.1", "1.2", "1.3"):
        city.open_case(code)
    Case.objects.filter(indicator__code="1.3").update(turn_due_on=TODAY)
    found = deadlines_of(city.chairperson, on=TODAY)
    assert len(found) == 2
    assert found[0].due_on == TODAY


def test_it_asks_a_fixed_number_of_questions(city) -> None:
    codes = list(Indicator.objects.values_list("code", flat=True))[:39]
    url, counts = make_key(city.staff, by=city.staff), []
    fetched(url)  # the first visit is noted
    for count in (1, 3, 39):
        for code in codes[:count]:
            if not Case.objects.filter(indicator__code=code).exists():
                case = city.in_progress(city.open_case(code))
                plan_action(case, by=city.staff, description="x", owner=city.staff, due_on=case.due_on)
        with CaptureQueriesContext(connection) as queries:
            assert fetched(url).content.count(b"BEGIN:VEVENT") == 2 * count
        counts.append(len(queries))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= 8


# --- Whose it is --------------------------------------------------------------------------------


def test_the_key_is_the_right_and_nothing_keeps_the_answer(city, caplog) -> None:
    city.in_progress()
    url = make_key(city.staff, by=city.staff)
    with caplog.at_level("DEBUG"):
        answer = fetched(url)
        missed = fetched(url + "x")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.content.startswith(b"BEGIN:VCALENDAR")
    assert missed.status_code == 404
    for each in (answer, missed):
        assert (each["Cache-Control"], each["Referrer-Policy"]) == ("private, no-store", "no-referrer")
    key = url.partition("key=")[2]
    assert key not in caplog.text
    assert key not in str(CalendarKey.objects.values().get())


@pytest.mark.parametrize("accept", ["text/calendar", "text/html,*/*;q=0.1", "application/json", "nonsense"])
def test_whatever_a_program_says_it_accepts(city, accept) -> None:
    url = make_key(city.staff, by=city.staff).removeprefix("http://localhost:8000")
    assert Client(headers={"accept": accept}).get(url).status_code == 200


def test_a_wrong_key_a_former_key_and_a_person_who_left_are_not_there_in_the_same_words(city) -> None:
    missing = Client().get("/api/v1/me/calendar.ics")
    former = make_key(city.staff, by=city.staff)
    current = make_key(city.staff, by=city.staff)
    revoked = make_key(city.supporter, by=city.supporter)
    revoke_key(city.supporter, by=city.supporter)
    gone = make_key(city.other_staff, by=city.other_staff)
    city.other_staff.is_active = False
    city.other_staff.save()
    assert fetched(current).status_code == 200
    for url in (former, revoked, gone, "/api/v1/me/calendar.ics?key=%00%ff", "/api/v1/me/calendar.ics?key="):
        answer = fetched(url)
        assert (answer.status_code, answer.content) == (404, missing.content)


def test_deactivation_takes_the_key_away_for_good(city) -> None:
    url = make_key(city.staff, by=city.staff)
    deactivate(city.staff, by=city.administrator)
    assert not CalendarKey.objects.exists()
    assert fetched(url).status_code == 404


def test_nobody_opens_or_closes_the_calendar_of_another(city) -> None:
    make_key(city.staff, by=city.staff)
    for do in (make_key, revoke_key):
        with pytest.raises(NotYours):
            do(city.staff, by=city.administrator)
    assert CalendarKey.objects.count() == 1


def test_the_last_visit_is_noted_once_an_hour(city) -> None:
    key = make_key(city.staff, by=city.staff).partition("key=")[2]
    noted = []
    for minutes in (0, 59, 60):
        at = WEDNESDAY + timedelta(minutes=minutes)
        assert person_of(key, now=at) == city.staff
        noted.append(CalendarKey.objects.get().last_used_at)
    assert noted == [WEDNESDAY, WEDNESDAY, WEDNESDAY + timedelta(hours=1)]
