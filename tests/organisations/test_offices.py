"""Offices are given and ended by the city's administrator, and by nobody to themselves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry

from organisations.hands import Hand
from organisations.models import Appointment, Role, Unit, User
from organisations.offices import appoint, end_office
from organisations.refusals import Invalid, NotNow, NotYours
from tests.conftest import WEDNESDAY

TODAY = date(2026, 10, 7)


def give(city: Any, person: User, **given: Any) -> Appointment:
    defaults: dict[str, Any] = {"role": "staff", "unit": city.kien_an, "since": TODAY}
    return appoint(person, **{**defaults, "by": city.administrator, "now": WEDNESDAY, **given})


def office(person: User) -> Appointment:
    return Appointment.objects.get(user=person)


def test_an_office_gives_its_rights_from_its_first_day_to_before_its_last(city) -> None:
    given = give(city, city.stranger, role="chairperson", since=date(2026, 10, 12), until=date(2026, 11, 1))
    assert str(given) == "Lý Văn Lạ · Chủ tịch UBND · Phường Kiến An"
    days = {day: Hand(city.stranger, on=day).units_chaired for day in (
        date(2026, 10, 11), date(2026, 10, 12), date(2026, 10, 31), date(2026, 11, 1))}  # fmt: skip
    assert [bool(units) for units in days.values()] == [False, True, True, False]


def test_an_office_taken_before_it_was_entered_is_dated_as_it_was(city) -> None:
    assert give(city, city.stranger, since=date(2026, 9, 1)).since == date(2026, 9, 1)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"role": "auditor"}, "role"),
        ({"role": "mayor"}, "role"),
        ({"department": "XX"}, "department"),
        ({"until": TODAY}, "until"),
        ({"since": date(1926, 10, 7)}, "since"),
        ({"since": date(2126, 10, 7)}, "since"),
        ({"until": date(2126, 10, 7)}, "until"),
    ],
)
def test_what_cannot_be_an_office_is_refused_by_field(city, given, field) -> None:
    with pytest.raises(Invalid) as refusal:
        give(city, city.stranger, **given)
    assert set(refusal.value.errors) == {field}
    assert not city.stranger.appointments.exists()


def test_offices_of_the_city_are_held_at_the_city_and_only_they(city) -> None:
    assert give(city, city.stranger, role="auditor", unit=city.unit)
    with pytest.raises(Invalid):
        give(city, city.stranger, role="staff", unit=city.unit)


def test_a_dissolved_unit_and_an_inactive_person_get_none(city) -> None:
    city.kien_an.dissolved_on = date(2026, 10, 12)
    city.kien_an.save()
    assert give(city, city.stranger)
    with pytest.raises(Invalid, match="giải thể"):
        give(city, city.stranger, role="coordinator", since=date(2026, 10, 12))
    city.stranger.is_active = False
    city.stranger.save()
    with pytest.raises(Invalid, match="ngừng sử dụng"):
        give(city, city.stranger, role="coordinator")


def test_what_has_just_become_of_a_unit_and_a_person_counts(city) -> None:
    """Whoever gives an office looks at a page that may be old."""
    Unit.objects.filter(pk=city.kien_an.pk).update(dissolved_on=TODAY)
    with pytest.raises(Invalid, match="giải thể"):
        give(city, city.stranger)
    User.objects.filter(pk=city.stranger.pk).update(is_active=False)
    with pytest.raises(Invalid, match="ngừng sử dụng"):
        give(city, city.stranger, unit=city.phu_lien)
    assert not city.stranger.appointments.exists()


def test_one_office_is_not_held_twice_at_a_time(city) -> None:
    with pytest.raises(Invalid, match="đã giữ chức vụ"):
        give(city, city.staff)
    assert give(city, city.staff, role="coordinator")
    assert give(city, city.staff, unit=city.phu_lien)
    assert give(city, city.former_staff)  # who left today may come back today


def test_only_the_administrator_of_the_city_gives_and_ends(city) -> None:
    other = Unit.objects.create(code="01", kind="city", name="Hà Nội")
    city.person("other_administrator", "Mai Văn Xa", Role.ADMINISTRATOR, other)
    for who in ("chairperson", "auditor", "other_administrator", "stranger"):
        by = getattr(city, who)
        with pytest.raises(NotYours):
            give(city, city.stranger, by=by)
        with pytest.raises(NotYours):
            end_office(office(city.staff), until=TODAY, by=by, now=WEDNESDAY)


def test_nobody_gives_an_office_to_themselves(city) -> None:
    with pytest.raises(NotYours, match="tự giao"):
        give(city, city.administrator, role="chairperson")


def test_an_office_ends_the_same_day(city) -> None:
    ended = end_office(office(city.chairperson), until=TODAY, by=city.administrator, now=WEDNESDAY)
    assert ended.until == TODAY
    assert not Hand(city.chairperson, on=TODAY).offices
    with pytest.raises(NotNow, match="07/10/2026"):
        end_office(ended, until=TODAY + timedelta(days=9), by=city.administrator, now=WEDNESDAY)


def test_an_end_still_to_come_can_be_moved_but_not_before_the_beginning(city) -> None:
    appointment = office(city.staff)
    for until in (date(2026, 12, 1), date(2026, 11, 1), date(2026, 10, 1)):
        assert end_office(appointment, until=until, by=city.administrator, now=WEDNESDAY).until == until
    with pytest.raises(Invalid) as refusal:
        end_office(office(city.supporter), until=date(2025, 6, 30), by=city.administrator, now=WEDNESDAY)
    assert set(refusal.value.errors) == {"until"}


def test_the_city_keeps_an_administrator(city) -> None:
    with pytest.raises(NotNow, match="ít nhất một quản trị"):
        end_office(office(city.administrator), until=TODAY, by=city.administrator, now=WEDNESDAY)
    given = give(city, city.stranger, role="administrator", unit=city.unit)
    Appointment.objects.filter(pk=given.pk).update(until=TODAY + timedelta(days=1))
    with pytest.raises(NotNow, match="ít nhất một quản trị"):  # who leaves tomorrow is none to stay
        end_office(office(city.administrator), until=TODAY, by=city.administrator, now=WEDNESDAY)
    Appointment.objects.filter(pk=given.pk).update(until=None)
    assert end_office(office(city.administrator), until=TODAY, by=city.administrator, now=WEDNESDAY)


def test_it_is_written_down_who_gave_and_ended_an_office(city) -> None:
    given = give(city, city.stranger)
    end_office(given, until=date(2026, 11, 1), by=city.administrator, now=WEDNESDAY)
    entries = LogEntry.objects.filter(object_id=str(given.pk)).order_by("pk")
    assert [(entry.user, entry.change_message) for entry in entries] == [
        (city.administrator, "staff 11443: 2026-10-07 – "),
        (city.administrator, "until:  → 2026-11-01"),
    ]
