"""More that happens at the same moment: extensions and the clock, the city, hand-over, a second live case."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction

from actions.handover import hand_over_all, in_hand
from organisations.models import Role
from tests.conftest import WEDNESDAY
from workflow import clock
from workflow.models import Case, Event, Timer
from workflow.operations import lock, take_step
from workflow.refusals import NotNow, Refusal, Stale
from workflow.rescheduling import Day, change_calendar
from workflow.vocabulary import LIVE, State, Step

from .test_concurrency import at_once, in_a_file, is_whole, kinds

__all__ = ["in_a_file"]
pytestmark = pytest.mark.django_db(transaction=True)

#: The day on which a case due on 6 November is seven working days before its deadline.
RINGS = datetime(2026, 10, 28, 2, 0, tzinfo=UTC)
GRANT = {"note": "Chờ vốn", "objective_cause": True}


def refusals(answers: list) -> list[type]:
    return sorted((type(a) for a in answers if isinstance(a, Refusal)), key=str)


def test_an_extension_against_the_clock(in_a_file) -> None:
    """Each case has its reminder of the old deadline before the extension, or none of it after."""
    city = in_a_file
    cases = [city.in_progress(city.open_case(code)) for code in ("1.1", "1.2", "1.3", "1.4", "2.1", "2.2")]
    later = date(2027, 3, 1)
    extend = [
        lambda case=case: take_step(case, Step.EXTEND, by=city.chairperson, now=RINGS, due_on=later, **GRANT)
        for case in cases
    ]
    answers = at_once(
        *extend[:3], lambda: clock.ring_due(now=RINGS), *extend[3:], lambda: clock.ring_due(now=RINGS)
    )
    assert refusals(answers) == []
    assert clock.ring_due(now=RINGS) == 0
    for case in cases:
        told = list(Event.objects.filter(case=case, seq__gt=3).order_by("seq").values_list("kind", flat=True))
        assert told in (["extended"], ["due_soon", "extended"])
        timer = Timer.objects.get(case=case, corrective_action_number=0)
        assert (timer.due_on, timer.next_at > RINGS) == (later, True)
    assert is_whole()


def test_two_decide_on_one_request(in_a_file) -> None:
    city = in_a_file
    case = city.in_progress()
    case = city.take(case, "request_extension", city.staff, due_on=date(2026, 12, 1), note="Chờ vốn")
    city.person("second_chair", "Trần Văn Hai", Role.CHAIRPERSON)
    seen = case.version
    answers = at_once(
        lambda: take_step(
            case, Step.EXTEND, by=city.chairperson, version=seen, due_on=date(2026, 12, 1), **GRANT
        ),
        lambda: take_step(case, Step.REFUSE_EXTENSION, by=city.second_chair, version=seen, note="Đủ rồi"),
    )
    assert refusals(answers) == [Stale]
    now = Case.objects.get(pk=case.pk)
    assert now.requested_due_on is None
    assert (kinds(case)["extended"], kinds(case)["extension_refused"]) in ((1, 0), (0, 1))
    assert is_whole()


def test_the_city_accepts_and_hands_down_at_once(in_a_file) -> None:
    city = in_a_file
    city.person("other_auditor", "Hồ Văn Kiểm", Role.AUDITOR, city.unit)
    case = city.handed_up(city.in_progress())
    seen = case.version
    answers = at_once(
        lambda: take_step(case, Step.ACCEPT, by=city.auditor, version=seen),
        lambda: take_step(case, Step.HAND_DOWN, by=city.other_auditor, version=seen, note="Đơn vị làm được"),
    )
    assert refusals(answers) == [Stale]
    assert Case.objects.get(pk=case.pk).state in (State.WITH_CITY, State.OPEN)
    assert is_whole()


def test_reopening_against_a_relapse_leaves_one_live_case(in_a_file) -> None:
    """The auditor reopens the closed case while a red rating opens a new one for the same indicator."""
    city = in_a_file
    closed = city.closed()
    answers = at_once(
        lambda: take_step(closed, Step.REOPEN, by=city.auditor, note="Kiểm tra thấy chưa đạt"),
        lambda: city.rate(red="1.4", period="2027-Q1"),
    )
    assert not [a for a in answers[1:] if isinstance(a, Exception)]
    assert refusals(answers) in ([], [NotNow])
    live = Case.objects.filter(indicator__code="1.4", state__in=LIVE)
    assert live.count() == 1
    assert is_whole()


def test_a_hand_over_of_everything_against_the_work_itself(in_a_file) -> None:
    city = in_a_file
    cases = [city.in_progress(city.open_case(code)) for code in ("1.1", "1.2", "1.3")]
    asked = {"due_on": date(2026, 12, 1), "note": "Chờ vốn"}
    ask = [
        lambda case=case: take_step(case, Step.REQUEST_EXTENSION, by=city.staff, now=WEDNESDAY, **asked)
        for case in cases
    ]
    hand = {"unit": city.kien_an, "by": city.chairperson, "now": WEDNESDAY}
    answers = at_once(
        ask[2], lambda: hand_over_all(city.staff, to=city.supporter, **hand), ask[1],
        lambda: hand_over_all(city.supporter, to=city.other_staff, **hand), ask[0],
    )  # fmt: skip
    assert not [a for a in answers if isinstance(a, Stale)]
    assert not in_hand(city.staff, city.kien_an).exists()
    leads = Counter(Case.objects.values_list("assignee__full_name", flat=True))
    assert sum(leads.values()) == 3
    assert set(leads) <= {city.supporter.full_name, city.other_staff.full_name}
    assert is_whole()


def test_everybody_at_everything_and_nobody_waits_in_a_ring(in_a_file) -> None:
    """Steps, sheets, hand-over, the calendar and two clocks on the same cases: no deadlock, one chain."""
    city = in_a_file
    cases = [city.in_progress(city.open_case(code)) for code in ("1.1", "1.2", "1.3", "1.4")]
    now = RINGS
    deeds = [
        lambda: city.rate(red="1.1 1.2 1.3 1.4 2.1", period="2026-Q4", now=now),
        lambda: clock.ring_due(now=now),
        lambda: change_calendar([Day(date(2026, 11, 6), False, "Nghỉ bão")], by=city.administrator, now=now),
        lambda: hand_over_all(city.staff, to=city.supporter, unit=city.kien_an, by=city.chairperson, now=now),
        *[
            lambda case=case: take_step(
                case, Step.EXTEND, by=city.chairperson, now=now, due_on=date(2027, 1, 5), **GRANT
            )
            for case in cases[::-1]
        ],
        lambda: clock.ring_due(now=now + timedelta(minutes=1)),
        lambda: city.rate(yellow="1.4 1.3 1.2 1.1 2.1", period="2026-Q4", kind="city", now=now),
    ]
    answers = at_once(*deeds)
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    live = Case.objects.filter(state__in=LIVE)
    assert live.count() == live.values("unit", "indicator").distinct().count() == 5
    for case in live:
        assert Timer.objects.get(case=case, corrective_action_number=0).due_on == case.turn_due_on
    assert is_whole()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets in one writer: nothing is skipped")
def test_one_case_in_the_middle_of_a_step_holds_up_no_other(in_a_file, monkeypatch) -> None:
    """A sweep of several batches goes on behind a case that somebody has in hand."""
    city = in_a_file
    monkeypatch.setattr(clock, "BATCH_SIZE", 2)
    held, *others = [city.open_case(code) for code in ("1.1", "1.2", "1.3", "1.4", "2.1")]
    due_on = datetime(2026, 10, 12, 2, 0, tzinfo=UTC)
    with transaction.atomic():
        lock(held)
        assert at_once(lambda: clock.ring_due(now=due_on)) == [len(others)]
    assert clock.ring_due(now=due_on) == 1
    assert all(kinds(case)["due_today"] == 1 for case in [held, *others])
    assert is_whole()
