"""Telling: every event once, what belongs together together, and one digest a person and day."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actions.operations import plan_action
from notifications import telling
from notifications.delivery import deliver
from notifications.letters import sentence
from notifications.models import Message, MessageState, Notification, Told
from notifications.telling import tell
from organisations.models import Delegation
from tests.conftest import WEDNESDAY
from workflow.clock import ring_due
from workflow.models import Event
from workflow.operations import comment

from .conftest import local


def said_to(person) -> list[tuple[str, int]]:
    """(kind, number of cases) of what a person has been told, in order."""
    rows = Notification.objects.filter(recipient=person).order_by("pk")
    return list(rows.values_list("kind", "count"))


def mails_of(person) -> list[Message]:
    return list(Message.objects.filter(recipient=person).order_by("pk"))


def test_each_event_is_told_once_however_often_it_is_told(city) -> None:
    case = city.assigned()
    assert [tell(now=WEDNESDAY), tell(now=WEDNESDAY)] == [2, 0]
    comment(case, by=city.chairperson, note="Khẩn trương", now=WEDNESDAY)
    assert [tell(now=WEDNESDAY), tell(now=WEDNESDAY)] == [1, 0]
    assert said_to(city.staff) == [("assigned", 1), ("commented", 1)]
    assert Told.objects.count() == Event.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_readers_tell_each_event_once(city) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets in one writer at a time")
    city.rate(red="1.1 1.2 1.3")
    case = Event.objects.order_by("pk").first().case
    for n in range(10):
        comment(case, by=city.coordinator, note=f"Ý kiến {n}")

    def read(_: int) -> int:
        try:
            return tell()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as readers:
        assert sum(readers.map(read, range(4))) == 13
    assert said_to(city.chairperson) == [("opened", 3), *[("commented", 1)] * 10]


# --- Together ---------------------------------------------------------------------------------


@pytest.mark.parametrize("batch_size", [500, 4])
def test_an_intake_is_one_line_and_one_mail_for_a_chairperson(city, monkeypatch, batch_size) -> None:
    """Also where the record is read in pieces that cut the intake in two."""
    monkeypatch.setattr(telling, "BATCH_SIZE", batch_size)
    city.rate(red="1.1 1.2 1.3", yellow="1.4")
    tell(now=WEDNESDAY)
    city.rate(red="1.1 1.2 1.3 1.5 1.6", yellow="2.1 2.2 2.3", green="1.4", period="2026-Q4")
    tell(now=WEDNESDAY)
    assert said_to(city.chairperson) == [("opened", 4), ("rated_again", 4), ("opened", 5)]
    assert [m.dispatches.count() for m in mails_of(city.chairperson)] == [1, 2]


def test_a_group_leads_to_its_unit_and_a_single_case_to_itself(city) -> None:
    city.rate(red="1.1 1.2")
    city.rate(red="1.3", unit=city.phu_lien)
    tell(now=WEDNESDAY)
    group, single = Notification.objects.order_by("pk")
    assert (group.recipient, group.unit, group.case, group.event) == (
        city.chairperson,
        city.kien_an,
        None,
        None,
    )
    assert single.recipient == city.neighbour_chairperson
    assert single.case == single.event.case


def test_a_relapse_is_told_to_auditor_and_chairperson_as_what_it_is(city) -> None:
    city.closed()
    tell(now=WEDNESDAY)
    city.rate(red="1.4 1.5", period="2027-Q1")
    tell(now=WEDNESDAY)
    (told,) = Notification.objects.filter(recipient=city.auditor)
    assert (told.kind, told.key.split()[0], told.count) == ("opened", "recurrence", 1)
    theirs = Notification.objects.filter(recipient=city.chairperson, key__contains=told.key.split()[1])
    assert {(n.key.split()[0], n.count) for n in theirs} == {("opened", 2), ("recurrence", 1)}
    assert Message.objects.filter(dispatches__notification__in=theirs).distinct().count() == 1


def test_from_yellow_to_red_is_told_apart(city) -> None:
    city.rate(yellow="1.1 1.2", red="1.3")
    tell(now=WEDNESDAY)
    city.rate(red="1.1 1.3", yellow="1.2", period="2026-Q4")
    tell(now=WEDNESDAY)
    told = Notification.objects.filter(recipient=city.chairperson, kind="rated_again")
    assert {(n.key.split()[0], n.count) for n in told} == {("worse", 1), ("rated_again", 2)}
    assert Message.objects.filter(dispatches__notification__in=told).distinct().count() == 1


def test_telling_many_takes_the_statements_of_telling_one(city) -> None:
    tell(now=WEDNESDAY)
    counts = []
    for codes, period in (("1.1", "2026-Q3"), ("1.2 1.3 1.4 1.5 1.6 1.7 1.8 1.9", "2026-Q4")):
        city.rate(red=codes, period=period)
        city.rate(red=codes, period=period, unit=city.phu_lien)
        with CaptureQueriesContext(connection) as context:
            tell(now=WEDNESDAY)
        counts.append(len(context))
    assert counts[0] == counts[1]
    for day, count in ((12, 2), (13, 18)):
        with CaptureQueriesContext(connection) as context:
            ring_due(now=local(day))
            tell(now=local(day))
        assert Notification.objects.filter(created_at=local(day)).count() >= count
        counts.append(len(context))
        deliver(now=local(day, 8, 3))
    assert counts[2] == counts[3]


# --- People -----------------------------------------------------------------------------------


def test_the_deputy_of_a_deputy_who_is_away_as_well_is_told(city) -> None:
    for giver, taker in ((city.staff, city.supporter), (city.supporter, city.other_staff)):
        Delegation.objects.create(giver=giver, taker=taker, unit=city.kien_an, since=local(1).date())
    # And whoever stands in for one who stands in for them is told once, and nobody waits for ever.
    Delegation.objects.create(
        giver=city.other_staff, taker=city.staff, unit=city.kien_an, since=local(1).date()
    )
    city.in_progress()
    ring_due(now=local(6, month=11))
    tell(now=local(6, month=11))
    told = Notification.objects.filter(kind="due_today").values_list("recipient", flat=True)
    assert sorted(told) == sorted([city.staff.pk, city.supporter.pk, city.other_staff.pk])


def test_deputies_are_told_beside_those_they_stand_in_for(city) -> None:
    Delegation.objects.create(
        giver=city.staff, taker=city.other_staff, unit=city.kien_an, since=WEDNESDAY.date()
    )
    city.assigned()
    tell(now=WEDNESDAY)
    assert said_to(city.staff) == said_to(city.other_staff) == [("assigned", 1)]


def test_the_actor_and_the_deactivated_are_told_nothing(city) -> None:
    city.supporter.is_active = False
    city.supporter.save()
    city.assigned(supporters=[city.other_staff])
    tell(now=WEDNESDAY)
    assert ("assigned", 1) not in said_to(city.chairperson)
    assert said_to(city.supporter) == []
    assert said_to(city.other_staff) == [("assigned", 1)]


def test_many_steps_at_once_are_one_mail_and_as_many_lines(city) -> None:
    for code in ("1.1", "1.2", "1.3"):
        city.assigned(city.open_case(code))
    tell(now=WEDNESDAY)
    (mail,) = mails_of(city.staff)
    assert mail.dispatches.count() == 3
    assert (mail.digest_on, mail.next_at) == (None, WEDNESDAY)


# --- The digest -------------------------------------------------------------------------------


def test_all_the_clock_says_to_a_person_in_a_day_is_one_digest(city) -> None:
    city.assigned(city.open_case("1.1"))
    case = city.in_progress(city.open_case("1.2"))
    plan_action(
        case, by=city.staff, description="Lập sổ", owner=city.staff, due_on=local(6, month=11).date(),
        now=WEDNESDAY,
    )  # fmt: skip
    tell(now=WEDNESDAY)
    for minute in (0, 1):
        ring_due(now=local(6, 8, minute, month=11))
        tell(now=local(6, 8, minute, month=11))
    digest = mails_of(city.staff)[-1]
    assert digest.digest_on == local(6, month=11).date()
    assert digest.next_at == local(6, 8, 2, month=11)
    assert digest.dispatches.count() == 3


def test_what_comes_after_the_digest_has_gone_waits_for_the_next_working_day(city) -> None:
    city.open_case("1.1")
    ring_due(now=local(9))  # Friday: the deadline is on Monday
    tell(now=local(9))
    Message.objects.exclude(digest_on=None).update(state=MessageState.SENT, sent_at=local(9, 8, 3))
    city.open_case("1.2")
    ring_due(now=local(9, 15))
    tell(now=local(9, 15))
    later = Message.objects.get(state=MessageState.PENDING, digest_on__isnull=False)
    assert later.digest_on == local(12).date()
    assert later.next_at == local(12, 7, 32)


def test_a_digest_that_never_went_is_joined_by_the_next_days(city) -> None:
    city.open_case()
    for day in (9, 12, 13, 15):
        ring_due(now=local(day))
        tell(now=local(day))
    (digest,) = Message.objects.filter(recipient=city.chairperson).exclude(digest_on=None)
    assert digest.dispatches.count() == 4


def test_an_event_told_long_ago_is_left_behind_and_a_new_one_still_found(city) -> None:
    city.open_case("1.1")
    tell()
    Told.objects.update(at=WEDNESDAY - timedelta(days=3))
    assert tell() == 0
    assert telling.OutboxPosition.objects.get().passed == Event.objects.latest("pk").pk
    city.open_case("1.2")
    assert tell() == 1


def test_whoever_loses_a_case_is_told_so_and_not_that_it_was_given(city) -> None:
    case = city.assigned()
    tell(now=WEDNESDAY)
    city.take(case, "assign", city.chairperson, assignee=city.other_staff)
    tell(now=WEDNESDAY)
    lost = Notification.objects.filter(recipient=city.staff).latest("pk")
    given = Notification.objects.get(recipient=city.other_staff)
    assert "không còn do bạn phụ trách" in sentence(lost)
    assert sentence(given) == f"{case.number}: Hồ sơ được phân công"
