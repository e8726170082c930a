"""Cases through the API: seen by those who may, listed at a fixed cost, found without tones."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from indicators.models import Indicator
from workflow.vocabulary import Step

CASE_PATHS = [
    "", "events/", "analysis/", "corrective-actions/", "evidence/",
]  # fmt: skip


def numbers(response) -> list[str]:
    return [case["number"] for case in response.json()["results"]]


@pytest.mark.parametrize("path", CASE_PATHS)
@pytest.mark.parametrize("who", ["neighbour_chairperson", "neighbour_staff", "stranger", "former_staff"])
def test_a_case_is_not_there_for_those_who_may_not_see_it(city, as_, who: str, path: str) -> None:
    case = city.open_case()
    response = as_(getattr(city, who)).get(f"cases/{case.number}/{path}")
    assert response.status_code == 404
    assert case.unit.name not in response.content.decode()


@pytest.mark.parametrize("path", CASE_PATHS)
@pytest.mark.parametrize("who", ["chairperson", "other_staff", "coordinator", "auditor", "administrator"])
def test_the_unit_and_its_city_see_the_case(city, as_, who: str, path: str) -> None:
    case = city.open_case()
    assert as_(getattr(city, who)).get(f"cases/{case.number}/{path}").status_code == 200


def test_lists_show_only_what_may_be_seen(city, as_) -> None:
    mine = city.open_case()
    theirs = city.open_case(unit=city.phu_lien)
    assert numbers(as_(city.staff).get("cases/")) == [mine.number]
    assert numbers(as_(city.neighbour_staff).get("cases/")) == [theirs.number]
    assert numbers(as_(city.auditor).get("cases/")) == [theirs.number, mine.number]
    assert numbers(as_(city.stranger).get("cases/")) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"colour": "red"}, ["1.1", "1.2"]),
        ({"state": "assigned"}, ["1.2"]),
        ({"unit": "11446"}, ["1.3"]),
        ({"indicator": "1.3"}, ["1.3"]),
        ({"assignee": "staff@haiphong.example"}, ["1.2"]),
        ({"period": "2026-Q3"}, ["1.1", "1.2", "1.3"]),
        ({"overdue": "true"}, ["1.1", "1.2", "1.3"]),
        ({"due_before": "2026-10-13"}, ["1.1"]),
        ({"recurrence": "true"}, []),
        ({"search": "11446"}, ["1.3"]),
        ({"search": "PHẠM quoc"}, ["1.2"]),
        ({"search": "nang luc"}, ["1.3"]),
        ({"search": "2026-000001"}, ["1.1"]),
        ({"ordering": "number"}, ["1.1", "1.2", "1.3"]),
        ({"ordering": "turn_due_on"}, ["1.1", "1.3", "1.2"]),
    ],
)
def test_a_list_is_narrowed_and_ordered(city, as_, query, found) -> None:
    city.open_case("1.1")
    city.assigned(city.open_case("1.2"))
    city.open_case("1.3", colour="yellow", unit=city.phu_lien)
    with time_machine.travel("2027-01-05T09:00:00+07:00", tick=False):
        response = as_(city.auditor).get("cases/", **query)
    listed = [case["indicator"] for case in response.json()["results"]]
    assert (listed if "ordering" in query else sorted(listed)) == found


@pytest.mark.parametrize("query", [{"colur": "red"}, {"state": "lost"}, {"ordering": "finding"}])
def test_an_unknown_filter_or_order_is_refused_by_name(city, as_, query) -> None:
    response = as_(city.staff).get("cases/", **query)
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert set(response.json()["errors"]) == set(query)


def test_a_list_costs_the_same_queries_with_1_3_and_39_rows(city, as_) -> None:
    codes = list(Indicator.objects.values_list("code", flat=True))
    staff, costs = as_(city.staff), []
    staff.get("me/")  # the first use of a token is noted
    for upto in (1, 3, 39):
        city.rate(red=" ".join(codes[:upto]))
        with CaptureQueriesContext(connection) as queries:
            response = staff.get("cases/")
        assert len(response.json()["results"]) == upto
        costs.append(len(queries))
    assert len(set(costs)) == 1
    assert costs[0] <= 6


def test_pages_follow_each_other_without_gap_or_repeat(city, as_) -> None:
    city.rate(red="1.1 1.2 1.3 1.4 1.5 1.6 1.7")
    staff, seen = as_(city.staff), []
    response = staff.get("cases/", page_size=3, ordering="turn_due_on")
    while True:
        seen += numbers(response)
        following = response.json()["next"]
        if not following:
            break
        response = staff.client.get(following)
    assert seen == [f"2026-{n:06d}" for n in range(1, 8)]


def test_a_page_is_never_larger_than_200(city, as_) -> None:
    for period in ("2026-Q1", "2026-Q2"):
        city.rate(red=" ".join(Indicator.objects.values_list("code", flat=True)), period=period)
    assert len(numbers(as_(city.staff).get("cases/", page_size=5000))) == 39


def test_a_case_says_which_steps_are_possible_for_me_and_why_the_others_are_not(city, as_) -> None:
    case = city.assigned()
    steps = {s["step"]: s for s in as_(city.staff).get(f"cases/{case.number}/").json()["steps"]}
    assert list(steps) == Step.values
    assert [name for name, step in steps.items() if step["possible"]] == [
        "decline", "start", "request_extension",
    ]  # fmt: skip
    assert steps["decline"]["asks"] == [{"name": "note", "required": True, "label": "Ý kiến, lý do"}]
    assert steps["assign"]["why_not"] == ["Bước này thuộc quyền của: người đứng đầu đơn vị."]
    assert "trạng thái" in steps["verify"]["why_not"][0]


def test_the_record_is_there_link_by_link(city, as_) -> None:
    case = city.assigned()
    events = as_(city.auditor).get(f"cases/{case.number}/events/").json()["results"]
    assert [e["kind"] for e in events] == ["opened", "assigned"]
    assert events[1]["previous_hash"] == events[0]["hash"]
    assert events[0]["actor"] is None
    assert events[1]["actor"]["full_name"] == "Trần Thị Hạnh"
    assert events[1]["at"] == "2026-10-07T02:00:00Z"


def test_anyone_who_sees_a_case_may_comment(city, as_) -> None:
    case = city.open_case()
    assert as_(city.other_staff).post(f"cases/{case.number}/comments/", {"note": "Đã xem"}).status_code == 201
    assert as_(city.other_staff).post(f"cases/{case.number}/comments/", {"note": " "}).status_code == 400
    response = as_(city.neighbour_staff).post(f"cases/{case.number}/comments/", {"note": "?"})
    assert response.status_code == 404
