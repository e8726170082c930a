"""Several cases given out in one go: to whom is proposed, everything or each with its reason."""

from __future__ import annotations

import re
from datetime import date

import pytest

from indicators.models import Indicator
from organisations.models import Appointment, Department
from tests.conftest import WEDNESDAY
from workflow.models import Case
from workflow.suggestions import candidates, suggestions

pytestmark = pytest.mark.django_db
TODAY = WEDNESDAY.date()


@pytest.fixture(autouse=True)
def _today(time_machine) -> None:
    time_machine.move_to(WEDNESDAY, tick=False)


def proposed(cases: list[Case]) -> dict[str, tuple[int, str]]:
    people = candidates(cases[0].unit_id, on=TODAY)
    found = suggestions(cases, people, on=TODAY)
    return {case.indicator.code: found.get(case.pk) for case in cases}


def test_whoever_had_the_indicator_before_comes_first_then_the_office_that_leads_it(city):
    closed = city.closed(city.open_case("1.4"))
    again = city.open_case("1.4", period="2026-Q4")
    led, nobodys = city.open_case("2.1"), city.open_case("3.1")
    Indicator.objects.filter(code="2.1").update(lead_department=Department.KT)
    Indicator.objects.filter(code="3.1").update(lead_department=Department.QS)
    Appointment.objects.filter(user=city.other_staff).update(department=Department.KT)
    cases = list(Case.objects.filter(pk__in=[again.pk, led.pk, nobodys.pk]).select_related("indicator"))
    found = proposed(cases)
    assert found["1.4"].person == city.staff.pk
    assert closed.number in found["1.4"].why
    assert found["2.1"].person == city.other_staff.pk
    assert "Phòng Kinh tế" in found["2.1"].why
    assert found["3.1"] is None
    Appointment.objects.filter(user=city.staff).update(until=TODAY)
    assert proposed(cases)["1.4"] is None, "whoever left the unit is not proposed"


def test_work_is_spread_over_an_office(city):
    Appointment.objects.filter(user__in=[city.staff, city.other_staff]).update(department=Department.KT)
    Indicator.objects.update(lead_department=Department.KT)
    city.assigned(city.open_case("4.1"))
    city.rate(red="1.1 1.2 1.3")
    cases = list(Case.objects.filter(state="open").select_related("indicator").order_by("pk"))
    load = {each.person: each.live_cases for each in candidates(city.kien_an.pk, on=TODAY)}
    assert load[city.staff] == 1
    given = [found.person for found in proposed(cases).values()]
    assert sorted(given) == sorted([city.other_staff.pk, city.other_staff.pk, city.staff.pk])


def test_a_chairperson_gives_out_what_was_ticked(city, signed_in):
    city.rate(red="1.1 1.2", yellow="2.1")
    first, second, third = Case.objects.order_by("pk")
    chair = signed_in(city.chairperson)
    address = f"/cases/assign/?case={first.number}&case={second.number}"
    page = chair.get(address).content.decode()
    assert third.number not in page
    assert "Phạm Quốc Tuấn · 0 hồ sơ đang xử lý" in page
    given = {
        "case": [first.number, second.number],
        f"assignee-{first.number}": city.staff.pk,
        f"assignee-{second.number}": city.supporter.pk,
        "supporters": [city.supporter.pk],
        "due_on": "2026-11-02",
        "product": "Báo cáo",
        "authority": "Theo ủy quyền",
        "note": "Làm trước Tết",
    }
    blank = chair.post("/cases/assign/", given | {f"assignee-{second.number}": ""})
    assert blank.status_code == 400
    assert "Hãy chọn người chủ trì." in blank.content.decode()
    assert "Làm trước Tết</textarea>" in blank.content.decode()
    assert not Case.objects.filter(state="assigned").exists()
    assert chair.post("/cases/assign/", given).status_code == 302
    first.refresh_from_db(), second.refresh_from_db()
    assert (first.assignee, first.due_on, first.product) == (city.staff, date(2026, 11, 2), "Báo cáo")
    assert (second.assignee, second.authority) == (city.supporter, "Theo ủy quyền")
    assert [part.user for part in first.supporters] == [city.supporter]
    assert not second.supporters.exists(), "nobody supports themself"


def test_what_was_given_meanwhile_stays_with_its_reason_and_the_rest_is_done(city, signed_in):
    city.rate(red="1.1 1.2")
    first, second = Case.objects.order_by("pk")
    seen = {f"version-{case.number}": case.version for case in (first, second)}
    city.assigned(second)
    given = {"case": [first.number, second.number]} | seen
    given |= {f"assignee-{case.number}": city.other_staff.pk for case in (first, second)}
    answer = signed_in(city.chairperson).post("/cases/assign/", given)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Đã phân công 1 hồ sơ." in page
    assert "Hồ sơ đã thay đổi từ lúc bạn mở trang" in page
    assert re.findall(r'name="case" value="([\d-]+)"', page) == [second.number]
    second.refresh_from_db()
    assert second.assignee == city.staff


def test_only_whoever_chairs_the_unit_gives_out_and_only_there(city, signed_in):
    case = city.open_case("1.1")
    theirs = city.open_case("1.1", unit=city.phu_lien)
    for person in (city.staff, city.auditor, city.administrator, city.stranger):
        assert signed_in(person).get(f"/cases/assign/?case={case.number}").status_code == 403
    given = {"case": [theirs.number], f"assignee-{theirs.number}": city.staff.pk}
    assert signed_in(city.chairperson).post("/cases/assign/", given).status_code == 302
    theirs.refresh_from_db()
    assert theirs.state == "open"


def test_what_does_not_fit_in_one_go_is_named(city, signed_in):
    city.rate(red="1.1")
    city.rate(red="1.1 1.2", unit=city.phu_lien)
    Appointment.objects.create(user=city.chairperson, unit=city.phu_lien, role="chairperson", since=TODAY)
    numbers = [case.number for case in Case.objects.order_by("pk")]
    page = signed_in(city.chairperson).get("/cases/assign/?case=" + "&case=".join(numbers)).content.decode()
    left = re.search(r"Để lại: ([^.<]+)", page)[1].split(", ")
    on_it = re.findall(r'name="case" value="([\d-]+)"', page)
    assert sorted(left + on_it) == numbers
    assert len({Case.objects.get(number=number).unit for number in on_it}) == 1


def test_a_page_that_was_wholly_overtaken_keeps_its_text_and_says_why(city, signed_in):
    case = city.open_case("1.1")
    city.take(case, "hand_up", city.chairperson, note="Vượt thẩm quyền")
    given = {"case": case.number, f"assignee-{case.number}": city.staff.pk, "product": "Bản đồ số"}
    answer = signed_in(city.chairperson).post("/cases/assign/", given)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Không thể phân công khi hồ sơ ở trạng thái Kiến nghị thành phố." in page
    assert "Bản đồ số</textarea>" in page
    assert signed_in(city.chairperson).get("/cases/assign/?case=%00").status_code == 302
