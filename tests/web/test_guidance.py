"""What a page says to somebody who does not know the rules: what stands, who decides, what is next."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta

import pytest
from openpyxl import load_workbook

from actions.operations import plan_action
from indicators.models import Rater
from indicators.workbook import write_form
from notifications.telling import tell
from organisations.models import Appointment, Succession
from tests.conftest import WEDNESDAY
from workflow.models import Case
from workflow.vocabulary import State

TODAY = WEDNESDAY.date()


@pytest.fixture(autouse=True)
def _today(time_machine) -> None:
    time_machine.move_to(WEDNESDAY, tick=False)


def read(client, case: Case) -> str:
    return client.get(case.get_absolute_url()).content.decode()


def test_assigning_again_starts_from_what_stands(city, signed_in) -> None:
    case = city.in_progress(supporters=[city.supporter])
    page = read(signed_in(city.chairperson), case)
    ticked = re.findall(r'name="supporters" value="(\d+)"[^>]* checked', page)
    assert ticked == [str(city.supporter.pk)]
    assert "Để trống: giữ hạn 06/11/2026; muộn hơn thì phải gia hạn." in page
    assert "theo quy định, 30 ngày" in read(signed_in(city.chairperson), city.open_case("2.1"))


def test_past_the_limit_the_page_says_who_decides(city, signed_in) -> None:
    case = city.in_progress()
    for weeks in (1, 2):
        assert "cán bộ kiểm tra của thành phố quyết định" not in read(signed_in(city.staff), case)
        asked = {"due_on": date(2026, 11, 6) + timedelta(weeks=weeks), "note": "Chờ", "objective_cause": True}
        case = city.take(case, "extend", city.chairperson, **asked)
    for person in (city.staff, city.chairperson):
        page = read(signed_in(person), case)
        assert "Đã gia hạn 2 lần, quy định cho đơn vị 2 lần" in page
        assert "cán bộ kiểm tra của thành phố quyết định" in page


@pytest.mark.parametrize("how", ["left", "never had one"])
def test_work_that_nobody_has_is_to_be_given(city, signed_in, how) -> None:
    if how == "left":
        case = city.in_progress()
        Appointment.objects.filter(user=city.staff).update(until=TODAY)
    else:
        case = city.take(city.with_city(), "resolve", city.auditor, note="Đã xong")
        case = city.take(case, "reopen", city.chairperson, note="Vẫn ngập")
        assert case.original_due_on == case.due_on
    page = read(signed_in(city.chairperson), case)
    assert ("đã thôi chức vụ; người đứng đầu đơn vị phân công lại" in page) == (how == "left")
    first = re.search(r'<details class="step step-onward" open>\s*<summary>([^<]+)', page)[1]
    assert first == "Phân công"
    assert case.number in signed_in(city.chairperson).get("/").content.decode()


def test_the_owner_of_an_action_finds_it_among_their_work(city, signed_in) -> None:
    case = city.in_progress()
    plan = {"description": "Chụp ảnh", "owner": city.other_staff, "due_on": date(2026, 10, 20)}
    plan_action(case, by=city.staff, now=WEDNESDAY, **plan)
    client = signed_in(city.other_staff)
    assert case.number in client.get("/").content.decode()
    assert "Hiện không có bước nào dành cho bạn" not in read(client, case)
    assert case.number not in signed_in(city.supporter).get("/").content.decode()


def test_the_history_of_an_indicator_reaches_back_to_the_units_taken_over(city, signed_in) -> None:
    before = city.closed(city.open_case(unit=city.kien_an))
    Succession.objects.create(predecessor=city.kien_an, successor=city.phu_lien, since=TODAY)
    city.kien_an.dissolved_on = TODAY
    city.kien_an.save()
    now = city.open_case(unit=city.phu_lien, period="2027-Q1")
    page = read(signed_in(city.neighbour_chairperson), now)
    assert before.number in page
    assert before.state == State.CLOSED


def test_the_citys_form_holds_what_the_city_said(city, signed_in) -> None:
    city.rate(red="1.4", kind="self")
    city.rate(yellow="1.1", kind="city")

    def colours(content: bytes) -> dict[str, str]:
        rows = load_workbook(io.BytesIO(content)).active.iter_rows(min_row=5, values_only=True)
        return {row[0]: row[2] for row in rows if row[2]}

    for person, title, said in (
        (city.auditor, "PHIẾU ĐÁNH GIÁ CỦA THÀNH PHỐ", {"1.1": "Vàng"}),
        (city.coordinator, "PHIẾU TỰ ĐÁNH GIÁ", {"1.4": "Đỏ"}),
    ):
        answer = signed_in(person).get("/assessments/form/", {"unit": "11443", "period": "2026-Q3"})
        assert colours(answer.content) == said
        assert title in load_workbook(io.BytesIO(answer.content)).active["A1"].value
    assert colours(write_form(city.kien_an, "2026-Q3", Rater.CITY)) == {"1.1": "Vàng"}


def test_the_news_say_what_the_letters_say(city, signed_in) -> None:
    city.rate(yellow="1.1")
    city.rate(red="1.1", period="2026-Q4")
    tell(now=WEDNESDAY)
    page = signed_in(city.chairperson).get("/notifications/").content.decode()
    assert "Đánh giá mới xấu đi, từ vàng sang đỏ" in page


def test_whoever_holds_no_office_is_told_so(city, signed_in) -> None:
    for page in ("/", "/cases/", "/me/"):
        said = signed_in(city.stranger).get(page).content.decode()
        assert "Hiện không giữ chức vụ nào" in said, page
        assert "Hiện không giữ chức vụ nào" not in signed_in(city.staff).get(page).content.decode()
