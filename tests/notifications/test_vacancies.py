"""Escalation goes to a post: where nobody holds it, one level up, and the vacancy is reported."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from notifications.models import Notification
from notifications.telling import tell
from organisations.models import Appointment, Delegation, Role, User
from tests.conftest import WEDNESDAY
from workflow.clock import ring_due

from .conftest import local


def leave(person: User, on: date = date(2026, 10, 7)) -> None:
    Appointment.objects.filter(user=person, until=None).update(until=on)


def told(at=None) -> set[tuple[str, str]]:
    """(who, first word of the key or kind) of everything told, or told at an instant."""
    rows = Notification.objects.select_related("recipient")
    rows = rows.filter(created_at=at) if at else rows
    return {
        (n.recipient.email.split("@")[0], n.key.split()[0] if n.event_id is None else n.kind) for n in rows
    }


def test_a_new_case_of_a_unit_without_a_chair_goes_to_the_city_and_is_reported(city) -> None:
    leave(city.chairperson)
    city.open_case()
    tell(now=WEDNESDAY)
    assert told() == {("auditor", "opened"), ("administrator", "vacant")}


def test_a_new_holder_is_told_from_the_day_they_hold_the_office(city) -> None:
    leave(city.chairperson)
    city.open_case()
    tell(now=WEDNESDAY)
    Appointment.objects.create(
        user=city.vice_chair, unit=city.kien_an, role=Role.CHAIRPERSON, since=date(2026, 10, 8)
    )
    ring_due(now=local(12))
    tell(now=local(12))
    assert told(local(12)) == {("vice.chair", "due_today")}


def test_an_overdue_case_whose_assignee_and_chair_have_left_is_the_citys(city) -> None:
    city.in_progress()
    tell(now=WEDNESDAY)
    leave(city.staff)
    leave(city.chairperson)
    ring_due(now=local(9, month=11))
    tell(now=local(9, month=11))
    assert told(local(9, month=11)) == {("auditor", "overdue"), ("administrator", "vacant")}


def test_a_city_without_auditors_asks_its_administrators(city) -> None:
    leave(city.chairperson)
    leave(city.auditor)
    city.open_case()
    tell(now=WEDNESDAY)
    assert ("administrator", "opened") in told()


def test_a_vice_chair_with_a_delegation_leaves_no_vacancy_till_the_chair_has_gone(city) -> None:
    Delegation.objects.create(
        giver=city.chairperson, taker=city.vice_chair, unit=city.kien_an, since=date(2026, 10, 1)
    )
    city.open_case("1.1")
    tell(now=WEDNESDAY)
    assert told() == {("chairperson", "opened"), ("vice.chair", "opened")}
    leave(city.chairperson, on=date(2026, 10, 8))
    city.open_case("1.2", now=local(8))
    tell(now=local(8))
    assert told(local(8)) == {("auditor", "opened"), ("administrator", "vacant")}


def test_a_vacancy_is_reported_once_a_week_however_many_cases_wait(city) -> None:
    leave(city.chairperson)
    city.rate(red="1.1 1.2 1.3 1.4")
    tell(now=WEDNESDAY)
    for day in (8, 9, 12, 13):
        ring_due(now=local(day))
        tell(now=local(day))
    reports = Notification.objects.filter(recipient=city.administrator).order_by("pk")
    assert [(n.key.split()[0], n.created_at) for n in reports] == [
        ("vacant", WEDNESDAY), ("vacant", local(12)),
    ]  # fmt: skip
    assert reports[0].case is None
    assert reports[0].count >= 4


def test_a_comment_waits_for_nobody_and_goes_no_higher(city) -> None:
    from workflow.operations import comment

    case = city.assigned()
    tell(now=WEDNESDAY)
    leave(city.chairperson)
    comment(case, by=city.staff, note="Đã gọi dân", now=WEDNESDAY)
    tell(now=local(7, 10))
    assert told(local(7, 10)) == set()


@pytest.mark.parametrize(
    ("who", "sees", "may_appoint"),
    [("auditor", True, False), ("administrator", True, True), ("coordinator", False, False)],
)
def test_the_city_sees_its_vacancies_on_its_first_page(city, who, sees, may_appoint) -> None:
    Appointment.objects.filter(user=city.chairperson).update(until=date(2026, 7, 1))
    city.rate(red="1.1 1.2")
    reader = Client()
    reader.force_login(getattr(city, who))
    page = reader.get("/").content.decode()
    assert ("Đơn vị khuyết chủ tịch" in page) == sees
    assert ("2 hồ sơ đang mở" in page) == sees
    assert ("Bổ nhiệm" in page) == may_appoint
