"""A reorganisation while people work on: whoever comes second finds what has become of the unit."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from indicators.refusals import NotAllowed
from organisations.models import Role, Succession, Unit
from organisations.plan import PlanRow
from organisations.refusals import Refused
from tests.conftest import WEDNESDAY
from tests.workflow.test_concurrency import at_once, in_a_file, is_whole  # noqa: F401
from workflow.models import Case
from workflow.operations import take_step
from workflow.refusals import NotNow, NotYours, Refusal
from workflow.reorganisation import reorganise
from workflow.vocabulary import Step

pytestmark = pytest.mark.django_db(transaction=True)

INTO_THE_NEIGHBOUR = [PlanRow("11443", "11446", "", "")]


@pytest.fixture
def city_(in_a_file):  # noqa: F811
    return in_a_file


def merge(city, rows=None) -> Any:
    """Kiến An goes into Phù Liễn today."""
    return reorganise(
        rows or INTO_THE_NEIGHBOUR,
        on=WEDNESDAY.date(),
        legal_instrument="NQ 1",
        by=city.administrator,
        now=WEDNESDAY,
    )


def tried(deed: Callable[[], Any]) -> Callable[[], Any]:
    """A deed whose refusal of a file is an answer as well."""

    def attempt() -> Any:
        try:
            return deed()
        except (Refused, NotAllowed) as refusal:
            return refusal

    return attempt


def first(deed: Callable[[], Any], then: Callable[[], Any]) -> list[Any]:
    """Begin one deed and hold it open while the other is waiting for it."""
    begun = threading.Event()

    def hold() -> Any:
        with transaction.atomic():
            answer = deed()
            begun.set()
            time.sleep(0.5)
        return answer

    def follow() -> Any:
        begun.wait(10)
        return then()

    return at_once(tried(hold), tried(follow))


def nobody_is_left_behind(city) -> bool:
    """No live case in a dissolved unit, at most one an indicator, every chain whole."""
    dissolved = Unit.objects.exclude(dissolved_on=None)
    return not Case.objects.live().filter(unit__in=dissolved).exists() and is_whole()


@pytest.mark.parametrize("order", ["at once", "step first", "merger first"])
def test_a_step_against_the_merger(city_, order) -> None:
    city, case = city_, city_.assigned()

    def start() -> Any:
        return take_step(case, Step.START, by=city.staff, now=WEDNESDAY)

    if order == "at once":
        stepped, merged = at_once(tried(start), tried(lambda: merge(city)))
    elif order == "step first":
        stepped, merged = first(start, lambda: merge(city))
    else:
        merged, stepped = first(lambda: merge(city), start)
    now = Case.objects.get(pk=case.pk)
    assert (now.unit, len(merged.handed)) == (city.phu_lien, 1)
    if isinstance(stepped, Refusal):
        assert (type(stepped), now.state) == (NotYours, "assigned"), "the office is gone"
    else:
        assert now.state == "in_progress"
    assert order == "at once" or isinstance(stepped, Refusal) == (order == "merger first")
    assert nobody_is_left_behind(city)


@pytest.mark.parametrize("order", ["at once", "intake first", "merger first"])
def test_an_intake_against_the_merger(city_, order) -> None:
    city = city_
    theirs = city.open_case("1.2", unit=city.phu_lien)

    def rate() -> Any:
        return city.rate(red="1.1 1.2")

    if order == "at once":
        rated, merged = at_once(tried(rate), tried(lambda: merge(city)))
    elif order == "intake first":
        rated, merged = first(rate, lambda: merge(city))
    else:
        merged, rated = first(lambda: merge(city), rate)
    if isinstance(rated, Refused):
        assert "giải thể" in str(rated) or "Không có đơn vị mang mã" in str(rated)
        assert Case.objects.count() == 1
    else:
        assert (len(merged.handed), len(merged.finished)) == (1, 1)
        assert Case.objects.live().filter(unit=city.phu_lien).count() == 2
        assert Case.objects.get(pk=theirs.pk).state == "open"
    assert order == "at once" or isinstance(rated, Refused) == (order == "merger first")
    assert nobody_is_left_behind(city)


@pytest.mark.parametrize("order", ["reopening first", "merger first"])
def test_a_case_just_being_reopened_goes_along_or_stays_closed(city_, order) -> None:
    city, case = city_, city_.closed()

    def reopen() -> Any:
        return take_step(case, Step.REOPEN, by=city.auditor, now=WEDNESDAY, note="Chưa đạt")

    if order == "reopening first":
        _reopened, merged = first(reopen, lambda: merge(city))
        assert [fate.number for fate in merged.handed] == [case.number]
    else:
        _merged, reopened = first(lambda: merge(city), reopen)
        assert isinstance(reopened, NotNow)
    assert nobody_is_left_behind(city)


def test_two_administrators_at_once_the_second_is_told(city_) -> None:
    city, case = city_, city_.open_case()
    city.person("second", "Bùi Văn Hai", Role.ADMINISTRATOR, city.unit)
    made_new = [PlanRow("11443", "11447", "ward", "Mới"), PlanRow("11446", "11447", "ward", "Mới")]
    answers = at_once(*[tried(lambda: merge(city, made_new))] * 2)
    assert sorted(isinstance(answer, Refused) for answer in answers) == [False, True]
    assert Succession.objects.count() == 2
    assert Unit.objects.filter(code="11447").count() == 1
    assert Case.objects.get(pk=case.pk).events.filter(kind="transferred").count() == 1
    assert nobody_is_left_behind(city)


def test_the_city_works_on_next_to_the_merger(city_) -> None:
    """Steps, ratings and the merger of many cases at the same moment: no deadlock, nothing lost."""
    city = city_
    city.rate(red="1.1 1.2 1.3 1.4 2.1 2.2")
    city.rate(red="1.1 1.2 3.1", unit=city.phu_lien)
    cases = list(Case.objects.filter(unit=city.kien_an))
    later = WEDNESDAY + timedelta(minutes=1)
    deeds = [
        tried(lambda c=c: take_step(c, Step.ASSIGN, by=city.chairperson, now=later, assignee=city.staff))
        for c in cases
    ]
    answers = at_once(
        *deeds,
        tried(lambda: city.rate(yellow="1.1 3.1 3.2", unit=city.phu_lien, period="2026-Q4")),
        tried(lambda: city.rate(yellow="1.3 2.4", period="2026-Q4")),
        tried(lambda: merge(city)),
    )
    merged = answers[-1]
    assert len(merged.finished) == 2
    assert Case.objects.live().filter(unit=city.kien_an).count() == 0
    assert nobody_is_left_behind(city)
