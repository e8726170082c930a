"""The pages of people: a city's for its administrator, a unit's for whoever chairs it, one's own."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actions.operations import plan_action
from organisations.models import Appointment, Delegation, Role, Unit, User
from tests.conftest import WEDNESDAY
from workflow.models import Case


@pytest.fixture(autouse=True)
def _today(time_machine) -> None:
    time_machine.move_to(WEDNESDAY, tick=False)


def html(answer: Any) -> str:
    return answer.content.decode()


def of(person: User, rest: str = "") -> str:
    return f"/people/{person.pk}/{rest}"


# --- Who sees whom ----------------------------------------------------------------------------


def test_an_administrator_finds_anybody_of_the_city_without_tones(city, signed_in) -> None:
    admin = signed_in(city.administrator)
    assert "Phan Thị Lan" in html(admin.get("/people/"))
    found = html(admin.get("/people/?search=pham+tuan"))
    assert ("Phạm Quốc Tuấn" in found, "Phan Thị Lan" in found) == (True, False)
    there = html(admin.get("/people/?unit=phu+lien"))
    assert ("Phan Thị Lan" in there, "Phạm Quốc Tuấn" in there) == (True, False)
    assert "Không có người nào khớp" in html(admin.get("/people/?status=left"))
    assert admin.get("/people/?after=999999999999999999999&unit=%00").status_code == 200


def test_pages_follow_each_other_by_name(city, signed_in) -> None:
    for number in range(60):
        city.person(f"staff_{number}", f"Trần Văn {chr(97 + number % 26)}{number:02d}", Role.STAFF)
    admin = signed_in(city.administrator)
    first = admin.get("/people/")
    rest = admin.get("/people/" + first.context["next"])
    keys = [p.pk for page in (first, rest) for p in page.context["people"]]
    assert keys == list(User.objects.values_list("pk", flat=True))
    assert rest.context["next"] == ""


def test_whoever_chairs_a_unit_sees_its_people_and_what_they_have_in_hand(city, signed_in) -> None:
    city.assigned(city.open_case("1.1"), supporters=[city.supporter])
    city.in_progress(city.open_case("1.2"))
    gone = city.assigned(city.open_case("1.3"))
    city.take(gone, "assign", city.chairperson, assignee=city.other_staff)
    city.other_staff.appointments.update(until=date(2026, 10, 7))
    answer = signed_in(city.chairperson).get("/people/")
    [(unit, rows)] = answer.context["units"]
    in_hand = {row.person: row.cases for row in rows}
    assert unit == city.kien_an
    assert in_hand == {
        city.chairperson: 0, city.vice_chair: 0, city.coordinator: 0,
        city.staff: 2, city.supporter: 1, city.other_staff: 1,
    }  # fmt: skip
    assert "Không còn chức vụ ở đơn vị" in html(answer)
    assert "Người của đơn vị" in html(answer)
    assert "Phan Thị Lan" not in html(answer)


@pytest.mark.parametrize("who", ["staff", "vice_chair", "auditor", "stranger"])
def test_others_are_told_that_people_are_not_theirs(city, signed_in, who) -> None:
    reader = signed_in(getattr(city, who))
    assert reader.get("/people/").status_code == 403
    assert reader.get(of(city.staff)).status_code == 404
    assert reader.post("/people/add/", {}).status_code == 403


POSTS = ["offices/", "deputies/", "units/11443/hand-over/", "deactivate/", "pseudonymise/"]


def test_of_people_of_another_unit_a_chairperson_learns_nothing(city, signed_in) -> None:
    chair = signed_in(city.chairperson)
    office = city.neighbour_staff.appointments.get()
    for rest in ["", *POSTS, f"offices/{office.pk}/end/", "deputies/1/end/"]:
        for method in ("get", "post"):
            assert getattr(chair, method)(of(city.neighbour_staff, rest)).status_code == 404, rest
    assert chair.get("/people/99999999999999999999/").status_code == 404


def test_an_administrator_of_another_city_sees_nobody_of_this_one(city, signed_in) -> None:
    hanoi = Unit.objects.create(code="01", kind="city", name="Hà Nội")
    city.person("far", "Mai Văn Xa", Role.ADMINISTRATOR, hanoi)
    far = signed_in(city.far)
    assert "Phạm Quốc Tuấn" not in html(far.get("/people/"))
    assert far.get(of(city.staff)).status_code == 404


def test_what_a_chairperson_may_not_do_is_not_drawn_and_is_refused(city, signed_in) -> None:
    chair = signed_in(city.chairperson)
    page = html(chair.get(of(city.staff)))
    for words in ("Giao chức vụ", "Thôi chức vụ", "Ngừng sử dụng"):
        assert words not in page
    office = {"unit": "11443", "role": "chairperson", "since": "2026-10-07"}
    assert chair.post(of(city.staff, "offices/"), office).status_code == 403
    end = of(city.staff, f"offices/{city.staff.appointments.get().pk}/end/")
    assert chair.post(end, {"until": "2026-10-07"}).status_code == 403
    assert chair.post(of(city.staff, "deactivate/")).status_code == 403
    assert chair.get(of(city.staff, "pseudonymise/")).status_code == 403
    assert city.staff.appointments.get().until is None


# --- What an administrator does ---------------------------------------------------------------


def test_a_person_is_entered_and_given_an_office(city, signed_in) -> None:
    admin = signed_in(city.administrator)
    new = {"full_name": "Vũ Thị Mới", "address": "mrs", "email": "moi@haiphong.example", "language": "vi"}
    assert admin.post("/people/add/", new | {"email": "staff@haiphong.example"}).status_code == 400
    done = admin.post("/people/add/", new, follow=True)
    person = User.objects.get(email="moi@haiphong.example")
    assert done.redirect_chain == [(of(person), 302)]
    office = {"unit": "phu lien", "role": "staff", "department": "VP", "since": "2026-10-07", "until": ""}
    wrong = admin.post(of(person, "offices/"), office | {"role": "auditor"})
    assert (wrong.status_code, "không có chức vụ này" in html(wrong)) == (400, True)
    assert admin.post(of(person, "offices/"), office | {"unit": "31999"}).status_code == 400
    admin.post(of(person, "offices/"), office)
    assert (person.appointments.get().unit, person.appointments.get().role) == (city.phu_lien, "staff")


def test_an_office_is_ended(city, signed_in) -> None:
    admin, office = signed_in(city.administrator), city.staff.appointments.get()
    address = of(city.staff, f"offices/{office.pk}/end/")
    assert admin.post(address, {"until": ""}).status_code == 400
    assert admin.post(address, {"until": "2020-01-01"}).status_code == 400
    assert admin.post(address, {"until": "2026-10-07"}).status_code == 302
    assert admin.post(address, {"until": "2026-10-07"}).status_code == 409
    other = city.supporter.appointments.get()
    assert admin.post(of(city.staff, f"offices/{other.pk}/end/"), {"until": "2026-10-07"}).status_code == 404


def test_a_person_is_taken_out_and_then_no_longer_named(city, signed_in) -> None:
    city.assigned()
    admin = signed_in(city.administrator)
    assert "Còn 1 hồ sơ trong tay" in html(admin.get(of(city.staff, "deactivate/")))
    done = html(admin.post(of(city.staff, "deactivate/"), follow=True))
    assert "người đứng đầu đơn vị cần bàn giao" in done
    assert "Bỏ tên khỏi hệ thống" in done
    assert admin.post(of(city.staff, "deactivate/")).status_code == 409
    assert admin.post(of(city.staff, "pseudonymise/"), {"typed": "nhầm"}).status_code == 400
    assert User.objects.get(pk=city.staff.pk).full_name == "Phạm Quốc Tuấn"
    done = html(admin.post(of(city.staff, "pseudonymise/"), {"typed": city.staff.email}, follow=True))
    assert "Phạm Quốc Tuấn" not in done
    assert f"Người đã rời cơ quan số {city.staff.pk}" in done
    assert admin.post(of(city.administrator, "deactivate/")).status_code == 403


# --- Hand-over --------------------------------------------------------------------------------


def test_everything_is_handed_over_after_a_preview(city, signed_in) -> None:
    cases = [city.assigned(city.open_case(code)) for code in ("1.1", "1.2")]
    plan_action(cases[0], by=city.staff, description="x", owner=city.staff, due_on=date(2026, 10, 20))
    chair, address = signed_in(city.chairperson), of(city.staff, "units/11443/hand-over/")
    given = {"to": city.supporter.pk, "note": "Luân chuyển"}
    seen = chair.post(address, given)
    assert ("2 hồ sơ tại Phường Kiến An" in html(seen), cases[0].number in html(seen)) == (True, True)
    assert Case.objects.filter(assignee=city.staff).count() == 2
    done = html(chair.post(address, given | {"confirmed": "yes"}, follow=True))
    assert "Đã bàn giao toàn bộ hồ sơ" in done
    assert Case.objects.filter(assignee=city.supporter).count() == 2
    assert chair.post(address, given | {"confirmed": "yes"}).status_code == 409
    assert chair.post(address, {"to": city.neighbour_staff.pk}).status_code == 400
    assert chair.post(of(city.staff, "units/11446/hand-over/"), given).status_code == 404


def test_a_former_colleague_hands_over_too_and_an_administrator_does_not(city, signed_in) -> None:
    city.assigned()
    city.staff.appointments.update(until=date(2026, 10, 7))
    given = {"to": city.supporter.pk, "confirmed": "yes"}
    address = of(city.staff, "units/11443/hand-over/")
    admin = signed_in(city.administrator)
    assert "Người đứng đầu đơn vị cho bàn giao" in html(admin.get(of(city.staff)))
    assert admin.post(address, given).status_code == 404
    assert signed_in(city.chairperson).post(address, given).status_code == 302
    assert Case.objects.get().assignee == city.supporter


# --- Deputies ---------------------------------------------------------------------------------


def deputy(city: Any, **given: Any) -> dict[str, Any]:
    return {"unit": city.kien_an.pk, "taker": city.supporter.pk, "since": "2026-10-07",
            "until": "2026-10-20", "reason": "Nghỉ phép"} | given  # fmt: skip


def test_a_person_chooses_and_ends_their_own_deputy(city, signed_in) -> None:
    staff = signed_in(city.staff)
    assert "Chưa có ai thay" in html(staff.get("/me/"))
    wrong = staff.post("/me/deputies/", deputy(city, until="2026-10-01"))
    assert (wrong.status_code, "Ngày thôi phải sau" in html(wrong)) == (400, True)
    assert staff.post("/me/deputies/", deputy(city, taker=city.neighbour_staff.pk)).status_code == 400
    assert "Nghỉ phép" in html(staff.post("/me/deputies/", deputy(city), follow=True))
    delegation = Delegation.objects.get()
    assert (delegation.giver, delegation.taker) == (city.staff, city.supporter)
    assert signed_in(city.supporter).post(f"/me/deputies/{delegation.pk}/end/").status_code == 404
    assert staff.post(f"/me/deputies/{delegation.pk}/end/").status_code == 302
    assert "Chưa có ai thay" in html(staff.get("/me/"))


def test_whoever_holds_no_office_has_nobody_to_choose(city, signed_in) -> None:
    stranger = signed_in(city.stranger)
    assert "Chọn người thay" not in html(stranger.get("/me/"))
    assert stranger.post("/me/deputies/", deputy(city)).status_code == 400


@pytest.mark.parametrize("who", ["chairperson", "administrator"])
def test_the_chair_and_the_administrator_choose_for_others(city, signed_in, who) -> None:
    reader = signed_in(getattr(city, who))
    assert reader.post(of(city.staff, "deputies/"), deputy(city)).status_code == 302
    delegation = Delegation.objects.get()
    assert "Nghỉ phép" in html(reader.get(of(city.staff)))
    assert reader.post(of(city.staff, f"deputies/{delegation.pk}/end/")).status_code == 302
    assert reader.post(of(city.staff, f"deputies/{delegation.pk}/end/")).status_code == 404


def test_the_power_of_the_chair_is_not_offered_to_whoever_has_it_on_loan(city, signed_in) -> None:
    Delegation.objects.create(
        giver=city.chairperson, taker=city.vice_chair, unit=city.kien_an, since=date(2026, 10, 7)
    )
    delegation, vice = Delegation.objects.get(), signed_in(city.vice_chair)
    page = html(vice.get(of(city.chairperson)))
    assert ("Chọn người thay" in page, "Kết thúc" in page) == (False, False)
    more = deputy(city, taker=city.vice_chair.pk, since="2026-10-20", until="")
    assert vice.post(of(city.chairperson, "deputies/"), more).status_code == 403
    assert vice.post(of(city.chairperson, f"deputies/{delegation.pk}/end/")).status_code == 403
    offered = vice.get(of(city.staff)).context["deputies"].form.fields["taker"].queryset
    assert city.vice_chair not in offered
    assert "Kết thúc" in html(signed_in(city.administrator).get(of(city.chairperson)))


def test_offices_and_deputies_in_units_of_others_are_not_there(city, signed_in) -> None:
    """Somebody works in two units: each chair looks after what they hold in their own."""
    office = Appointment.objects.create(
        user=city.staff, unit=city.phu_lien, role="staff", since=date(2026, 1, 1)
    )
    there = Delegation.objects.create(
        giver=city.staff, taker=city.neighbour_staff, unit=city.phu_lien, since=date(2026, 10, 7)
    )
    chair = signed_in(city.chairperson)
    assert chair.post(of(city.staff, f"offices/{office.pk}/end/"), {"until": "2026-10-07"}).status_code == 404
    assert chair.post(of(city.staff, f"deputies/{there.pk}/end/")).status_code == 404
    assert chair.post(of(city.staff, "deputies/"), deputy(city, unit=city.phu_lien.pk)).status_code == 400
    hanoi = Unit.objects.create(code="01", kind="city", name="Hà Nội")
    far = Appointment.objects.create(user=city.auditor, unit=hanoi, role="auditor", since=date(2026, 1, 1))
    admin = signed_in(city.administrator)
    assert admin.post(of(city.auditor, f"offices/{far.pk}/end/"), {"until": "2026-10-07"}).status_code == 404


# --- Queries ----------------------------------------------------------------------------------


def asked(client: Any, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_lists_and_the_page_of_a_person_ask_a_fixed_number_of_questions(city, signed_in) -> None:
    admin, chair = signed_in(city.administrator), signed_in(city.chairperson)
    counts = []
    codes = iter([f"{group}.{n}" for group, last in ((1, 12), (2, 8), (3, 11)) for n in range(1, last + 1)])
    for count in (1, 3, 20):
        for number in range(count):
            person = city.person(f"p{count}_{number}", "Lê Văn Thêm", Role.STAFF, since=date(2026, 1, 1))
            Appointment.objects.create(user=person, unit=city.phu_lien, role="staff", since=date(2026, 1, 1))
            city.take(city.open_case(next(codes)), "assign", city.chairperson, assignee=city.staff,
                      supporters=[person])  # fmt: skip
            Delegation.objects.create(
                giver=city.staff, taker=person, unit=city.kien_an, since=date(2026, 10, 7)
            )
        pages = [(admin, "/people/"), (chair, "/people/"), (chair, of(city.staff)), (admin, of(city.staff)),
                 (signed_in(city.staff), "/me/"), (admin, "/calendar/"), (admin, "/policies/")]  # fmt: skip
        counts.append([asked(*page) for page in pages])
    assert counts[0] == counts[1] == counts[2], counts
    assert max(counts[0]) <= 16, counts
