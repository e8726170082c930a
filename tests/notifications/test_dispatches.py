"""The register: a unit can prove who was told what on which day, and what became of every mail."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from openpyxl import load_workbook

from actions.operations import plan_action
from notifications.claims import settle_leases
from notifications.delivery import deliver
from notifications.dispatches import (
    Outcome,
    missed_before,
    outcome_of,
    waiting_of,
)
from notifications.entries import entries, entries_of
from notifications.mail import Mail
from notifications.models import Dispatch, Message, MessageState, Notification, Withheld
from notifications.preferences import choose
from notifications.settling import Settlement, settle
from notifications.telling import tell
from organisations.hands import Hand
from organisations.models import Appointment
from organisations.refusals import Invalid, NotNow, NotYours
from tests.conftest import WEDNESDAY
from workflow.calendar import working_days
from workflow.models import Case

from .conftest import go_round, local

HOUR = timedelta(hours=1)


def register(case) -> list[tuple[str, str, str]]:
    """Kind, outcome and reason of everything that was told of a case, oldest first."""
    return [
        (entry.kind, outcome_of(way), way.withheld)
        for entry in reversed(entries_of(case))
        for way in entry.dispatches.all()
    ]


def of_staff(city) -> list[tuple[str, str]]:
    ways = Dispatch.objects.filter(notification__recipient=city.staff).select_related("message")
    return [(outcome_of(way), way.withheld) for way in ways.order_by("pk")]


def test_what_was_sent_and_what_waits(city, post) -> None:
    case = city.open_case()
    go_round(WEDNESDAY)
    city.take(case, "assign", city.chairperson, assignee=city.staff)
    tell(now=WEDNESDAY)
    assert register(case) == [("opened", Outcome.SENT, ""), ("assigned", Outcome.WAITING, "")]


def test_a_case_told_of_with_others_is_found_as_well(city, post) -> None:
    city.rate(red="1.1 1.2 1.3")
    go_round(WEDNESDAY)
    case = Case.objects.get(indicator__code="1.2")
    (entry,) = entries_of(case)
    assert (entry.kind, entry.count, entry.recipient) == ("opened", 3, city.chairperson)


def test_a_step_overtaken_by_the_end_of_its_case_is_withheld_and_says_so(city, post, settings) -> None:
    settings.EMAIL_PORT, port = 9, settings.EMAIL_PORT  # nobody is there
    case = city.assigned()
    go_round(WEDNESDAY)
    city.take(case, "cancel", city.auditor, note="Nhập sai", now=WEDNESDAY + HOUR)
    settings.EMAIL_PORT = port
    go_round(WEDNESDAY + 2 * HOUR)
    assert of_staff(city) == [(Outcome.WITHHELD, Withheld.MOVED_ON), (Outcome.SENT, "")]
    (mail,) = post.mail_to(city.staff)
    assert "Hồ sơ đã hủy" in mail["Subject"]


def test_whoever_has_left_is_withheld_from_and_the_register_says_so(city, post) -> None:
    city.assigned()
    tell(now=WEDNESDAY)
    Appointment.objects.filter(user=city.staff).update(until=date(2026, 10, 7))
    deliver(now=WEDNESDAY)
    assert of_staff(city) == [(Outcome.WITHHELD, Withheld.LEFT)]


def test_an_older_reminder_that_never_went_is_overtaken_by_the_newer(city, post, settings) -> None:
    settings.EMAIL_PORT, port = 9, settings.EMAIL_PORT
    city.assigned()
    go_round(local(5, month=11))
    go_round(local(6, month=11))
    settings.EMAIL_PORT = port
    deliver(now=local(9, 9, month=11))
    assert of_staff(city)[1:] == [(Outcome.WITHHELD, Withheld.OVERTAKEN), (Outcome.SENT, "")]


def test_milestones_that_passed_unsaid_are_named(city) -> None:
    city.assigned()
    go_round(local(9, month=11))  # the clock stood still for weeks
    entry = Notification.objects.get(kind="overdue", recipient=city.staff)
    assert list(missed_before(entry)) == [-7, -3, -1, 0]
    assert list(missed_before(Notification.objects.filter(kind="assigned").first())) == []


def test_a_register_of_many_takes_the_statements_of_one(city, django_assert_num_queries) -> None:
    city.assigned()
    tell(now=WEDNESDAY)
    hand = Hand(city.chairperson, on=date(2026, 10, 7))
    hand.visible_units().exists()  # whose offices are asked once
    with django_assert_num_queries(2):
        assert len(entries(hand)) == 2
    for code in ("1.1", "1.2", "1.3", "2.1", "2.2"):
        city.assigned(city.open_case(code))
    tell(now=WEDNESDAY)
    with django_assert_num_queries(2):
        assert len(entries(hand)) == 12


@pytest.mark.parametrize(
    ("told", "planned", "why"),
    [
        (local(9, 8), local(9, 8, 2), ""),
        (local(9, 18), local(12, 7, 32), "ngoài giờ làm việc"),  # a Friday evening
        (local(10, 10), local(12, 7, 32), "ngày nghỉ"),
        (local(12, 6), local(12, 7, 32), "ngoài giờ làm việc"),
    ],
)
def test_a_digest_that_waits_says_until_when_and_why(city, told, planned, why) -> None:
    choose(city.staff, channel="mail", steps="digest", reminders="digest")
    city.assigned()
    tell(now=told)
    way = Dispatch.objects.get(notification__recipient=city.staff)
    waits = waiting_of(way, working_days())
    assert (waits.at, waits.why) == (planned, why)
    deliver(now=planned)
    way.message.refresh_from_db()
    assert waiting_of(way, working_days()) is None


# --- Settled by a person ----------------------------------------------------------------------


@pytest.fixture
def doubtful(city, post) -> Message:
    """A mail of which nobody knows whether it went."""
    city.open_case()
    tell(now=WEDNESDAY)
    past = WEDNESDAY - timedelta(days=1)
    Message.objects.update(state=MessageState.RELEASED, lease_until=past)
    settle_leases(Mail(), now=WEDNESDAY)
    return Message.objects.get()


def test_a_person_says_that_it_arrived(city, doubtful, post) -> None:
    settle(doubtful, Settlement.ARRIVED, by=city.administrator)
    deliver(now=WEDNESDAY + HOUR)
    assert (Message.objects.get().state, post.box) == (MessageState.SENT, [])
    assert LogEntry.objects.get().change_message == "in_doubt → arrived"


def test_a_person_has_it_sent_again_under_its_number(city, doubtful, post) -> None:
    settle(doubtful, Settlement.AGAIN, by=city.administrator, now=WEDNESDAY + HOUR)
    deliver(now=WEDNESDAY + HOUR)
    (mail,) = post.box
    assert mail["Message-ID"] == doubtful.message_id
    assert Message.objects.get().state == MessageState.SENT


def test_only_the_administrator_settles_and_only_what_waits_for_it(city, doubtful) -> None:
    for person in (city.chairperson, city.auditor, city.staff, city.stranger):
        with pytest.raises(NotYours):
            settle(doubtful, Settlement.AGAIN, by=person)
    with pytest.raises(Invalid):
        settle(doubtful, "perhaps", by=city.administrator)
    settle(doubtful, Settlement.ARRIVED, by=city.administrator)
    with pytest.raises(NotNow):
        settle(doubtful, Settlement.AGAIN, by=city.administrator)


def test_the_administrators_first_page_says_that_something_is_stuck(city, doubtful) -> None:
    page = page_of(city.administrator, "/")
    assert "1 thư không gửi được hoặc chưa rõ" in page
    assert "chưa rõ đã đến" not in page_of(city.auditor, "/")


# --- Pages and API ----------------------------------------------------------------------------


def page_of(person, address: str) -> str:
    reader = Client()
    reader.force_login(person)
    return reader.get(address).content.decode()


def test_the_page_tells_who_was_told_and_by_what(city, post) -> None:
    case = city.assigned()
    go_round(WEDNESDAY)
    page = page_of(city.coordinator, "/dispatches/?search=Tuan")
    assert "Ông Phạm Quốc Tuấn" in page
    assert "Bà Trần Thị Hạnh" not in page
    assert case.number in page
    assert "Hồ sơ được phân công" in page
    assert "Thư điện tử: <strong>Đã gửi</strong>" in page
    assert "Không có dòng nào khớp." in page_of(city.coordinator, "/dispatches/?outcome=failed")
    assert "Chưa báo tin nào." in page_of(city.neighbour_chairperson, "/dispatches/")


@pytest.mark.parametrize(
    ("since", "until", "count"),
    [("2026-10-07", "2026-10-07", 2), ("2026-10-08", "", 0), ("", "2026-10-06", 0)],
)
def test_a_unit_proves_who_was_told_on_which_day(city, post, since, until, count) -> None:
    city.assigned()
    go_round(local(7, 23, 30))  # late in the evening is still that day
    reader = Client()
    reader.force_login(city.chairperson)
    asked = {key: value for key, value in {"since": since, "until": until}.items() if value}
    told = reader.get("/api/v1/dispatches/", asked).json()["results"]
    assert len(told) == count
    page = reader.get("/dispatches/", asked).content.decode()
    assert page.count('data-label="Báo lúc"') == count


def test_the_register_as_a_file(city, post) -> None:
    city.assigned()
    go_round(WEDNESDAY)
    reader = Client()
    reader.force_login(city.chairperson)
    book = reader.get("/dispatches/export/?as=xlsx&search=Tuan")
    head, row = load_workbook(io.BytesIO(book.content)).active.iter_rows(values_only=True)
    told = dict(zip(head, row, strict=True))
    assert (told["Người được báo"], told["Kết quả"]) == ("Phạm Quốc Tuấn", "Đã gửi")
    assert f"{told['Báo lúc']:%d/%m/%Y %H:%M}" == "07/10/2026 09:00"
    lines = b"".join(reader.get("/api/v1/dispatches/export/?as=csv")).decode("utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(lines)))) == 2
    assert reader.get("/dispatches/export/?as=doc").status_code == 302


def test_page_and_api_settle_alike(city, doubtful) -> None:
    path = f"dispatches/messages/{doubtful.pk}/settle/"
    for person, status in (
        (city.administrator, 200), (city.chairperson, 403), (city.auditor, 403),
        (city.neighbour_chairperson, 404), (city.stranger, 404),
    ):  # fmt: skip
        for prefix, success, *kind in (("/", 302), ("/api/v1/", 200, "application/json")):
            Message.objects.update(state=MessageState.IN_DOUBT, settled_at=None)
            reader = Client()
            reader.force_login(person)
            answer = reader.post(prefix + path, {"settlement": "arrived"}, *kind)
            assert answer.status_code == (success if status == 200 else status)
            settled = Message.objects.get().state == MessageState.SENT
            assert settled == (status == 200)


def test_the_page_of_a_case_says_who_will_be_told_and_who_was(city, post) -> None:
    case = city.in_progress(supporters=[city.supporter])
    plan_action(
        case, by=city.staff, description="Lập sổ", owner=city.supporter, due_on=date(2026, 10, 20),
        now=WEDNESDAY,
    )  # fmt: skip
    go_round(WEDNESDAY)
    page = page_of(city.staff, case.get_absolute_url())
    will_be_told = page[page.index('id="reminders-title"') : page.index('id="told-title"')]
    assert "Đôn đốc" in will_be_told
    assert "Bà Vũ Thanh Mai" in will_be_told
    assert "hành động 1" in will_be_told
    assert "Bà Đỗ Thu Hà" in will_be_told
    was_told = page[page.index('id="told-title"') :]
    assert "Hồ sơ được phân công" in was_told
    assert "Bạn được giao một hành động" in was_told
    reader = Client()
    reader.force_login(city.staff)
    reminders = reader.get(f"/api/v1/cases/{case.number}/").json()["reminders"]
    assert {p["full_name"] for p in reminders[-1]["told"]} >= {"Vũ Thanh Mai", "Trần Thị Hạnh"}
