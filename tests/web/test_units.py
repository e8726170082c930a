"""Units as their people and their city read them, and what a neighbour learns: nothing."""

from datetime import date

import pytest

from organisations.models import Delegation, Succession, Unit, UnitVersion
from tests.conftest import WEDNESDAY


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(WEDNESDAY, tick=False)


def html(answer):
    return answer.content.decode()


def test_a_city_finds_any_unit_without_tones_with_chair_people_and_cases(city, signed_in):
    city.open_case("1.4")
    page = signed_in(city.auditor).get("/units/?search=kien+an")
    (row,) = page.context["rows"]
    assert (row.unit, row.chairs, row.people, row.cases) == (city.kien_an, [city.chairperson], 6, 1)
    assert {row.unit for row in signed_in(city.auditor).get("/units/").context["rows"]} == {
        city.unit, city.kien_an, city.phu_lien,
    }  # fmt: skip
    assert [row.unit for row in signed_in(city.staff).get("/units/").context["rows"]] == [city.kien_an]
    assert "Không có đơn vị nào khớp." in html(signed_in(city.staff).get("/units/?search=phu+lien"))
    assert signed_in(city.stranger).get("/units/").status_code == 403


def test_the_page_of_a_unit_names_people_delegations_cases_and_past(city, signed_in):
    case = city.open_case("1.4")
    old = Unit.objects.create(
        code="11443", kind="ward", name="Trần Thành Ngọ", parent=city.unit, dissolved_on=date(2025, 7, 1)
    )
    Succession.objects.create(
        predecessor=old, successor=city.kien_an, since=date(2025, 7, 1), legal_instrument="NQ 1669"
    )
    for since, name in ((date(2025, 7, 1), "An Kiến"), (date(2026, 1, 1), "Kiến An")):
        UnitVersion.objects.create(unit=city.kien_an, since=since, kind="ward", name=name, parent=city.unit)
    Delegation.objects.create(
        giver=city.chairperson, taker=city.vice_chair, unit=city.kien_an, since=date(2026, 10, 1)
    )
    for person in (city.staff, city.chairperson, city.auditor, city.administrator):
        page = signed_in(person).get("/units/11443/")
        text = html(page)
        for words in (
            "Phường Kiến An", "Bà Trần Thị Hạnh", "ủy quyền cho", "Phường An Kiến", "Phường Trần Thành Ngọ",
            "NQ 1669", "Mới mở",
        ):  # fmt: skip
            assert words in text, (person, words)
        assert page.context["states"] == [(case.state, 1)]
        assert "Ngô Văn Cựu" not in text
        # The page of a person is for whoever looks after them.
        assert (f"/people/{city.staff.pk}/" in text) == (person in (city.chairperson, city.administrator))
        assert ("Lượt nhắc tới" in text) == (person == city.administrator)  # its menu is there as well
        assert ("Giao, thôi chức vụ" in text) == (person == city.administrator)
    former = signed_in(city.staff).get(f"/units/11443/{old.pk}/")
    assert "giải thể từ 01/07/2025" in html(former)
    assert "Kế thừa" in html(former)
    neighbour = signed_in(city.neighbour_staff)
    for address in ("/units/11443/", f"/units/11443/{old.pk}/", "/units/99999/", "/units/31/"):
        assert neighbour.get(address).status_code == 404
    assert signed_in(city.auditor).get("/units/31/").status_code == 200
