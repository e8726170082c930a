"""Again and after: relapses in a chain, ratings corrected, two raters, not applicable, an early green."""

from __future__ import annotations

from datetime import timedelta

import pytest

from indicators.models import Rating
from indicators.operations import Row, record_assessments
from indicators.refusals import Refused
from tests.conftest import WEDNESDAY, City
from workflow.models import Case
from workflow.refusals import NotNow
from workflow.vocabulary import Kind, State

#: A year of quarters after the first.
QUARTERS = ["2026-Q3", "2026-Q4", "2027-Q1", "2027-Q2", "2027-Q3", "2027-Q4", "2028-Q1"]


def rate(city: City, colour: str, finding: str = "", *, period: str = "2026-Q4", kind: str = "self"):
    by = city.auditor if kind == "city" else city.coordinator
    row = Row("11443", "1.4", colour, finding, "", "1.4")
    return record_assessments([row], period=period, kind=kind, by=by, now=WEDNESDAY)


def newest(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def kinds(case: Case) -> list[str]:
    return list(case.events.order_by("seq").values_list("kind", flat=True))


def test_a_chain_of_relapses_counts_and_leads_from_end_to_end(city: City, signed_in, as_) -> None:
    chain = [city.open_case(period=QUARTERS[0])]
    for relapse in range(3):
        city.monitored(chain[-1])
        city.rate(green="1.4", period=QUARTERS[2 * relapse + 1])
        report = city.rate(red="1.4", period=QUARTERS[2 * relapse + 2])
        assert (report.cases("opened"), len(report.cases("recurrence"))) == ([], 1)
        chain.append(Case.objects.get(number=report.effects[0].case))
    assert [case.recurrence_count for case in chain] == [0, 1, 2, 3]
    assert [case.recurrence_of for case in chain] == [None, *chain[:-1]]
    page = signed_in(city.staff).get(chain[1].get_absolute_url()).content.decode()
    assert all(case.number in page for case in chain)
    assert "tái diễn lần 3" in page
    told = as_(city.auditor).get(f"cases/{chain[1].number}/").json()
    assert (told["recurrence_of"], told["recurrences"]) == (chain[0].number, [chain[2].number])
    listed = as_(city.auditor).get("cases/", recurrence=True).json()["results"]
    assert {case["number"] for case in listed} == {case.number for case in chain[1:]}


def test_a_correction_inside_a_period_keeps_what_was_said_before(city: City) -> None:
    case = city.open_case(period="2026-Q4")
    rate(city, "yellow", "Đã đo lại")
    case = newest(case)
    assert (case.state, case.colour, case.latest_rating.colour) == (State.OPEN, "red", "yellow")
    assert case.events.latest("seq").changes["rated"] == ["red", "yellow"]
    said = Rating.objects.filter(assessment__period__code="2026-Q4").order_by("pk")
    assert [(r.colour, r.superseded_at is None) for r in said] == [("red", False), ("yellow", True)]
    rate(city, "green")
    assert (newest(case).state, kinds(case)[-2:]) == (State.CANCELLED, [Kind.RATED_AGAIN, Kind.CANCELLED])
    report = rate(city, "red", "Lần ba: đúng là đỏ")
    assert len(report.cases("opened")) == 1, "after a cancelled case a red opens one, and no recurrence"


@pytest.mark.parametrize("first", ["self", "city"])
def test_two_raters_stand_side_by_side_and_neither_overwrites(city: City, signed_in, as_, first) -> None:
    other = {"self": "city", "city": "self"}[first]
    number = rate(city, "red", "Bên thứ nhất thấy đỏ", kind=first).effects[0].case
    rate(city, "yellow", "Bên thứ hai thấy vàng", kind=other)
    case = Case.objects.get(number=number)
    assert case.rating.assessment.kind == first
    assert Rating.objects.in_force().filter(indicator__code="1.4").count() == 2
    for person in (city.chairperson, city.auditor):
        page = signed_in(person).get(case.get_absolute_url()).content.decode()
        for said in ("Hai bên đánh giá khác nhau.", "Bên thứ nhất thấy đỏ", "Bên thứ hai thấy vàng"):
            assert said in page
        told = as_(person).get(f"cases/{number}/").json()
        assert {r["kind"]: r["colour"] for r in told["ratings"]} == {first: "red", other: "yellow"}
        assert told["opened_by"]["kind"] == first


def test_raters_who_agree_are_shown_once(city: City, signed_in) -> None:
    case = city.open_case(period="2026-Q4")
    rate(city, "red", "Như đơn vị", kind="city")
    page = signed_in(city.chairperson).get(case.get_absolute_url()).content.decode()
    assert "Hai bên đánh giá khác nhau." not in page


def test_not_applicable_needs_its_reason_and_moves_nothing(city: City) -> None:
    case = city.assigned()
    for reason in ("", "   "):
        with pytest.raises(Refused, match="cần lý do"):
            rate(city, "not_applicable", reason)
    assert rate(city, "not_applicable", "Phường không có biển").cases("rated_again") == [case.number]
    case = newest(case)
    assert (case.state, case.latest_rating.finding) == (State.ASSIGNED, "Phường không có biển")
    assert not rate(city, "not_applicable", "Phường không có biển").recorded
    other = Row("11443", "2.1", "not_applicable", "Không có cảng", "", "2.1")
    report = record_assessments([other], period="2026-Q4", kind="self", by=city.coordinator, now=WEDNESDAY)
    assert report.effects == []


@pytest.mark.parametrize("stage", ["open_case", "assigned", "in_progress", "in_verification", "handed_up"])
def test_a_green_while_work_is_under_way_is_noted_and_ends_nothing(city: City, stage: str) -> None:
    case = getattr(city, stage)()
    assert rate(city, "green").cases("rated_again") == [case.number]
    after = newest(case)
    assert (after.state, after.turn_due_on, after.assignee) == (case.state, case.turn_due_on, case.assignee)
    assert kinds(after)[-1] == Kind.RATED_AGAIN


def test_after_an_early_green_the_verified_work_is_confirmed_without_waiting(city: City) -> None:
    case = city.in_verification()
    rate(city, "green")
    case = city.take(newest(case), "verify", city.chairperson)
    assert case.check_on > (WEDNESDAY + timedelta(days=1)).date()
    assert city.take(case, "confirm", city.chairperson, note="Đã xanh").state == State.CLOSED


def test_a_green_taken_back_no_longer_confirms(city: City) -> None:
    case = city.in_verification()
    rate(city, "green")
    rate(city, "red", "Đo lại vẫn đỏ")
    case = city.take(newest(case), "verify", city.chairperson)
    assert (case.state, case.latest_rating.colour) == (State.MONITORING, "red")
    with pytest.raises(NotNow):
        city.take(case, "confirm", city.chairperson)
