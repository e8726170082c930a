"""What lies outside a unit's authority: handed up, taken over or handed down, and whose the time was."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from actions.operations import plan_action
from organisations.models import Role
from tests.conftest import WEDNESDAY, City
from workflow.calendar import working_days
from workflow.clock import ring_due
from workflow.lateness import days_late, stages
from workflow.models import CalendarDay, Case, Event, Timer
from workflow.operations import take_step
from workflow.refusals import NotNow, NotYours
from workflow.vocabulary import Holder, Kind, State, Step, Turn

TODAY = WEDNESDAY.date()


def on(day: date) -> datetime:
    return WEDNESDAY + (day - TODAY)


def running(case: Case) -> date:
    return Timer.objects.get(case=case, corrective_action_number=0).due_on


def last(case: Case) -> Event:
    return case.events.latest("seq")


def told(case: Case, *, read_on: date) -> list:
    return stages(case.events.order_by("seq"), on=read_on, days=working_days())


def test_the_chairperson_hands_a_case_up_and_the_city_owes_an_answer(city: City) -> None:
    case = city.handed_up(city.in_progress())
    assert (case.state, case.turn, case.held_by) == (State.HANDED_UP, Turn.CITY, Holder.CITY)
    # Five working days from Wednesday 7 October.
    assert case.answer_by == case.turn_due_on == running(case) == date(2026, 10, 14)
    assert case.due_on == date(2026, 11, 6), "handing up alone moves no deadline"
    assert (last(case).kind, last(case).actor) == (Kind.HANDED_UP, city.chairperson)
    assert list(Case.objects.awaiting(city.auditor, on=TODAY)) == [case]
    assert not Case.objects.awaiting(city.staff, on=TODAY).exists()


@pytest.mark.parametrize("who", ["staff", "vice_chair", "coordinator", "auditor", "administrator"])
def test_nobody_else_hands_up(city: City, who: str) -> None:
    case = city.in_progress()
    with pytest.raises(NotYours):
        city.take(case, "hand_up", getattr(city, who), note="Ngoài thẩm quyền")


def test_the_city_accepts_and_its_own_clock_runs(city: City) -> None:
    case = city.with_city(city.assigned())
    assert (case.state, case.held_by, case.accepted_on) == (State.WITH_CITY, Holder.CITY, TODAY)
    assert case.city_due_on == case.turn_due_on == running(case) == date(2026, 11, 6)
    assert case.answer_by is None
    chosen = city.with_city(city.open_case("2.1"), due_on=date(2026, 12, 1))
    assert chosen.city_due_on == date(2026, 12, 1)


def test_answered_in_time_the_units_deadline_stands(city: City) -> None:
    case = city.handed_up(city.in_progress())
    case = city.take(case, "hand_down", city.auditor, note="Thuộc thẩm quyền", now=on(date(2026, 10, 14)))
    assert (case.state, case.turn) == (State.OPEN, Turn.CHAIRPERSON)
    assert case.due_on == date(2026, 11, 6)
    assert (case.assignee, case.answer_by) == (None, None)
    assert case.assign_by == case.turn_due_on == date(2026, 10, 19)


def test_answered_late_the_unit_has_the_days_back(city: City) -> None:
    case = city.handed_up(city.in_progress())
    # Three working days after the answer was due.
    case = city.take(case, "hand_down", city.auditor, note="Thuộc thẩm quyền", now=on(date(2026, 10, 19)))
    assert case.due_on == date(2026, 11, 11)
    assert case.original_due_on == date(2026, 11, 6)
    assert last(case).changes["due_on"] == ["2026-11-06", "2026-11-11"]


def test_the_units_clock_stands_still_while_the_city_has_the_case(city: City) -> None:
    case = city.with_city(city.in_progress())
    case = city.take(case, "hand_down", city.auditor, note="Đã cấp vốn", now=on(date(2026, 10, 21)))
    # Ten working days with the city.
    assert case.due_on == date(2026, 11, 20)
    assert case.accepted_on is None
    again = {"assignee": city.staff, "now": on(date(2026, 10, 21))}
    case = city.take(case, "assign", city.chairperson, **again)
    assert (case.due_on, case.original_due_on) == (date(2026, 11, 20), date(2026, 11, 6))


def test_a_case_handed_up_before_it_was_assigned_has_its_deadline_from_the_assignment(city: City) -> None:
    case = city.take(city.with_city(), "hand_down", city.auditor, note="Đơn vị làm được")
    assert case.due_on is None
    case = city.take(case, "assign", city.chairperson, assignee=city.staff)
    assert case.due_on == case.original_due_on == date(2026, 11, 6)


def test_what_the_city_resolved_is_watched_and_not_confirmed_by_whoever_resolved_it(city: City) -> None:
    city.person("other_auditor", "Hồ Văn Kiểm", Role.AUDITOR, city.unit)
    case = city.take(city.with_city(), "resolve", city.other_auditor, note="Đã nâng cấp trạm bơm")
    assert (case.state, case.check_on) == (State.MONITORING, date(2026, 12, 7))
    assert (case.verifier, case.held_by) == ("chairperson", Holder.UNIT)
    later = on(date(2026, 12, 7))
    for who in (city.auditor, city.other_auditor):
        with pytest.raises(NotYours):
            city.take(case, "confirm", who, now=later)
    assert city.take(case, "confirm", city.chairperson, now=later).state == State.CLOSED


def test_where_the_unit_has_nobody_another_auditor_confirms_what_one_resolved(city: City) -> None:
    city.person("other_auditor", "Hồ Văn Kiểm", Role.AUDITOR, city.unit)
    case = city.take(city.open_case(), "assign", city.chairperson, assignee=city.chairperson)
    case = city.take(city.with_city(case), "resolve", city.auditor, note="Đã xong")
    assert last(case).changes["verifier"] == ["chairperson", "auditor"]
    later = on(date(2026, 12, 7))
    with pytest.raises(NotYours):
        city.take(case, "confirm", city.auditor, now=later)
    assert not Case.objects.awaiting(city.auditor, on=later.date()).exists()
    assert list(Case.objects.awaiting(city.other_auditor, on=later.date())) == [case]
    assert city.take(case, "confirm", city.other_auditor, now=later).state == State.CLOSED


def test_work_reopened_without_an_assignee_waits_for_the_chairperson(city: City) -> None:
    case = city.take(city.with_city(), "resolve", city.auditor, note="Đã xong")
    case = city.take(case, "reopen", city.chairperson, note="Vẫn ngập")
    assert (case.state, case.assignee, case.turn) == (State.IN_PROGRESS, None, Turn.CHAIRPERSON)
    assert list(Case.objects.awaiting(city.chairperson, on=TODAY)) == [case]
    assert city.take(case, "assign", city.chairperson, assignee=city.staff).turn == Turn.ASSIGNEE


def test_a_rating_of_what_the_city_has_is_noted(city: City) -> None:
    case = city.with_city()
    report = city.rate(green=case.indicator.code, period="2026-Q4")
    assert report.cases("rated_again") == [case.number]
    assert Case.objects.get(pk=case.pk).state == State.WITH_CITY


def test_an_extension_asked_for_is_settled_by_handing_up(city: City) -> None:
    case = city.take(
        city.in_progress(), "request_extension", city.staff, due_on=date(2026, 12, 1), note="Chờ vốn"
    )
    assert city.handed_up(case).requested_due_on is None
    with pytest.raises(NotNow):
        city.take(case, "extend", city.chairperson, due_on=date(2026, 12, 1), note="x", objective_cause=True)


# --- Whose the time was -------------------------------------------------------------------------


def test_corrective_actions_wait_while_the_city_has_the_case(city: City) -> None:
    case = city.in_progress()
    plan = {"description": "Nạo vét cống", "owner": city.supporter, "due_on": date(2026, 10, 20)}
    plan_action(case, by=city.staff, now=WEDNESDAY, **plan)
    timer = Timer.objects.get(case=case, corrective_action_number=1)
    case = city.with_city(case)
    timer.refresh_from_db()
    assert timer.next_at is None
    assert ring_due(now=on(date(2026, 10, 28))) == 1, "the city's own deadline rings, the action does not"
    back = on(date(2026, 10, 29))
    city.take(case, "hand_down", city.auditor, note="Đơn vị làm được", now=back)
    timer.refresh_from_db()
    assert timer.next_at is not None
    ring_due(now=back)
    rung = case.events.filter(changes__has_key="corrective_action").exclude(kind=Kind.ACTION_PLANNED)
    assert not rung.exists(), "what passed meanwhile does not ring"


def test_lateness_is_counted_to_whoever_held_the_case(city: City) -> None:
    # Assigned two working days late, answered three late, four late with the city.
    case = city.open_case()
    case = city.take(case, "assign", city.chairperson, assignee=city.staff, now=on(date(2026, 10, 14)))
    case = city.handed_up(case, now=on(date(2026, 10, 15)))
    assert case.answer_by == date(2026, 10, 22)
    case = city.take(case, "accept", city.auditor, due_on=date(2026, 11, 2), now=on(date(2026, 10, 27)))
    case = city.take(case, "hand_down", city.auditor, note="Giao lại", now=on(date(2026, 11, 6)))
    seen = told(case, read_on=date(2026, 11, 9))
    assert [(s.state, s.held_by, s.days_late) for s in seen] == [
        (State.OPEN, Holder.UNIT, 2),
        (State.ASSIGNED, Holder.UNIT, 0),
        (State.HANDED_UP, Holder.CITY, 3),
        (State.WITH_CITY, Holder.CITY, 4),
        (State.OPEN, Holder.UNIT, 0),
    ]
    assert days_late(seen) == {Holder.UNIT: 2, Holder.CITY: 7}
    assert seen[-1].ended_on is None
    assert days_late(told(case, read_on=date(2026, 11, 16)))[Holder.UNIT] == 5


def test_stages_follow_the_dates_of_the_case_and_not_those_of_reminders_and_actions(city: City) -> None:
    case = city.in_verification()
    ring_due(now=on(date(2026, 10, 15)))
    seen = told(case, read_on=date(2026, 10, 16))
    assert [(s.state, s.due_on) for s in seen] == [
        (State.OPEN, date(2026, 10, 12)),
        (State.ASSIGNED, date(2026, 11, 6)),
        (State.IN_PROGRESS, date(2026, 11, 6)),
        (State.IN_VERIFICATION, date(2026, 10, 14)),
    ]
    assert days_late(seen) == {Holder.UNIT: 2, Holder.CITY: 0}
    assert Case.objects.get(pk=case.pk).turn_due_on == seen[-1].due_on


def test_the_city_is_reminded_of_its_own_deadlines(city: City) -> None:
    case = city.handed_up()
    assert ring_due(now=on(date(2026, 10, 15))) == 1
    assert last(Case.objects.get(pk=case.pk)).kind == Kind.OVERDUE


def test_a_chairperson_hands_up_twice_only_after_the_answer(city: City) -> None:
    case = city.handed_up()
    with pytest.raises(NotNow):
        take_step(case, Step.HAND_UP, by=city.chairperson, note="Lần nữa", now=WEDNESDAY)
    case = city.take(case, "hand_down", city.auditor, note="Chưa đủ căn cứ")
    case = city.handed_up(case, now=WEDNESDAY + timedelta(days=1))
    assert case.state == State.HANDED_UP


def test_lateness_is_counted_once_and_where_it_arose(city: City) -> None:
    case = city.assigned()  # due on Friday 6 November
    case = city.take(case, "start", city.staff, now=on(date(2026, 11, 9)))  # one day late
    case = city.take(case, "assign", city.chairperson, assignee=city.supporter, now=on(date(2026, 11, 11)))
    assert days_late(told(case, read_on=date(2026, 11, 13))) == {Holder.UNIT: 5, Holder.CITY: 0}


def test_time_spent_verifying_is_not_the_workers(city: City) -> None:
    case = city.in_verification()
    case = city.take(case, "send_back", city.chairperson, note="Thiếu", now=on(date(2026, 11, 20)))
    seen = told(case, read_on=date(2026, 11, 23))
    assert [(s.state, s.days_late) for s in seen][-2:] == [
        (State.IN_VERIFICATION, 27),
        (State.IN_PROGRESS, 1),
    ]


def test_corrective_actions_have_the_days_back_too_on_record(city: City) -> None:
    case = city.in_progress()
    plan = {"description": "Nạo vét cống", "owner": city.supporter, "due_on": date(2026, 10, 20)}
    plan_action(case, by=city.staff, now=WEDNESDAY, **plan)
    case = city.with_city(case)
    case = city.take(case, "hand_down", city.auditor, note="Đã cấp vốn", now=on(date(2026, 10, 21)))
    assert case.corrective_actions.get().due_on == date(2026, 11, 3)
    assert last(case).changes["corrective_actions"] == [{"1": "2026-10-20"}, {"1": "2026-11-03"}]
    assert Timer.objects.get(case=case, corrective_action_number=1).due_on == date(2026, 11, 3)


def test_a_case_whose_assignee_has_left_waits_for_the_chairperson(city: City) -> None:
    for case in (city.assigned(city.open_case("1.1")), city.in_progress(city.open_case("1.2"))):
        assert case not in Case.objects.awaiting(city.chairperson, on=TODAY)
    city.staff.appointments.update(until=TODAY)
    assert Case.objects.awaiting(city.chairperson, on=TODAY).count() == 2
    assert not Case.objects.awaiting(city.staff, on=TODAY).exists()


def test_a_date_on_a_rest_day_is_moved_when_the_case_comes_back(city: City) -> None:
    case = city.in_verification()
    CalendarDay.objects.create(on=date(2026, 11, 6), is_working=False, name="Nghỉ bão")
    case = city.take(case, "send_back", city.chairperson, note="Thiếu")
    assert case.due_on == case.turn_due_on == date(2026, 11, 9)
