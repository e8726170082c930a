"""Offices read for some units at once are those that each rule would ask for by itself."""

from datetime import timedelta
from random import Random

import pytest

from organisations.hands import Hand, chairs_of, office_holders
from organisations.models import Appointment, Delegation, Role
from organisations.posts import Posts
from tests.conftest import WEDNESDAY, a_person

TODAY = WEDNESDAY.date()
SINCE, UNTIL = (-9, 0, 1), (None, None, 0, 5)  # days from today


def draw(pick: Random, people, units) -> None:
    """Offices and delegations of these people, some over, some to come, some of people gone."""
    Delegation.objects.all().delete()
    Appointment.objects.filter(user__in=people).delete()

    def held(**what):
        since, until = TODAY + timedelta(pick.choice(SINCE)), pick.choice(UNTIL)
        return what | {
            "since": since,
            "until": None if until is None else max(since, TODAY + timedelta(until)),
        }

    for person in people:
        type(person).objects.filter(pk=person.pk).update(is_active=pick.random() > 0.25)
        for unit in units:
            for role in (Role.CHAIRPERSON, Role.VICE_CHAIR):
                if pick.random() < 0.5:
                    Appointment.objects.create(**held(user=person, unit=unit, role=role))
        for other in people:
            if other != person and pick.random() < 0.3:
                Delegation.objects.create(**held(giver=person, taker=other, unit=pick.choice(units)))


@pytest.mark.parametrize("seed", range(12))
def test_whoever_chairs_by_office_or_by_delegation(city, seed) -> None:
    people = [a_person(f"p{n}", f"Người {n}") for n in range(6)]
    for person in people:
        person.save()
    units = [city.kien_an, city.phu_lien]
    draw(Random(seed), people, units)
    posts = Posts({unit.pk for unit in [*units, city.unit]}, on=TODAY)
    for unit in units:
        chairs = chairs_of(unit.pk, TODAY)
        assert posts.chairs(unit.pk) == chairs
        assert posts.holders[Role.VICE_CHAIR, unit.pk] == office_holders(Role.VICE_CHAIR, unit.pk, TODAY)
        for person in people:
            person.refresh_from_db()
        theirs = {person.pk for person in people if unit.pk in Hand(person, on=TODAY).units_chaired}
        assert chairs & {person.pk for person in people} == theirs


def test_so_many_units_that_it_is_asked_otherwise(city) -> None:
    many = {city.kien_an.pk, city.unit.pk, *range(10**6, 10**6 + 20)}
    few = Posts({city.kien_an.pk, city.unit.pk}, on=TODAY)
    assert Posts(many, on=TODAY).holders == few.holders != {}
    assert Posts(set(), on=TODAY).holders == {}
