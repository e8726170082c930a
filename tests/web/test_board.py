"""The board of a unit, and the first page by what it asks of whom."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from organisations.models import Unit
from tests.conftest import WEDNESDAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(time_machine) -> None:
    time_machine.move_to(WEDNESDAY, tick=False)


def columns(page: str) -> list[tuple[str, list[str]]]:
    """(state, codes of the indicators) of every column that holds something."""
    found = []
    for column in re.split(r'class="board-column(?: board-empty)?"', page)[1:]:
        state = re.search(r'class="state state-(\w+)"', column)[1]
        codes = re.findall(r'<span class="row-title">([\d.]+) ', column)
        if codes:
            found.append((state, codes))
    return found


def test_cases_stand_by_group_and_state(city, signed_in):
    city.rate(red="1.1 1.2 2.1")
    city.in_progress(city.open_case("1.3"))
    city.closed(city.open_case("4.1"))
    page = signed_in(city.chairperson).get("/board/").content.decode()
    assert columns(page) == [
        ("open", ["1.1", "1.2"]),
        ("in_progress", ["1.3"]),
        ("open", ["2.1"]),
        ("closed", ["4.1"]),
    ]
    assert "Không có chỉ số Đỏ hoặc Vàng đang theo dõi trong nhóm này." in page
    assert 'name="case"' in page
    assert 'name="case"' not in signed_in(city.staff).get("/board/").content.decode()


def test_a_city_chooses_the_unit_and_a_neighbour_finds_none(city, signed_in):
    city.rate(red="1.1")
    code = city.kien_an.code
    page = signed_in(city.auditor).get(f"/board/?unit={code}").content.decode()
    assert columns(page) == [("open", ["1.1"])]
    assert signed_in(city.neighbour_chairperson).get(f"/board/?unit={code}").status_code == 404
    assert "không có hồ sơ nào" in signed_in(city.stranger).get("/board/").content.decode()


def test_a_code_names_the_last_unit_that_bore_it(city, signed_in):
    older, last = (
        Unit.objects.create(
            code="11450", kind="ward", name=name, parent=city.unit, dissolved_on=date(2026, month, 1)
        )
        for name, month in (("An Lão Cũ", 3), ("An Lão Mới", 9))
    )
    auditor = signed_in(city.auditor)
    page = auditor.get("/board/", {"unit": "11450"})
    assert page.context["unit"] == last
    assert str(last) in page.content.decode()
    assert str(older) not in page.content.decode()
    for odd in ("\0", "11450\0", "9" * 30):
        assert auditor.get("/board/", {"unit": odd}).status_code == 404, odd


def asks(page: str) -> dict[str, list[str]]:
    """What the first page asks, with the indicators of the cases."""
    found = {}
    for section in page.split('<section class="card" id="')[1:]:
        codes = re.findall(r'<span class="row-title">([\d.]+) ', section.split("</section>")[0])
        found[section.split('"')[0]] = codes
    return found


def test_the_first_page_says_what_is_asked(city, signed_in):
    city.rate(red="1.1")
    extending = city.assigned(city.open_case("1.2"))
    later = extending.due_on + timedelta(days=9)
    city.take(extending, "request_extension", city.staff, due_on=later, note="Chờ kinh phí")
    city.in_verification(city.open_case("1.3"))
    city.monitored(city.open_case("1.4"))
    page = signed_in(city.chairperson).get("/").content.decode()
    assert asks(page) == {"decide": ["1.2"], "assign": ["1.1"], "verify": ["1.3"], "check": ["1.4"]}
    assert re.findall(r'class="tile" href="#(\w+)"', page) == ["decide", "assign", "verify", "check"]
    assert asks(signed_in(city.staff).get("/").content.decode()) == {"work": ["1.2"]}


def test_what_is_late_with_others_is_told_to_whoever_answers_for_it(city, signed_in, time_machine):
    case = city.assigned()
    time_machine.move_to(WEDNESDAY + timedelta(days=60), tick=False)
    page = signed_in(city.chairperson).get("/").content.decode()
    assert "Quá hạn trong đơn vị" in page
    assert case.number in page
    assert "Quá hạn trong đơn vị" not in signed_in(city.staff).get("/").content.decode()
