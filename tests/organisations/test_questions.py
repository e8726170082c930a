"""A question that is written once is answered each time as Django would answer it."""

from datetime import date

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.lookups import In
from django.test.utils import CaptureQueriesContext

from organisations.models import Appointment, Delegation, Role
from organisations.questions import Question

TODAY = date(2026, 10, 7)


def in_force(unit, on):
    held = Appointment.objects.current(on).filter(unit=unit, user__is_active=True)
    return held.order_by("pk").values_list("role", "since", "until", "user__is_active", "user__created_at")


def test_each_asks_for_what_is_there_now_with_what_it_is_given(city) -> None:
    city.person("gone", "Lê Thị Nghỉ", Role.STAFF, until=TODAY)
    question = Question(in_force)
    for unit, on in ((city.kien_an, TODAY), (city.phu_lien, TODAY), (city.kien_an, date(2026, 10, 6))):
        with CaptureQueriesContext(connection) as queries:
            told = question(unit.pk, on)
        assert told == list(in_force(unit.pk, on))
        assert told
        assert len(queries) == 1
    before = question(city.kien_an.pk, TODAY)
    city.person("new", "Mai Thị Mới", Role.STAFF)
    assert len(question(city.kien_an.pk, TODAY)) == len(before) + 1
    assert question(10**12, TODAY) == []


def test_nothing_need_be_given_and_one_thing_may_stand_in_two_places(city) -> None:
    Delegation.objects.create(giver=city.chairperson, taker=city.vice_chair, unit=city.kien_an, since=TODAY)
    assert Question(lambda: Delegation.objects.values_list("taker"))() == [(city.vice_chair.pk,)]
    of_both = Question(
        lambda one, other: Delegation.objects.filter(In(F("unit"), [one, other])).values_list("since")
    )
    assert of_both(city.kien_an.pk, city.kien_an.pk) == [(TODAY,)]
    assert of_both(city.phu_lien.pk, city.unit.pk) == []


def test_what_has_other_words_is_not_asked(city) -> None:
    question = Question(lambda who: Delegation.objects.filter(taker=who).values_list("unit"))
    for _first_and_again in range(2):
        for wrong in (None, True, Role.STAFF, [1]):
            with pytest.raises(TypeError):
                question(wrong)
        assert question(city.vice_chair.pk) == []
    assert Question(lambda one: Delegation.objects.filter(pk=one).none().values_list("unit"))(1) == []
