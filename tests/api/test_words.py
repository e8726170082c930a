"""Refusals speak the language asked for, whoever wrote the sentence."""

import pytest
from django.utils import translation

from api.fields import ModelSerializer, Strict
from api.problems import PROBLEMS


def kinds(of=Strict):
    for kind in of.__subclasses__():
        yield kind
        yield from kinds(kind)


def sentences():
    """All that a field of the API may say of what was sent, by the field's class and the fault."""
    from api import urls  # noqa: F401  every view, and so every serializer, is there

    for kind in (kind for kind in kinds() if kind is not ModelSerializer):
        for field in kind().fields.values():
            for one in (field, getattr(field, "child", None)):
                said = getattr(one, "error_messages", {})
                yield from ((type(one).__name__, fault, words) for fault, words in said.items())


def test_every_fault_of_a_field_is_told_in_vietnamese() -> None:
    said = set()
    for name, fault, sentence in sentences():
        with translation.override("vi"):
            here = str(sentence)
        with translation.override("en"):
            said.add((name, fault, here, str(sentence)))
    assert len(said) > 40
    assert not [(name, fault, here) for name, fault, here, there in said if here == there]


@pytest.mark.parametrize(
    ("asked", "title"),
    [("vi", "Không tìm thấy"), ("en-GB,vi;q=0.5", "Not found"), ("fr", "Không tìm thấy")],
)
def test_a_problem_is_in_the_language_asked_for(city, as_, asked, title) -> None:
    answer = as_(city.staff).client.get("/api/v1/cases/2026-999999/", headers={"accept-language": asked})
    assert answer.json()["title"] == title
    assert answer["Content-Language"] == ("en" if title == "Not found" else "vi")
    assert "Accept-Language" in answer["Vary"]


def test_whoever_comes_by_session_gets_the_language_asked_for_too(city, client) -> None:
    client.force_login(city.staff)
    assert client.get("/api/v1/nowhere/").json()["title"] == "Không tìm thấy"
    answer = client.get("/api/v1/nowhere/", headers={"accept-language": "en"})
    assert answer.json()["title"] == "Not found"


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_every_kind_of_refusal_has_its_words_in_both_languages(code: int) -> None:
    with translation.override("vi"):
        here = str(PROBLEMS[code].title), str(PROBLEMS[code].detail)
    with translation.override("en"):
        there = str(PROBLEMS[code].title), str(PROBLEMS[code].detail)
    assert all(here)
    assert not set(here) & set(there)


def test_each_status_is_a_problem_of_its_kind(city, as_) -> None:
    staff, number = as_(city.staff), city.open_case().number
    as_is = {"format": None, "content_type": "application/json"}
    for answer, status in (
        (staff.post(f"cases/{number}/comments/", b"{", **as_is), 400),
        (staff.post(f"cases/{number}/steps/assign/", {"assignee": city.staff.pk}), 403),
        (staff.get("cases/x/"), 404),
        (staff.delete(f"cases/{number}/"), 405),
        (staff.client.get("/api/v1/me/", headers={"accept": "text/html"}), 406),
        (staff.post(f"cases/{number}/steps/start/", {}), 409),
        (staff.post(f"cases/{number}/comments/", {"note": "x"}, HTTP_IF_MATCH='"0"'), 412),
        (staff.post(f"cases/{number}/comments/", b"x", format=None, content_type="text/plain"), 415),
    ):
        assert answer.status_code == status, answer.content
        assert answer["Content-Type"] == "application/problem+json"
        problem = answer.json()
        assert problem["type"] == f"urn:ve-xanh:problem:{PROBLEMS[status].name}"
        assert (problem["status"], problem["title"]) == (status, str(PROBLEMS[status].title))
        assert problem["detail"]


def test_what_changed_meanwhile_is_told_with_the_412(city, as_) -> None:
    case = city.assigned()
    answer = as_(city.chairperson).post(
        f"cases/{case.number}/steps/hand_up/", {"note": "Cần vốn"}, HTTP_IF_MATCH='"1"'
    )
    problem = answer.json()
    assert (answer.status_code, problem["version"]) == (412, 2)
    assert [event["kind"] for event in problem["changed"]] == ["assigned"]
    assert problem["changed"][0]["actor"]["full_name"] == "Trần Thị Hạnh"
    assert problem["changed"][0]["changes"]["state"] == ["open", "assigned"]
