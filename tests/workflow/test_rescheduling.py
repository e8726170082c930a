"""The calendar changes: dates that follow from it move, each on record, and the clock loses nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actions.operations import plan_action
from indicators.models import Indicator
from tests.conftest import WEDNESDAY
from tests.workflow.test_clock import at, rung
from workflow import clock
from workflow.calendar import working_days
from workflow.checking import Checked
from workflow.models import CalendarDay, Case, Event, Timer
from workflow.operations import take_step
from workflow.refusals import Invalid, NotYours
from workflow.rescheduling import Day, Report, change_calendar, days_from
from workflow.vocabulary import Kind, Step

STORM = "Nghỉ phòng, chống bão số 12"


def change(city: Any, *days: Day, now: datetime = WEDNESDAY, **options: Any) -> Report:
    return change_calendar(days, by=city.administrator, now=now, **options)


def rest(*days: date) -> list[Day]:
    return [Day(day, False, STORM, "Công điện 05/CĐ-UBND") for day in days]


def october(day: int) -> date:
    return date(2026, 10, day)


def now_(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def rescheduled(case: Case) -> list[dict[str, Any]]:
    return [e.changes for e in case.events.filter(kind=Kind.RESCHEDULED).order_by("seq")]


def is_whole() -> bool:
    return not list(Checked().breaks())


# --- What moves -------------------------------------------------------------------------------


def test_a_rest_day_inside_a_count_of_working_days_moves_its_end(city) -> None:
    case = city.open_case()  # to be assigned by Monday 12 October
    report = change(city, *rest(october(9)))
    assert (now_(case).assign_by, now_(case).turn_due_on) == (october(13), october(13))
    assert [(m.name, m.before, m.after) for m in report.moves] == [("assign_by", october(12), october(13))]
    event = case.events.latest("seq")
    assert (event.kind, event.actor) == (Kind.RESCHEDULED, city.administrator)
    assert event.changes == {"assign_by": ["2026-10-12", "2026-10-13"]}
    assert event.note == (
        "Lịch làm việc thay đổi: 09/10/2026 nghỉ (Nghỉ phòng, chống bão số 12, Công điện 05/CĐ-UBND)."
    )
    assert is_whole()


def test_a_rest_day_on_the_day_itself_moves_it_to_the_next_working_day(city) -> None:
    case = city.in_progress(due_on=october(30))
    change(city, *rest(october(30), date(2026, 11, 2)))
    case = now_(case)
    assert (case.due_on, case.turn_due_on, case.original_due_on) == (
        date(2026, 11, 3), date(2026, 11, 3), october(30),
    )  # fmt: skip
    assert rescheduled(case) == [{"due_on": ["2026-10-30", "2026-11-03"]}]
    assert case.version == case.events.count()


def test_a_chosen_day_does_not_move_for_a_rest_day_before_it(city) -> None:
    case = city.in_progress(due_on=october(30))
    report = change(city, *rest(october(29)))
    assert (now_(case).due_on, report.moves, rescheduled(case)) == (october(30), [], [])


@pytest.mark.parametrize(
    ("reach", "name", "due"),
    [
        ("open_case", "assign_by", october(12)),
        ("assigned", "due_on", date(2026, 11, 6)),
        ("in_progress", "due_on", date(2026, 11, 6)),
        ("in_verification", "verify_by", october(14)),
        ("monitored", "check_on", date(2026, 12, 7)),
        ("handed_up", "answer_by", october(14)),
        ("with_city", "city_due_on", date(2026, 11, 6)),
    ],
)
def test_the_running_date_of_every_state_leaves_a_rest_day(city, reach, name, due) -> None:
    case = reached(city, reach)
    assert case.turn_due_on == due
    change(city, *rest(due))
    next_day = working_days().on_or_after(due)
    case = now_(case)
    assert (getattr(case, name), case.turn_due_on) == (next_day, next_day)
    assert Timer.objects.get(case=case, corrective_action_number=0).due_on == next_day
    assert rescheduled(case) == [{name: [due.isoformat(), next_day.isoformat()]}]


def reached(city: Any, what: str) -> Case:
    if what == "handed_up":
        return city.take(city.open_case(), "hand_up", city.chairperson, note="Vượt thẩm quyền")
    if what == "with_city":
        return city.take(reached(city, "handed_up"), "accept", city.auditor)
    return getattr(city, what)()


def test_a_saturday_that_is_worked_shortens_the_count_and_moves_no_chosen_day(city) -> None:
    counted, chosen = city.open_case("1.1"), city.in_progress(city.open_case("1.2"), due_on=october(12))
    change(city, Day(october(10), True, "Làm bù cho 16/10/2026"))
    assert (now_(counted).assign_by, now_(chosen).due_on) == (october(10), october(12))
    assert "10/10/2026 làm việc (Làm bù cho 16/10/2026)" in counted.events.latest("seq").note


def test_a_swapped_saturday_leaves_the_end_of_the_count_where_it_was(city) -> None:
    case = city.open_case()
    change(city, Day(october(9), False, "Hoán đổi"), Day(october(10), True, "Làm bù"))
    assert (now_(case).assign_by, rescheduled(case)) == (october(12), [])


def test_taking_a_day_back_lets_the_librarys_day_hold_again(city) -> None:
    case = city.open_case()
    change(city, *rest(october(9)))
    report = change(city, Day(october(9), None))
    assert [day.on for day in report.days] == [october(9)]
    assert not CalendarDay.objects.filter(on=october(9)).exists()
    assert now_(case).assign_by == october(12)
    assert rescheduled(case)[1] == {"assign_by": ["2026-10-13", "2026-10-12"]}
    # A holiday of the library, declared worked and then taken back.
    assert change(city, Day(date(2026, 9, 2), True, "Nhầm")).days
    assert working_days().is_working(date(2026, 9, 2))
    change(city, Day(date(2026, 9, 2), None))
    assert not working_days().is_working(date(2026, 9, 2))


def test_a_day_that_is_over_moves_only_what_is_still_to_come(city) -> None:
    case, late = city.open_case("1.1"), city.open_case("1.2", now=at(2026, 9, 28))
    assert late.assign_by == date(2026, 10, 1)
    later = at(2026, 10, 9)
    change(city, *rest(october(8), date(2026, 10, 1)), now=later)
    assert (now_(case).assign_by, now_(late).assign_by) == (october(13), date(2026, 10, 1))
    assert rescheduled(late) == []


def test_nobody_becomes_late_by_a_calendar(city) -> None:
    case = city.open_case()  # Wednesday to Monday 12 October, over a Saturday
    change(city, Day(october(10), True, "Làm bù"), now=at(2026, 10, 12))
    assert (now_(case).assign_by, rescheduled(case)) == (october(12), [])


def test_days_far_ahead_and_long_past_move_nothing(city) -> None:
    case = city.open_case()
    before = list(Timer.objects.values())
    report = change(city, *rest(date(2030, 3, 4), date(2025, 3, 4)))
    assert (len(report.days), report.moves, now_(case).version) == (2, [], 1)
    assert list(Timer.objects.values()) == before


def test_it_is_written_down_who_changed_which_day(city) -> None:
    change(city, *rest(october(9)), dry_run=True)
    change(city, *rest(october(9)))
    change(city, Day(october(9), None))
    entries = LogEntry.objects.order_by("pk").values_list("user", "object_repr", "action_flag")
    assert list(entries) == [(city.administrator.pk, f"09/10/2026 {STORM}", flag) for flag in (2, 3)]


def test_a_new_name_or_source_moves_nothing_and_the_same_again_changes_nothing(city) -> None:
    case = city.open_case()
    change(city, *rest(october(9)))
    named = Day(october(9), False, "Nghỉ bão", is_certain=False)
    assert change(city, named).moves == []
    assert change(city, named).has_changed_nothing
    assert len(rescheduled(case)) == 1


def test_a_case_of_before_its_turn_was_dated_only_leaves_a_rest_day(city) -> None:
    case = city.open_case()
    Case.objects.update(turn_began_on=None)
    change(city, *rest(october(9)))
    assert now_(case).assign_by == october(12)
    change(city, *rest(october(12)))
    assert now_(case).assign_by == october(13)


def test_each_case_counts_by_the_policy_it_was_opened_under(city) -> None:
    case = city.open_case()
    policy = case.policy
    policy.pk, policy.valid_from, policy.assign_within_working_days = None, october(8), 20
    policy.save()
    change(city, *rest(october(9)))
    assert now_(case).assign_by == october(13)


# --- Corrective actions -----------------------------------------------------------------------


def planned(city: Any, case: Case, due_on: date) -> Any:
    return plan_action(
        case, by=city.staff, description="Lập sổ", owner=city.supporter, due_on=due_on, now=WEDNESDAY
    )


def test_corrective_actions_move_with_their_timers_in_one_event_of_their_case(city) -> None:
    case = city.in_progress(due_on=october(30))
    first, second = planned(city, case, october(20)), planned(city, case, october(30))
    done = planned(city, case, october(20))
    from actions.operations import complete_action

    complete_action(case, done.number, by=city.staff, now=WEDNESDAY)
    change(city, *rest(october(20), october(30)))
    for action, due_on in ((first, october(21)), (second, date(2026, 11, 2)), (done, october(20))):
        action.refresh_from_db()
        assert action.due_on == due_on
        assert Timer.objects.get(case=case, corrective_action_number=action.number).due_on == due_on
    assert rescheduled(case) == [
        {
            "due_on": ["2026-10-30", "2026-11-02"],
            "corrective_actions": [
                {"1": "2026-10-20", "2": "2026-10-30"},
                {"1": "2026-10-21", "2": "2026-11-02"},
            ],
        }
    ]
    assert is_whole()


def test_an_action_that_waits_for_the_city_moves_and_stays_silent(city) -> None:
    case = city.in_progress()
    action = planned(city, case, october(20))
    case = city.take(case, "hand_up", city.chairperson, note="Vượt thẩm quyền")
    change(city, *rest(october(20)))
    action.refresh_from_db()
    timer = Timer.objects.get(case=case, corrective_action_number=action.number)
    assert (action.due_on, timer.due_on, timer.next_at) == (october(21), october(21), None)


def test_what_is_closed_or_cancelled_stays_as_it_is(city) -> None:
    cancelled = city.take(city.open_case("1.2"), "cancel", city.auditor, note="Nhầm")
    closed = city.closed()
    change(city, *rest(*days_from(october(8), october(31))))
    assert rescheduled(cancelled) == rescheduled(closed) == []


# --- The clock afterwards ---------------------------------------------------------------------


def run_the_clock(first: date, last: date) -> None:
    for day in days_from(first, last):
        for hour in (8, 16):
            clock.ring_due(now=at(day.year, day.month, day.day, hour))


def test_after_a_move_every_milestone_rings_once_on_its_day(city) -> None:
    case = city.open_case()
    run_the_clock(october(7), october(8))
    change(city, *rest(october(9)), now=at(2026, 10, 8, 17))  # the day before its last reminder
    run_the_clock(october(9), date(2026, 11, 3))
    assert [milestone for _kind, milestone in rung(case)] == [-1, 0, 1, 3, 7, 12]
    days = [e.at.astimezone().date() for e in case.events.filter(kind__startswith="due").order_by("seq")]
    assert days == [october(12), october(13)]
    assert is_whole()


def test_a_milestone_that_has_rung_does_not_ring_again_for_the_moved_day(city) -> None:
    case = city.open_case()
    run_the_clock(october(7), october(9))
    assert rung(case) == [(Kind.DUE_SOON, -1)]
    change(city, *rest(october(12)), now=at(2026, 10, 9, 9))
    run_the_clock(october(9), october(20))
    assert [milestone for _kind, milestone in rung(case)] == [-1, 0, 1, 3]


def test_milestones_of_a_date_that_stays_are_counted_over_the_new_calendar(city) -> None:
    case = city.in_progress(due_on=october(30))  # seven working days before: Wednesday 21 October
    assert Timer.objects.get(case=case).next_at == at(2026, 10, 21, 7) + timedelta(minutes=30)
    change(city, *rest(october(22), october(26)))
    timer = Timer.objects.get(case=case)
    assert (timer.next_at, timer.revision) == (at(2026, 10, 19, 7) + timedelta(minutes=30), 2)
    run_the_clock(october(18), date(2026, 11, 12))
    assert [m for _kind, m in rung(case)] == [-7, -3, -1, 0, 1, 3, 7]


def test_a_milestone_whose_day_passed_by_the_change_rings_at_once_and_a_late_case_goes_on(city) -> None:
    case, late = city.in_progress(city.open_case("1.1"), due_on=october(30)), city.open_case("1.2")
    change(city, *rest(*days_from(october(22), october(29))), now=at(2026, 10, 21, 6))
    run_the_clock(october(21), october(21))
    assert rung(case) == [(Kind.DUE_SOON, -1)]
    assert rung(late) == [(Kind.ESCALATED, 7)]
    run_the_clock(october(22), date(2026, 11, 20))
    assert [m for _kind, m in rung(case)] == [-1, 0, 1, 3, 7, 12]
    assert [m for _kind, m in rung(late)] == [7, 12, 17, 22]


def test_nothing_rings_twice_when_a_day_is_declared_and_taken_back(city) -> None:
    cases = [city.open_case("1.1"), city.in_progress(city.open_case("1.2"), due_on=october(15))]
    for day in days_from(october(7), date(2026, 11, 20)):
        change(city, *rest(day + timedelta(days=2)), now=at(day.year, day.month, day.day, 6))
        clock.ring_due(now=at(day.year, day.month, day.day, 8))
        change(city, Day(day + timedelta(days=2), None), now=at(day.year, day.month, day.day, 10))
        clock.ring_due(now=at(day.year, day.month, day.day, 11))
    for case in cases:
        milestones = [m for _kind, m in rung(case)]
        assert milestones == sorted(set(milestones))
    assert rung(cases[0])[-1] == (Kind.ESCALATED, 27)
    assert is_whole()


# --- The door ---------------------------------------------------------------------------------


def test_a_dry_run_says_what_would_happen_and_stores_nothing(city) -> None:
    case = city.open_case()
    tables = [CalendarDay, Case, Event, Timer]
    before = [list(model.objects.order_by("pk").values()) for model in tables]
    report = change(city, *rest(october(9)), dry_run=True)
    assert [list(model.objects.order_by("pk").values()) for model in tables] == before
    assert [(c.number, c.turn_due_on) for c in report.cases] == [(case.number, october(13))]
    assert [m.after for m in change(city, *rest(october(9))).moves] == [m.after for m in report.moves]


@pytest.mark.parametrize("who", ["chairperson", "auditor", "staff", "stranger"])
def test_only_an_administrator_changes_the_calendar(city, who) -> None:
    with pytest.raises(NotYours):
        change_calendar(rest(october(9)), by=getattr(city, who), now=WEDNESDAY)
    assert not CalendarDay.objects.filter(on=october(9)).exists()


def test_nobody_changes_it_namelessly_once_there_is_a_case(city) -> None:
    assert change_calendar(rest(october(9)), by=None, now=WEDNESDAY).days
    city.open_case()
    with pytest.raises(NotYours):
        change_calendar(rest(october(12)), by=None, now=WEDNESDAY)


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ([], "on"),
        ([Day(october(9), False)], "name"),
        ([Day(october(9), False, "x" * 121)], "name"),
        ([Day(october(9), False, "Nghỉ", "x" * 201)], "source"),
        ([Day(october(9), False, "Nghỉ"), Day(october(9), True, "Làm")], "on"),
        ([Day(date(2226, 10, 9), False, "Nghỉ")], "on"),
        ([Day(day, False, "Nghỉ") for day in days_from(date(2026, 1, 1), date(2027, 12, 31))], "on"),
    ],
)
def test_what_cannot_be_a_calendar_is_refused_by_field(city, days, field) -> None:
    before = CalendarDay.objects.count()
    with pytest.raises(Invalid) as refusal:
        change(city, *days)
    assert set(refusal.value.errors) == {field}
    assert CalendarDay.objects.count() == before


def test_one_three_and_fifty_cases_take_the_same_statements(city) -> None:
    codes = list(Indicator.objects.values_list("code", flat=True))
    change(city, *rest(date(2030, 1, 7)))  # what Django remembers of its tables is asked once
    counts, moved = [], []
    for month, mine, theirs in ((10, codes[:1], []), (11, codes[1:4], []), (12, codes[4:], codes[:15])):
        now = at(2026, month, 7)
        for unit, given in ((city.kien_an, mine), (city.phu_lien, theirs)):
            if given:
                city.rate(red=" ".join(given), unit=unit, period=f"2026-{month}", now=now)
        chosen = Case.objects.get(number=Case.objects.latest("pk").number)
        chair, staff = (
            (city.neighbour_chairperson, city.neighbour_staff) if theirs else (city.chairperson, city.staff)
        )
        chosen = take_step(chosen, Step.ASSIGN, by=chair, assignee=staff, now=now)
        plan_action(chosen, by=staff, description="x", owner=staff, due_on=date(2026, month, 9), now=now)
        with CaptureQueriesContext(connection) as context:
            moved.append(len(change(city, *rest(*days_from(date(2026, month, 8), date(2026, month, 11))),
                                    now=now).events))  # fmt: skip
        counts.append(len(context))
    assert moved == [1, 3, 50]
    assert len(set(counts)) == 1, counts
    assert is_whole()


def test_moved_cases_are_told_to_whose_turn_it_is_and_to_owners_of_moved_actions(city) -> None:
    from notifications.models import Notification
    from notifications.telling import tell

    case = city.in_progress(due_on=october(30))
    planned(city, case, october(20))
    tell(now=WEDNESDAY)
    change(city, *rest(october(20)))
    tell(now=WEDNESDAY)
    told = Notification.objects.filter(kind=Kind.RESCHEDULED).values_list("recipient", flat=True)
    assert set(told) == {city.staff.pk, city.supporter.pk}


# --- manage.py load_calendar ------------------------------------------------------------------


def load(path: Any, **options: Any) -> str:
    out = StringIO()
    call_command("load_calendar", str(path), stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def table(tmp_path, time_machine) -> Any:
    time_machine.move_to(WEDNESDAY, tick=False)
    path = tmp_path / "calendar.csv"
    path.write_text("on,working,name,source,certain\n2026-10-09,no,Nghỉ bão,,no\n2026-10-10,yes,Làm bù,,\n")
    return path


def test_a_table_is_loaded_by_nobody_where_there_is_no_case_yet(db, table) -> None:
    assert load(table) == "Đã nạp 2 ngày.\n"
    days = CalendarDay.objects.filter(on__month=10, on__year=2026).order_by("on")
    assert [(d.on.day, d.is_working, d.is_certain) for d in days] == [(9, False, False), (10, True, True)]
    assert load(table) == "Đã nạp 0 ngày.\n"


def test_a_table_moves_cases_for_the_administrator_who_answers_for_it(city, table) -> None:
    case = city.in_progress(due_on=october(9))
    with pytest.raises(CommandError, match="--by EMAIL"):
        load(table)
    with pytest.raises(CommandError, match="Không có người dùng"):
        load(table, by="nobody@haiphong.example")
    with pytest.raises(CommandError, match="quản trị"):
        load(table, by=city.chairperson.email)
    said = load(table, by=city.administrator.email, dry_run=True)
    assert said.splitlines() == [
        "Sẽ nạp 2 ngày.", "1 hồ sơ sẽ đổi hạn.", f"{case.number}: 09/10/2026 → 10/10/2026",
    ]  # fmt: skip
    assert now_(case).due_on == october(9)
    assert "1 hồ sơ đã đổi hạn." in load(table, by=city.administrator.email)
    assert now_(case).due_on == october(10)


@pytest.mark.parametrize("text", ["on,name\n2026-10-09,x\n", "on,working,name\nhôm nay,no,x\n", "a\nb\n"])
def test_a_table_that_is_none_is_refused(db, table, text) -> None:
    table.write_text(text)
    with pytest.raises(CommandError, match="cần các cột"):
        load(table)
    with pytest.raises(CommandError, match="Không đọc được"):
        load(table.with_name("none.csv"))
