"""Whatever is sent to a page, a page answers: never a fault, never half a change."""

import pytest

from workflow.models import Event

ODD = [
    "a\0b",
    "99999999999999999999",
    "9" * 5000,
    "-1",
    "²",
    "[]",
    "9999-12-31",
    "0000-00-00",
    "🌿",
    "x" * 50_000,
]


def is_a_page(answer, *statuses: int) -> bool:
    return answer.status_code in statuses and b"<!doctype html>" in answer.content[:200].lower()


@pytest.mark.parametrize("field", ["version", "assignee", "supporters", "due_on", "note"])
def test_a_step_given_what_makes_no_sense_is_refused_on_the_page(city, signed_in, field) -> None:
    case = city.open_case()
    chairperson = signed_in(city.chairperson)
    for odd in (o for o in ODD if field != "note" or "\0" in o):
        given = {"assignee": str(city.staff.pk), "note": "Gấp", field: odd}
        answer = chairperson.post(f"/cases/{case.number}/steps/assign/", given)
        assert is_a_page(answer, 400, 409), odd
    assert Event.objects.filter(case=case).count() == 1


@pytest.mark.parametrize(
    "back", [*ODD, "home", "//evil.example", "https://evil.example/", "javascript:1", ""]
)
def test_a_language_is_chosen_whatever_the_way_back(city, signed_in, back) -> None:
    answer = signed_in(city.staff).post("/me/language/", {"language": "en", "next": back})
    assert (answer.status_code, answer["Location"]) == (302, "/")


@pytest.mark.parametrize("address", ["/cases/", "/notifications/", "/assessments/", "/units/", "/me/", "/"])
def test_a_query_that_makes_no_sense_narrows_nothing_or_finds_nothing(city, signed_in, address) -> None:
    city.open_case()
    reader = signed_in(city.auditor)
    for odd in [*ODD, "a " * 300]:
        names = ["search", "state", "unit", "indicator", "after", "overdue", "mine"]
        query = dict.fromkeys([*names, "kind", "period", "status"], odd)
        for name, value in query.items():
            assert is_a_page(reader.get(address, {name: value}), 200), (name, value)


@pytest.mark.parametrize("odd", ["%00", "2026-000001%00", "%ff", "9" * 30, "..%2F", "%C2%B2"])
def test_an_address_of_nothing_is_not_found(city, signed_in, odd) -> None:
    reader, number = signed_in(city.staff), city.open_case().number
    for address in ("/{}/", "/cases/{}/", f"/cases/{number}/evidence/{{}}/file/", "/cases/{}/steps/start/"):
        assert is_a_page(reader.get(address.format(odd)), 404), address


def test_a_form_too_large_is_answered_by_a_page(city, signed_in, settings) -> None:
    case = city.open_case()
    chairperson = signed_in(city.chairperson)
    many = {f"field{n}": "1" for n in range(1001)}
    assert is_a_page(chairperson.post(f"/cases/{case.number}/comments/", many), 400)
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = chairperson.post(
        f"/cases/{case.number}/comments/",
        f"note={'x' * 200}",
        content_type="application/x-www-form-urlencoded",
    )
    assert is_a_page(answer, 400)
    assert Event.objects.filter(case=case).count() == 1
