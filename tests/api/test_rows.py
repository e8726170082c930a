"""A list of cases is read past the models; it says what the models say of each."""

import json
from datetime import date, timedelta

import pytest
import time_machine
from django.utils import translation

from api.cases import CaseSerializer
from api.filters import ORDERS
from api.rendering import FastJSONRenderer
from organisations.models import UnitVersion
from workflow.models import Case
from workflow.vocabulary import LIVE, State, Verifier

TODAY = date(2026, 11, 2)


@pytest.fixture
def one_of_each_state(city):
    """Every state a case can be in, with all a row may show; the ward was renamed since they ended."""
    closed = city.closed(city.open_case("1.1"))
    city.assigned(city.open_case("1.2", colour="yellow"))
    city.rate(red=" ".join(f"2.{n}" for n in range(1, 7)))
    city.rate(red=" ".join(f"3.{n}" for n in range(1, 7)), unit=city.phu_lien)
    cases = list(Case.objects.exclude(pk=closed.pk).order_by("pk"))
    for n, state in enumerate(State):
        Case.objects.filter(pk=cases[n].pk).update(
            state=state,
            assignee=city.staff if n % 2 else None,
            verifier=list(Verifier)[n % 2],
            turn_due_on=TODAY + timedelta(days=n - 3) if state in LIVE else None,
            closed_at=None if state in LIVE else closed.closed_at,
            recurrence_of=closed,
            recurrence_count=n,
        )
    for since, name in ((date(2020, 1, 1), "Kiến An cũ"), (date(2026, 10, 20), "Kiến An")):
        UnitVersion.objects.create(unit=city.kien_an, since=since, kind="ward", name=name)
    return city


@time_machine.travel("2026-11-02T09:00:00+07:00", tick=False)
def test_a_row_is_what_the_serializer_makes_of_the_case(one_of_each_state, as_) -> None:
    city = one_of_each_state
    names = set()
    for language in ("vi", "en"):
        listed = as_(city.auditor).client.get(
            "/api/v1/cases/?page_size=200", headers={"accept-language": language}
        )
        cases = Case.objects.for_reading().select_related("recurrence_of").order_by("-id")
        with translation.override(language):
            meant = CaseSerializer(cases, many=True, context={"today": TODAY}).data
            # Byte for byte, whichever of the two renderers writes it.
            told = FastJSONRenderer().render(meant)
            assert told == super(FastJSONRenderer, FastJSONRenderer()).render(meant)
        assert listed.json()["results"] == json.loads(told)
        names |= {(row["state"], row["unit_name"]) for row in listed.json()["results"]}
    assert {state for state, _name in names} == set(State.values)
    assert ("closed", "Phường Kiến An cũ") in names


def test_only_the_fields_asked_for(one_of_each_state, as_) -> None:
    auditor = as_(one_of_each_state.auditor)
    whole = auditor.get("cases/", page_size=200).json()["results"]
    some = auditor.get("cases/", page_size=200, fields="version,number,assignee,unit_name").json()["results"]
    wanted = ("number", "unit_name", "assignee", "version")
    assert [list(row) for row in some] == [list(wanted)] * len(whole)
    assert some == [{name: row[name] for name in wanted} for row in whole]


def numbers_forth_and_back(person, **asked) -> list[list[str]]:
    """The numbers on each page to the end of a list, and then on each page back to its beginning."""
    page = person.get("cases/", page_size=5, **asked).json()
    pages = [page]
    for way in ("next", "previous"):
        while page[way]:
            page = person.client.get(page[way]).json()
            pages.append(page)
    return [[case["number"] for case in each["results"]] for each in pages]


def test_all_cases_are_those_in_any_state(one_of_each_state, as_) -> None:
    """One question is made once and for all, the other for what it is narrowed by."""
    city = one_of_each_state
    for person, count in ((city.auditor, 14), (city.staff, 8), (city.neighbour_staff, 6), (city.stranger, 0)):
        for ordering in ORDERS:
            made_once = numbers_forth_and_back(as_(person), ordering=ordering)
            assert made_once == numbers_forth_and_back(as_(person), ordering=ordering, state=State.values)
            if "turn_due_on" not in ordering:
                assert len({number for page in made_once for number in page}) == count
