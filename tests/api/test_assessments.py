"""Ratings through the API: as JSON and as a file, by those who may."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from indicators.models import Period, Rating
from tests.indicators.test_workbook import xlsx
from workflow.models import Case


def sent(*ratings: tuple[str, str], unit: str = "11443", **more: object) -> dict[str, object]:
    return {
        "unit": unit,
        "period": "2026-Q4",
        "ratings": [{"indicator": code, "colour": colour} for code, colour in ratings],
    } | more


@pytest.mark.parametrize(
    ("who", "kind", "status"),
    [
        ("coordinator", "self", 201),
        ("chairperson", "self", 201),
        ("administrator", "self", 201),
        ("auditor", "city", 201),
        ("auditor", "self", 403),
        ("coordinator", "city", 403),
        ("staff", "self", 403),
        ("vice_chair", "self", 403),
        ("neighbour_chairperson", "self", 403),
        ("stranger", "self", 403),
    ],
)
def test_who_may_record_which_rating(city, as_, who: str, kind: str, status: int) -> None:
    response = as_(getattr(city, who)).post("assessments/", sent(("1.4", "red"), kind=kind))
    assert response.status_code == status
    assert Rating.objects.count() == (status == 201)


def test_what_it_did_is_told_in_numbers_of_cases(city, as_) -> None:
    coordinator = as_(city.coordinator)
    response = coordinator.post("assessments/", sent(("1.4", "red"), ("1.5", "yellow"), ("1.6", "green")))
    body = response.json()
    assert body["opened"] == ["2026-000001", "2026-000002"]
    assert (body["recorded"], body["colours"]["green"]) == (3, 1)
    again = coordinator.post("assessments/", sent(("1.4", "red"), ("1.5", "yellow"), ("1.6", "green")))
    assert (again.status_code, again.json()["opened"]) == (200, [])
    detail = coordinator.get(f"assessments/{coordinator.get('assessments/').json()['results'][0]['id']}/")
    assert [r["colour"] for r in detail.json()["ratings"]] == ["red", "yellow", "green"]


def test_a_dry_run_stores_nothing(city, as_) -> None:
    response = as_(city.coordinator).post("assessments/?dry_run=true", sent(("1.4", "red")))
    assert (response.status_code, response.json()["dry_run"]) == (200, True)
    assert not Case.objects.exists()
    assert not Period.objects.exists()


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (sent(("9.9", "red")), "ratings[0]"),
        (sent(("1.4", "red"), ("1.4", "green")), "ratings[1]"),
        (sent(("1.4", "not_applicable")), "ratings[0]"),
        (sent(("1.4", "purple")), "ratings[0].colour"),
        (sent(("1.4", "red"), unit="99999"), "ratings[0]"),
        (sent(("1.4", "red"), period="mùa thu"), "period"),
        (sent(), "ratings"),
    ],
)
def test_one_bad_rating_stores_nothing_and_is_named(city, as_, body, where: str) -> None:
    response = as_(city.coordinator).post("assessments/", body)
    assert response.status_code == 400
    assert where in response.json()["errors"]
    assert not Rating.objects.exists()


def test_a_workbook_is_imported_as_by_the_page(city, as_) -> None:
    file = xlsx(["1.4", "", "Đỏ", "Trễ", ""]).getvalue()

    def send(**more: object):
        body = {"file": SimpleUploadedFile("phieu.xlsx", file), "period": "2026-Q4", "unit": "11443"}
        return as_(city.coordinator).post("assessments/import/", body | more, format="multipart")

    assert send(dry_run="true").json()["opened"] == ["2026-000001"]
    assert not Case.objects.exists()
    assert send().status_code == 201
    assert send().status_code == 200
    assert Rating.objects.get().intake.source_name == "phieu.xlsx"


def test_a_bad_workbook_is_answered_by_cell(city, as_) -> None:
    upload = SimpleUploadedFile("phieu.xlsx", xlsx(["1.4", "", "Tím", "", ""]).getvalue())
    body = {"file": upload, "period": "2026-Q4", "unit": "11443"}
    response = as_(city.coordinator).post("assessments/import/", body, format="multipart")
    assert response.status_code == 400
    assert list(response.json()["errors"]) == ["C2"]


def test_periods_are_the_citys_to_make(city, as_) -> None:
    body = {"code": "2026-Q4", "starts_on": "2026-10-01", "ends_on": "2026-12-31"}
    assert as_(city.staff).post("periods/", body).status_code == 403
    assert as_(city.administrator).post("periods/", body).status_code == 201
    assert as_(city.administrator).post("periods/", body).status_code == 400
    backwards = body | {"code": "x", "ends_on": "2026-01-01"}
    assert as_(city.administrator).post("periods/", backwards).status_code == 400


def test_an_assessment_of_a_neighbour_is_not_there(city, as_) -> None:
    city.rate(red="1.4", unit=city.phu_lien)
    listed = as_(city.neighbour_staff).get("assessments/").json()["results"]
    assert as_(city.staff).get("assessments/").json()["results"] == []
    assert as_(city.staff).get(f"assessments/{listed[0]['id']}/").status_code == 404
