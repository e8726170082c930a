"""People by API: found, read, entered, given offices and deputies, and leaving, as by the pages."""

from __future__ import annotations

from datetime import date

import pytest

from organisations.models import Appointment, Delegation, Role, User
from tests.conftest import WEDNESDAY

from .twins import asked, leave_the_same


@pytest.fixture(autouse=True)
def _today(time_machine) -> None:
    time_machine.move_to(WEDNESDAY, tick=False)


def names(answer) -> list[str]:
    return [row["full_name"] for row in answer.json()["results"]]


def test_an_administrator_finds_anybody_of_the_city(city, as_, signed_in) -> None:
    admin, page = as_(city.administrator), signed_in(city.administrator)
    assert names(admin.get("people/", search="pham tuan")) == ["Phạm Quốc Tuấn"]
    assert names(admin.get("people/", unit="phu lien")) == ["Phan Thị Lan", "Đặng Văn Sơn"]
    assert names(admin.get("people/", standing="left")) == []
    assert list(admin.get("people/", standing="gone").json()["errors"]) == ["standing"]
    shown = page.get("/people/").context["people"]
    assert names(admin.get("people/")) == [person.full_name for person in shown]
    seen, url = [], "people/?page_size=5"
    while url:
        answer = admin.client.get(url if url.startswith("http") else f"/api/v1/{url}")
        seen, url = seen + names(answer), answer.json()["next"]
    assert seen == [person.full_name for person in shown]
    [row] = admin.get("people/", search="pham tuan").json()["results"]
    assert [(o["unit"], o["role"], o["role_label"]) for o in row["offices"]] == [
        ("11443", "staff", "Công chức")
    ]
    for who in (city.staff, city.auditor, city.stranger):
        assert as_(who).get("people/").status_code == 403


def test_whoever_chairs_a_unit_reads_what_its_people_have_in_hand(city, as_) -> None:
    case = city.assigned(city.open_case("1.1"), supporters=[city.supporter])
    city.staff.appointments.update(until=date(2026, 10, 7))
    chair = as_(city.chairperson)
    rows = {row["full_name"]: row for row in chair.get("people/").json()["results"]}
    assert "Phan Thị Lan" not in rows
    assert (rows["Phạm Quốc Tuấn"]["offices"], rows["Phạm Quốc Tuấn"]["in_hand"]) == (
        [], [{"unit": "11443", "cases": 1}],
    )  # fmt: skip
    file = chair.get(f"people/{city.staff.pk}/").json()
    [hand] = file["in_hand"]
    assert (hand["unit"], [held["number"] for held in hand["cases"]]) == ("11443", [case.number])
    assert (file["offices"][0]["until"], file["invitation"], file["has_signed_in"]) == (
        "2026-10-07", None, False,
    )  # fmt: skip
    assert chair.get(f"people/{city.neighbour_staff.pk}/").status_code == 404
    assert as_(city.staff).get(f"people/{city.staff.pk}/").status_code == 404


def test_a_person_is_entered_invited_and_given_an_office(city, as_, signed_in) -> None:
    admin, page = as_(city.administrator), signed_in(city.administrator)
    new = {"full_name": "Vũ Thị  Mới", "address": "mrs", "email": "Moi@haiphong.example", "language": "vi"}
    made = admin.post("people/", new)
    assert (made.status_code, made.json()["full_name"], made.json()["invitation"]["sent_at"]) == (
        201, "Vũ Thị Mới", None,
    )  # fmt: skip
    again = admin.post("people/", new | {"address": "dr"})
    assert list(again.json()["errors"]) == ["address"]
    assert list(admin.post("people/", new).json()["errors"]) == ["email"]
    longer = new | {"email": f"a@{'İ' * 60}.{'İ' * 60}.{'İ' * 60}.vn", "full_name": "ﬃ" * 150}
    assert list(admin.post("people/", longer).json()["errors"]) == ["email"]
    assert admin.post("people/", longer | {"email": "ffi@haiphong.example"}).status_code == 201
    assert as_(city.chairperson).post("people/", {}).status_code == 403
    offices = f"people/{made.json()['id']}/offices/"
    office = {"unit": "11446", "role": "staff", "department": "VP", "since": "2026-10-07"}
    assert list(admin.post(offices, office | {"role": "auditor"}).json()["errors"]) == ["role"]
    assert list(admin.post(offices, office | {"unit": "99999"}).json()["errors"]) == ["unit"]
    assert list(admin.post(offices, office | {"until": "x", "office": 1}).json()["errors"]) == [
        "office", "until",
    ]  # fmt: skip
    given = admin.post(offices, office)
    assert (given.status_code, given.json()["unit_name"], given.json()["until"]) == (
        201, "Phường Phù Liễn", None,
    )  # fmt: skip
    assert list(admin.post(offices, office).json()["errors"]) == ["role"]
    invite = f"people/{made.json()['id']}/invite/"
    assert admin.post(invite).status_code == 409
    User.objects.get(pk=made.json()["id"]).invitations.update(next_at=None)
    left = leave_the_same(lambda: page.post(f"/{invite}"), lambda: admin.post(invite))
    assert set(left) == {"Invitation"}


def test_an_office_and_a_deputy_end(city, as_) -> None:
    admin = as_(city.administrator)
    office = city.staff.appointments.get()
    end = f"people/{city.staff.pk}/offices/{office.pk}/end/"
    given = {"until": "2026-10-09"}
    assert list(admin.post(end, {"until": "2020-01-01"}).json()["errors"]) == ["until"]
    assert as_(city.chairperson).post(end, {}).status_code == 403
    assert admin.post(f"people/{city.supporter.pk}/offices/{office.pk}/end/", given).status_code == 404
    deputies = f"people/{city.staff.pk}/deputies/"
    leave = {"taker": city.supporter.email, "since": "2026-10-07", "until": "2026-10-20", "reason": "Nghỉ"}
    chair = as_(city.chairperson)
    wrong = chair.post(deputies, leave | {"unit": "11446"})
    assert wrong.status_code == 403
    wrong = chair.post(deputies, leave | {"unit": "11443", "taker": city.neighbour_staff.pk})
    assert list(wrong.json()["errors"]) == ["taker"]
    made = chair.post(deputies, leave | {"unit": "11443"})
    assert made.status_code == 201
    assert chair.get(f"people/{city.staff.pk}/").json()["deputies"] == [made.json()]
    over = f"{deputies}{made.json()['id']}/end/"
    assert as_(city.neighbour_chairperson).post(over).status_code == 404
    assert chair.post(over).json()["until"] == "2026-10-07"
    assert chair.post(over).status_code == 404


def test_a_person_leaves_and_is_no_longer_named(city, as_) -> None:
    case = city.assigned()
    admin = as_(city.administrator)
    leave, forget = (f"people/{city.staff.pk}/{deed}/" for deed in ("deactivate", "pseudonymise"))
    typed = {"typed": city.staff.email}
    assert admin.post(forget, typed).status_code == 409
    assert as_(city.chairperson).post(leave).status_code == 403
    assert admin.post(leave).json() == {"offices": 1, "cases": [case.number]}
    assert admin.post(leave).status_code == 409
    assert list(admin.post(forget, {"typed": "nhầm"}).json()["errors"]) == ["typed"]
    assert list(admin.post(forget, {}).json()["errors"]) == ["typed"]
    told = admin.post(forget, typed).json()
    assert (told["full_name"], told["is_pseudonymous"]) == (f"Người đã rời cơ quan số {city.staff.pk}", True)
    assert as_(city.administrator).post(f"people/{city.administrator.pk}/deactivate/").status_code == 403


def test_people_cost_the_same_however_many(city, as_) -> None:
    readers = [as_(city.administrator), as_(city.chairperson)]
    codes = iter([f"{group}.{n}" for group, last in ((1, 12), (2, 8), (3, 11)) for n in range(1, last + 1)])
    counts = []
    for count in (1, 3, 50):
        for number in range(count):
            person = city.person(f"p{count}_{number}", "Lê Văn Thêm", Role.STAFF, since=date(2026, 1, 1))
            Appointment.objects.create(user=person, unit=city.phu_lien, role="staff", since=date(2026, 1, 1))
            Delegation.objects.create(
                giver=city.staff, taker=person, unit=city.kien_an, since=date(2026, 10, 7)
            )
        city.assigned(city.open_case(next(codes)))
        one = f"people/{city.staff.pk}/"
        counts.append([asked(lambda a=a, r=r: r.get(a)) for r in readers for a in ("people/", one)])
    assert counts[0] == counts[1] == counts[2], counts
    assert max(counts[0]) <= 13, counts
