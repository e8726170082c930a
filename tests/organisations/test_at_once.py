"""Offices, people and units change at the same moment: whoever comes second finds what has become of it."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from django.db import transaction

from organisations.models import Appointment, Role, Unit, User
from organisations.offices import appoint
from organisations.people import add_person, deactivate
from organisations.plan import PlanRow
from organisations.refusals import Invalid, Refusal
from tests.conftest import WEDNESDAY
from tests.workflow.test_concurrency import at_once, in_a_file  # noqa: F401
from tests.workflow.test_reorganisation_at_once import first, merge, tried

pytestmark = pytest.mark.django_db(transaction=True)

TODAY = WEDNESDAY.date()


@pytest.fixture
def city_(in_a_file):  # noqa: F811
    return in_a_file


def give(city: Any, role: str = "chairperson") -> Appointment:
    unit = Unit.objects.get(pk=city.kien_an.pk)
    return appoint(city.stranger, role=role, unit=unit, since=TODAY, by=city.administrator, now=WEDNESDAY)


def leave(city: Any, person: User, *, by: User | None = None) -> Any:
    return deactivate(person, by=by or city.administrator, now=WEDNESDAY)


@pytest.mark.parametrize("order", ["at once", "one after the other"])
def test_two_administrators_take_each_other_out_and_one_is_left(city_, order) -> None:
    city, one = city_, city_.administrator
    other = city.person("second", "Hồ Văn Nhì", Role.ADMINISTRATOR, city.unit)
    deeds = (lambda: leave(city, one, by=other), lambda: leave(city, other, by=one))
    answers = first(*deeds) if order == "one after the other" else at_once(*map(tried, deeds))
    assert sorted(isinstance(answer, Refusal) for answer in answers) == [False, True]
    left = Appointment.objects.current(TODAY).filter(role=Role.ADMINISTRATOR, user__is_active=True)
    assert left.count() == 1


@pytest.mark.parametrize("order", ["office first", "merger first"])
def test_nobody_is_left_with_an_office_in_a_unit_that_ends(city_, order) -> None:
    city = city_
    if order == "office first":
        given, merged = first(lambda: give(city), lambda: merge(city))
        assert isinstance(given, Appointment)
    else:
        merged, given = first(lambda: merge(city), lambda: give(city))
        assert isinstance(given, Invalid)
    assert len(merged.units.dissolved) == 1
    assert not Appointment.objects.current(TODAY).filter(unit=city.kien_an).exists()


@pytest.mark.parametrize("order", ["office first", "leaving first"])
def test_nobody_who_leaves_is_left_with_an_office(city_, order) -> None:
    city = city_
    give(city, "staff")
    if order == "office first":
        first(lambda: give(city), lambda: leave(city, city.stranger))
    else:
        _left, given = first(lambda: leave(city, city.stranger), lambda: give(city))
        assert isinstance(given, Invalid)
    assert not Appointment.objects.current(TODAY).filter(user=city.stranger).exists()


def test_somebody_of_two_units_leaves_while_both_of_them_end(city_) -> None:
    """Each takes up the rows of the other: they do so in one order, so nobody waits in a ring."""
    city, held, leaves = city_, threading.Event(), threading.Event()
    person = city.person("both", "Ngô Văn Hai", None)
    last, stays, ends = (
        Unit.objects.create(code=f"1150{n}", kind="ward", name=f"W{n}", parent=city.unit) for n in range(3)
    )
    offices = [
        Appointment.objects.create(user=person, unit=unit, role=Role.STAFF, since=TODAY)
        for unit in (ends, stays, last)
    ]

    def hold() -> None:
        """Keep whoever comes waiting half-way through the person's offices."""
        with transaction.atomic():
            list(Appointment.objects.select_for_update().filter(pk=offices[1].pk))
            held.set()
            leaves.wait(10)
            time.sleep(1)

    def go() -> Any:
        held.wait(10)
        leaves.set()
        return leave(city, person)

    def end_both() -> Any:
        leaves.wait(10)
        time.sleep(0.5)
        return merge(city, [PlanRow(unit.code, "11446", "", "") for unit in (last, ends)])

    _held, left, merged = at_once(hold, tried(go), tried(end_both))
    assert left.offices in (3, 1), "all, or what the merger had left"
    assert len(merged.units.dissolved) == 2
    assert not Appointment.objects.current(TODAY).filter(user=person).exists()


@pytest.mark.parametrize("order", ["at once", "one after the other"])
def test_the_same_person_entered_twice_is_one_and_the_second_is_told(city_, order) -> None:
    city = city_

    def enter() -> User:
        return add_person(email="moi@haiphong.example", full_name="Vũ Thị Mới", by=city.administrator)

    answers = first(enter, enter) if order == "one after the other" else at_once(enter, enter)
    refusals = [answer for answer in answers if isinstance(answer, Invalid)]
    assert [list(refusal.errors) for refusal in refusals] == [["email"]]
    assert User.objects.filter(email="moi@haiphong.example").count() == 1
