"""Deputies: who stands in for whom, given by whom, and what it passes on."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from organisations.deputies import delegate, end_delegation
from organisations.hands import Hand, chairs_of
from organisations.models import Appointment, Delegation, Role, User
from organisations.refusals import Invalid, NotNow, NotYours
from tests.conftest import WEDNESDAY

TODAY, LATER = date(2026, 10, 7), date(2026, 10, 20)


def stand_in(city: Any, giver: str = "staff", taker: str = "supporter", **given: Any) -> Delegation:
    defaults: dict[str, Any] = {"unit": city.kien_an, "since": TODAY, "until": LATER, "reason": "Nghỉ phép"}
    defaults |= {"by": getattr(city, giver), "now": WEDNESDAY}
    return delegate(getattr(city, giver), taker=getattr(city, taker), **defaults | given)


def test_a_vice_chair_chairs_while_the_chairperson_is_away_and_no_longer(city) -> None:
    stand_in(city, "chairperson", "vice_chair")
    assert Hand(city.vice_chair, on=TODAY).units_chaired == {city.kien_an.pk}
    assert Hand(city.vice_chair, on=LATER).units_chaired == set()


def test_the_power_of_a_chairperson_who_is_deactivated_is_on_loan_to_nobody(city) -> None:
    stand_in(city, "chairperson", "vice_chair")
    User.objects.filter(pk=city.chairperson.pk).update(is_active=False)
    assert Hand(city.vice_chair, on=TODAY).units_chaired == set()
    assert chairs_of(city.kien_an.pk, TODAY) == set()


def test_anybody_else_only_names_who_is_told(city) -> None:
    stand_in(city, "chairperson", "staff")
    assert Hand(city.staff, on=TODAY).units_chaired == set()


@pytest.mark.parametrize("by", ["staff", "chairperson", "administrator"])
def test_the_person_the_chair_and_the_administrator_choose_a_deputy(city, by) -> None:
    delegation = stand_in(city, by=getattr(city, by))
    assert end_delegation(delegation, by=getattr(city, by), now=WEDNESDAY).until == TODAY


def test_a_vice_chair_who_acts_chooses_deputies_too(city) -> None:
    stand_in(city, "chairperson", "vice_chair")
    assert stand_in(city, by=city.vice_chair)


# --- The power of the chair -------------------------------------------------------------------


@pytest.fixture
def on_loan(city: Any) -> Delegation:
    """The vice-chair chairs the unit until the 20th; there is a second one."""
    city.person("second_vice_chair", "Cao Văn Nhì", Role.VICE_CHAIR)
    return stand_in(city, "chairperson", "vice_chair")


def test_whoever_has_it_on_loan_does_not_prolong_it(city, on_loan) -> None:
    with pytest.raises(NotYours):
        stand_in(city, "chairperson", "vice_chair", since=LATER, until=None, by=city.vice_chair)
    assert Hand(city.vice_chair, on=LATER).units_chaired == set()


def test_whoever_has_it_on_loan_does_not_give_it_away(city, on_loan) -> None:
    give = {"since": LATER, "until": None, "by": city.vice_chair}
    with pytest.raises(NotYours, match="chính người ấy hoặc một quản trị khác"):
        stand_in(city, "chairperson", "second_vice_chair", **give)
    with pytest.raises(NotYours):
        end_delegation(on_loan, by=city.vice_chair, now=WEDNESDAY)
    to_come = city.person("next_chair", "Vũ Thị Tới", Role.CHAIRPERSON, since=LATER)
    Appointment.objects.create(user=to_come, unit=city.kien_an, role=Role.STAFF, since=TODAY)
    with pytest.raises(NotYours):  # nor that of who is to be chairperson next
        stand_in(city, "next_chair", "second_vice_chair", **give)


@pytest.mark.parametrize("by", ["chairperson", "administrator"])
def test_the_chairperson_and_an_administrator_give_and_end_it(city, on_loan, by) -> None:
    given = stand_in(city, "chairperson", "second_vice_chair", since=LATER, until=None, by=getattr(city, by))
    for delegation in (on_loan, given):
        assert end_delegation(delegation, by=getattr(city, by), now=WEDNESDAY)


def test_an_administrator_who_is_vice_chair_as_well_does_not_take_it(city) -> None:
    both = city.administrator
    Appointment.objects.create(user=both, unit=city.kien_an, role=Role.VICE_CHAIR, since=TODAY)
    with pytest.raises(NotYours, match="một quản trị khác"):
        stand_in(city, "chairperson", "administrator", by=both)
    assert Hand(both, on=TODAY).units_chaired == set()
    given = stand_in(city, "chairperson", "administrator")
    with pytest.raises(NotYours):
        end_delegation(given, by=both, now=WEDNESDAY)


def test_nobody_makes_themselves_the_deputy_of_anybody(city) -> None:
    with pytest.raises(NotYours, match="tự cử mình"):
        stand_in(city, "staff", "chairperson", by=city.chairperson)


def test_nobody_stands_in_for_or_through_somebody_just_deactivated(city) -> None:
    User.objects.filter(pk=city.supporter.pk).update(is_active=False)
    with pytest.raises(Invalid):
        stand_in(city)


# --- What is refused --------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["supporter", "vice_chair", "auditor", "neighbour_chairperson", "stranger"])
def test_nobody_else_does(city, by) -> None:
    delegation = stand_in(city, since=date(2026, 10, 19))
    with pytest.raises(NotYours):
        stand_in(city, by=getattr(city, by))
    with pytest.raises(NotYours):
        end_delegation(delegation, by=getattr(city, by), now=WEDNESDAY)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"taker": "staff"}, "taker"),
        ({"taker": "neighbour_staff"}, "taker"),
        ({"taker": "former_staff"}, "taker"),
        ({"giver": "former_staff"}, "giver"),
        ({"since": date(2026, 10, 6)}, "since"),
        ({"until": TODAY}, "until"),
        ({"until": date(2126, 1, 1)}, "until"),
        ({"reason": "x" * 201}, "reason"),
    ],
)
def test_what_cannot_be_is_refused_by_field(city, given, field) -> None:
    with pytest.raises(Invalid) as refusal:
        stand_in(city, **given)
    assert set(refusal.value.errors) == {field}
    assert not Delegation.objects.exists()


def test_one_deputy_at_a_time_in_one_unit(city) -> None:
    first = stand_in(city)
    for since, until in ((TODAY, LATER), (date(2026, 10, 19), None), (TODAY, date(2026, 10, 8))):
        with pytest.raises(Invalid, match="đã có người thay"):
            stand_in(city, taker="other_staff", since=since, until=until)
    assert stand_in(city, taker="other_staff", since=LATER, until=None)
    end_delegation(first, by=city.staff, now=WEDNESDAY)
    assert stand_in(city, taker="coordinator", until=date(2026, 10, 12))


def test_one_that_has_not_begun_never_does_and_none_ends_twice(city) -> None:
    delegation = end_delegation(stand_in(city, since=date(2026, 10, 12)), by=city.staff, now=WEDNESDAY)
    assert delegation.until == delegation.since == date(2026, 10, 12)
    assert not Delegation.objects.current(date(2026, 10, 12)).exists()
    assert stand_in(city, since=date(2026, 10, 12))
    with pytest.raises(NotNow):
        end_delegation(delegation, by=city.staff, now=WEDNESDAY)


def test_a_deputy_who_leaves_the_unit_is_none(city) -> None:
    stand_in(city, "chairperson", "vice_chair")
    city.vice_chair.appointments.update(until=TODAY)
    assert Hand(city.vice_chair, on=TODAY).units_chaired == set()
