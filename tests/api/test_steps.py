"""Steps through the API: one, several, refused with the right problem, never over a newer state."""

import pytest

from workflow.models import Case


def test_each_kind_of_no_has_its_status_and_is_a_problem_document(city, as_) -> None:
    case = city.open_case()
    path = f"cases/{case.number}/steps"
    chair, staff = as_(city.chairperson), as_(city.staff)
    answers = {
        400: chair.post(f"{path}/assign/", {}),
        403: staff.post(f"{path}/assign/", {"assignee": city.staff.pk}),
        404: as_(city.stranger).post(f"{path}/assign/", {"assignee": city.staff.pk}),
        409: chair.post(f"{path}/verify/", {}),
    }
    for status, response in answers.items():
        problem = response.json()
        assert (response.status_code, problem["status"]) == (status, status)
        assert response["Content-Type"] == "application/problem+json"
        assert problem["title"]
        assert problem["detail"]
    assert "assignee" in answers[400].json()["errors"]
    assert Case.objects.get(pk=case.pk).version == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"assignee": "nobody@haiphong.example"}, "assignee"),
        ({"assignee": 10**9}, "assignee"),
        ({"assignee": [1]}, "assignee"),
        ({"assignee": None}, "assignee"),
        ({"assignee": "staff@haiphong.example", "due_on": "32/13/2026"}, "due_on"),
        ({"assignee": "staff@haiphong.example", "due_on": "2020-01-01"}, "due_on"),
        ({"assignee": "staff@haiphong.example", "colour": "red"}, "colour"),
        ({"assignee": "staff@haiphong.example", "supporters": "x"}, "supporters"),
    ],
)
def test_bad_input_names_the_field(city, as_, body, field: str) -> None:
    case = city.open_case()
    response = as_(city.chairperson).post(f"cases/{case.number}/steps/assign/", body)
    assert response.status_code == 400
    assert list(response.json()["errors"]) == [field]


@pytest.mark.parametrize("body", ["{", "[1, 2]", '"x"', "null"])
def test_json_that_is_no_object_is_refused(city, as_, body: str) -> None:
    caller = as_(city.chairperson)
    case = city.open_case()
    for path in (f"cases/{case.number}/steps/assign/", "cases/steps/assign/", "assessments/"):
        response = caller.client.post(f"/api/v1/{path}", body, content_type="application/json")
        assert response.status_code == 400


def test_a_step_that_does_not_exist_is_not_found(city, as_) -> None:
    case = city.open_case()
    assert as_(city.chairperson).post(f"cases/{case.number}/steps/save/", {}).status_code == 404


def test_if_match_keeps_a_person_from_deciding_on_an_old_state(city, as_) -> None:
    case = city.open_case()
    chair = as_(city.chairperson)
    tag = chair.get(f"cases/{case.number}/")["ETag"]
    body = {"assignee": city.staff.pk}
    assert chair.post(f"cases/{case.number}/steps/assign/", body, HTTP_IF_MATCH=tag).status_code == 200
    response = chair.post(f"cases/{case.number}/steps/assign/", body, HTTP_IF_MATCH=tag)
    assert response.status_code == 412
    assert "đã thay đổi" in response.json()["detail"]
    for strange in ("abc", f'"{"9" * 5000}"', "-1"):
        response = chair.post(f"cases/{case.number}/steps/assign/", body, HTTP_IF_MATCH=strange)
        assert response.status_code == 400
        assert response.json()["errors"] == {"If-Match": ["Không hiểu phiên bản này."]}


def test_the_same_step_on_several_cases_answers_for_each(city, as_) -> None:
    city.rate(red="1.1 1.2")
    theirs = city.open_case(unit=city.phu_lien)
    closed = city.take(Case.objects.get(number="2026-000002"), "cancel", city.auditor, note="Nhầm")
    body = {"cases": ["2026-000001", closed.number, theirs.number], "assignee": city.staff.pk}
    results = as_(city.chairperson).post("cases/steps/assign/", body).json()["results"]
    assert [r["status"] for r in results] == [200, 409, 404]
    assert results[0]["state"] == "assigned"
    assert "Đã hủy" in results[1]["problem"]["detail"]


def test_problems_speak_the_readers_language(city, as_) -> None:
    city.chairperson.language = "en"
    city.chairperson.save()
    case = city.open_case()
    response = as_(city.chairperson).client.post(
        f"/api/v1/cases/{case.number}/steps/verify/", {}, format="json", HTTP_ACCEPT_LANGUAGE="en"
    )
    assert response.status_code == 409
    assert "hồ sơ" not in response.json()["detail"]


@pytest.mark.parametrize("path", ["cases/", "me/", "units/", "assessments/", "notifications/"])
def test_without_a_token_nothing_is_told(db, client, path: str) -> None:
    response = client.get(f"/api/v1/{path}")
    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"
    assert response["WWW-Authenticate"] == "Bearer"
