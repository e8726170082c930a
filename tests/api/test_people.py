"""Hand-over, deputies and people from a file by API."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from organisations.models import Delegation, User
from tests.conftest import WEDNESDAY
from workflow.models import Case


@pytest.fixture(autouse=True)
def _today(time_machine) -> None:
    time_machine.move_to(WEDNESDAY, tick=False)


def test_everything_of_a_person_is_handed_over(city, as_) -> None:
    cases = [city.assigned(city.open_case(code)) for code in ("1.1", "1.2")]
    given = {"unit": "11443", "to": city.supporter.email, "note": "Luân chuyển"}
    chair, path = as_(city.chairperson), f"people/{city.staff.pk}/hand-over/"
    answer = chair.post(path, given)
    assert (answer.status_code, answer.json()) == (
        200, {"cases": [case.number for case in cases], "actions": 0},
    )  # fmt: skip
    assert Case.objects.filter(assignee=city.supporter).count() == 2
    assert chair.post(path, given).status_code == 409
    wrong = chair.post(path, given | {"to": city.neighbour_staff.pk})
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["to"])
    assert list(chair.post(path, {}).json()["errors"]) == ["unit", "to"]


def test_who_may_not_is_told_so_and_who_sees_nothing_learns_nothing(city, as_) -> None:
    city.assigned()
    given = {"unit": "11443", "to": city.supporter.pk}
    path = f"people/{city.staff.pk}/hand-over/"
    for who in ("vice_chair", "staff", "auditor", "administrator"):
        assert as_(getattr(city, who)).post(path, given).status_code == 403, who
    for who in ("neighbour_chairperson", "stranger"):
        assert as_(getattr(city, who)).post(path, given).status_code == 404, who
    chair = as_(city.chairperson)
    assert chair.post(f"people/{city.neighbour_staff.pk}/hand-over/", given).status_code == 404
    assert chair.post("people/999999/hand-over/", given).status_code == 404


def test_a_person_chooses_and_ends_their_deputy(city, as_) -> None:
    staff = as_(city.staff)
    leave = {"taker": city.supporter.pk, "unit": "11443", "since": "2026-10-07", "until": "2026-10-20"}
    made = staff.post("me/delegations/", leave | {"reason": "Nghỉ phép"})
    assert made.status_code == 201
    assert made.json()["taker"]["full_name"] == "Đỗ Thu Hà"
    again = staff.post("me/delegations/", leave)
    assert (again.status_code, list(again.json()["errors"])) == (400, ["since"])
    for who in ("staff", "supporter"):
        [seen] = as_(getattr(city, who)).get("me/delegations/").json()["results"]
        assert seen == made.json()
    end = f"me/delegations/{made.json()['id']}/end/"
    assert as_(city.supporter).post(end).status_code == 404
    assert staff.post(end).json()["until"] == "2026-10-07"
    assert staff.post(end).status_code == 409
    assert staff.get("me/delegations/").json()["results"] == []


def test_nobody_chooses_somebody_of_elsewhere(city, as_) -> None:
    leave = {"taker": city.neighbour_staff.pk, "unit": "11443", "since": "2026-10-07"}
    answer = as_(city.staff).post("me/delegations/", leave)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["taker"])
    assert as_(city.stranger).post("me/delegations/", leave).status_code == 400
    assert not Delegation.objects.exists()


def test_people_come_from_a_file_as_by_the_page(city, as_) -> None:
    rows = "Họ và tên;Thư điện tử;Mã đơn vị;Chức vụ\nVũ Thị Mới;%s@haiphong.example;11443;%s\n"

    def send(role: str, *, to: str = "moi", **more: object):
        upload = SimpleUploadedFile("nguoi.csv", (rows % (to, role)).encode("utf-8-sig"))
        return as_(city.administrator).post("people/import/", {"file": upload} | more, format="multipart")

    wrong = send("Trưởng thôn")
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["D2"])
    mistyped = send("Chủ tịch", to="staff")
    assert (mistyped.status_code, list(mistyped.json()["errors"])) == (400, ["A2"])
    assert "của Phạm Quốc Tuấn, không phải Vũ Thị Mới" in mistyped.json()["errors"]["A2"][0]
    assert not city.staff.appointments.filter(role="chairperson").exists()
    seen = send("Công chức", dry_run="true").json()
    assert (seen["added"], User.objects.filter(email="moi@haiphong.example").count()) == (1, 0)
    done = send("Công chức", invite="true")
    assert (done.status_code, done.json()["invited"]) == (201, 1)
    again = send("Công chức", invite="true")
    assert (again.status_code, again.json()["there"], again.json()["invited"]) == (200, 1, 0)
    assert User.objects.get(email="moi@haiphong.example").appointments.get().unit == city.kien_an
