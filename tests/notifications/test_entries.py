"""The register narrowed: the same words find the same lines on the page, by the API and in a file."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from notifications.dispatches import Outcome
from notifications.entries import entries, entries_of, with_outcome
from notifications.models import Dispatch, Message, MessageState, Notification, Withheld
from organisations.hands import Hand
from tests.conftest import WEDNESDAY
from workflow.models import Case

from .conftest import go_round, local


def found(person, **asked) -> tuple[int, int]:
    """How many lines page and API find."""
    reader = Client()
    reader.force_login(person)
    page = reader.get("/dispatches/", asked).content.decode()
    told = reader.get("/api/v1/dispatches/", asked).json()["results"]
    return page.count("<tr>") - page.count("<thead>"), len(told)


@pytest.fixture
def three(city, post) -> Case:
    """Three cases opened by one intake, of which one was given to somebody."""
    city.rate(red="1.1 1.2 1.3")
    go_round(WEDNESDAY)
    case = city.assigned(Case.objects.get(indicator__code="1.2"))
    go_round(WEDNESDAY)
    return case


def test_the_number_of_a_case_finds_what_was_told_of_it_together_with_others(city, three) -> None:
    other = Case.objects.get(indicator__code="1.3")
    assert found(city.chairperson, search=three.number) == (2, 2)
    assert found(city.chairperson, search=f"{three.number} hanh") == (1, 1)
    assert found(city.chairperson, search=other.number) == (1, 1)
    assert found(city.chairperson, search="tuan") == (1, 1)
    for number, count in ((three.number, 2), (other.number, 1), ("2026-99999", 0)):
        reader = Client()
        reader.force_login(city.chairperson)
        assert len(reader.get("/api/v1/dispatches/", {"case": number}).json()["results"]) == count


def test_the_number_of_a_case_elsewhere_finds_nothing(city, three) -> None:
    city.rate(red="1.1 1.2", unit=city.phu_lien)
    go_round(WEDNESDAY)
    assert found(city.neighbour_chairperson) == (1, 1)
    assert found(city.neighbour_chairperson, search=three.number) == (0, 0)


def test_every_rating_of_a_case_leads_to_what_was_told_of_it(city, post) -> None:
    city.rate(yellow="1.1 1.2")
    go_round(WEDNESDAY)
    city.rate(red="1.1 1.2", period="2026-Q4")
    go_round(local(7, month=12))
    city.rate(yellow="1.1 1.2", period="2027-Q1")
    case = Case.objects.get(indicator__code="1.2")
    assert [entry.kind for entry in entries_of(case) if entry.count == 2] == ["rated_again", "opened"]


def test_what_was_told_of_a_case_before_it_was_handed_over_is_found(city, three) -> None:
    Case.objects.filter(pk=three.pk).update(unit=city.phu_lien)
    three.refresh_from_db()
    assert len(entries_of(three)) == 2


@pytest.mark.parametrize(
    ("unit", "count"),
    [("11443", 2), ("Kiến An", 2), ("kien 11443", 2), ("11446", 0), ("Liễn", 0)],
)
def test_a_unit_is_found_by_code_or_words(city, three, unit, count) -> None:
    assert found(city.administrator, unit=unit) == (count, count)


@pytest.mark.parametrize("asked", [{"since": "9999-12-31"}, {"until": "9999-12-31"}])
def test_the_last_of_days_is_a_day(city, three, asked) -> None:
    count = 2 if "until" in asked else 0
    assert found(city.chairperson, **asked) == (count, count)


STATES = [
    (MessageState.PENDING, Outcome.WAITING), (MessageState.CLAIMED, Outcome.WAITING),
    (MessageState.RELEASED, Outcome.WAITING), (MessageState.SENT, Outcome.SENT),
    (MessageState.IN_DOUBT, Outcome.IN_DOUBT), (MessageState.FAILED, Outcome.FAILED),
]  # fmt: skip


@pytest.mark.parametrize(("state", "outcome"), STATES)
def test_each_outcome_finds_its_own_and_no_other(city, three, state, outcome) -> None:
    Message.objects.update(state=state)
    Dispatch.objects.filter(notification__kind="assigned").update(withheld=Withheld.LEFT)
    opened, assigned = Notification.objects.order_by("pk")
    for asked in Outcome.values:
        told = with_outcome(entries(Hand(city.chairperson, on=date(2026, 10, 7))), asked)
        wanted = {outcome: [opened], Outcome.WITHHELD: [assigned]}.get(asked, [])
        assert list(told) == wanted, asked


def test_pages_of_an_outcome_follow_on_each_other(city, three) -> None:
    Message.objects.update(state=MessageState.FAILED)
    newest, oldest = Notification.objects.order_by("-pk")
    reader = Client()
    reader.force_login(city.chairperson)
    first = reader.get("/api/v1/dispatches/", {"outcome": "failed", "page_size": 1}).json()
    second = reader.get(first["next"]).json()
    assert [page["results"][0]["id"] for page in (first, second)] == [newest.pk, oldest.pk]
    assert second["next"] is None
    page = reader.get("/dispatches/", {"outcome": "failed", "after": newest.pk}).content.decode()
    assert page.count('data-label="Báo lúc"') == 1
