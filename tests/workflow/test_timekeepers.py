"""Calendar and deadlines are every city's: no city changes what another works by."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from organisations.hands import Hand
from organisations.models import Appointment, Role, Unit
from tests.conftest import WEDNESDAY
from workflow.models import CalendarDay, Case, Policy
from workflow.policies import set_policy
from workflow.refusals import NotYours
from workflow.rescheduling import Day, change_calendar
from workflow.timekeepers import keeps_time

TODAY = WEDNESDAY.date()
OF_THE_CASE = date(2026, 11, 6)


@pytest.fixture
def far(city: Any) -> Any:
    """The administrator of Hà Nội."""
    hanoi = Unit.objects.create(code="01", kind="city", name="Hà Nội")
    return city.person("far", "Mai Thị Xa", Role.ADMINISTRATOR, hanoi)


def declare(by: Any, **options: Any) -> Any:
    return change_calendar([Day(OF_THE_CASE, False, "Nghỉ")], by=by, now=WEDNESDAY, **options)


def set_terms(by: Any, **options: Any) -> Any:
    terms = {"valid_from": date(2026, 10, 8), "complete_within_days": 365}
    return set_policy("red", by=by, now=WEDNESDAY, **terms, **options)


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize("change", [declare, set_terms])
def test_an_administrator_of_elsewhere_moves_nothing_and_sees_nothing(city, far, change, dry_run) -> None:
    case = city.in_progress()
    with pytest.raises(NotYours, match="dùng chung"):
        change(far, dry_run=dry_run)
    assert Case.objects.get(pk=case.pk).due_on == OF_THE_CASE
    assert not CalendarDay.objects.filter(on=OF_THE_CASE).exists()
    assert Policy.objects.filter(colour="red").count() == 1
    assert change(city.administrator, dry_run=dry_run)


def test_once_two_cities_have_cases_it_takes_an_administrator_of_both(city, far) -> None:
    ward = Unit.objects.create(code="00004", kind="ward", name="Ba Đình", parent=Unit.objects.get(code="01"))
    city.open_case()
    city.open_case(unit=ward, by=far)
    for by in (far, city.administrator):
        assert not keeps_time(Hand(by, on=TODAY))
    Appointment.objects.create(user=far, unit=city.unit, role=Role.ADMINISTRATOR, since=TODAY)
    assert keeps_time(Hand(far, on=TODAY))


def test_while_no_city_has_cases_any_administrator_begins(city, far, django_assert_num_queries) -> None:
    hand = Hand(far, on=TODAY)
    assert hand.cities_administered
    with django_assert_num_queries(1):
        assert keeps_time(hand)
    assert not keeps_time(Hand(city.auditor, on=TODAY))
    assert declare(far)
    assert set_terms(far)
