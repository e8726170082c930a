"""Two at once, on real connections: one wins, the other is told; the record stays whole.

On SQLite these tests live in a file, as the service does: a database in memory knows other locks.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, transaction

from notifications.models import Notification, Told
from notifications.telling import tell
from tests.conftest import WEDNESDAY
from workflow import clock
from workflow.checking import Checked
from workflow.models import Case, Event, Timer
from workflow.operations import comment, take_step
from workflow.refusals import NotNow, Refusal, Stale
from workflow.rescheduling import Day, change_calendar
from workflow.vocabulary import Step

pytestmark = pytest.mark.django_db(transaction=True)

LATE = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)


@pytest.fixture
def in_a_file(city, tmp_path, settings):
    """The city as it stands, in a database that several connections can really share."""
    if connection.vendor != "sqlite":
        yield city
        return
    ours, memory = connections.databases["default"], connection.connection
    path = str(tmp_path / "city.sqlite3")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [path])
    name = ours["NAME"]
    ours["NAME"] = path
    connection.connection = None
    connection.ensure_connection()
    yield city
    connection.connection.close()
    connection.connection, ours["NAME"] = memory, name


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Do all of these at the same moment, each on its own connection; answers or refusals, in order."""
    ready = threading.Barrier(len(deeds))

    def one(deed: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            ready.wait(10)
            return deed()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as people:
        return list(people.map(one, deeds))


def is_whole() -> bool:
    return not list(Checked().breaks())


def kinds(case: Case) -> Counter[str]:
    return Counter(Event.objects.filter(case=case).values_list("kind", flat=True))


# --- Steps ------------------------------------------------------------------------------------


def test_two_verifiers_at_once_one_wins(in_a_file) -> None:
    city = in_a_file
    city.person("second_chair", "Trần Văn Hai", "chairperson")
    case = city.in_verification()
    answers = at_once(
        lambda: take_step(case, Step.VERIFY, by=city.chairperson),
        lambda: take_step(case, Step.SEND_BACK, by=city.second_chair, note="Thiếu số liệu"),
    )
    assert sorted(isinstance(answer, NotNow) for answer in answers) == [False, True]
    assert (kinds(case)["verified"], kinds(case)["sent_back"]) in ((1, 0), (0, 1))
    assert is_whole()


def test_the_same_step_ten_times_at_once_is_taken_once(in_a_file) -> None:
    city = in_a_file
    case = city.assigned()
    answers = at_once(*[lambda: take_step(case, Step.START, by=city.staff)] * 10)
    assert sum(isinstance(answer, NotNow) for answer in answers) == 9
    assert kinds(case)["started"] == 1
    assert is_whole()


def test_reassigning_against_submitting(in_a_file) -> None:
    """Whoever comes second finds another case than they looked at."""
    city = in_a_file
    case = city.complete_file(city.in_progress())
    version = Case.objects.get(pk=case.pk).version
    answers = at_once(
        lambda: take_step(case, Step.ASSIGN, by=city.chairperson, assignee=city.supporter, version=version),
        lambda: take_step(case, Step.SUBMIT, by=city.staff, version=version),
    )
    assert sorted(isinstance(answer, Stale) for answer in answers) == [False, True]
    now = Case.objects.get(pk=case.pk)
    assert (now.state, now.assignee) in (("assigned", city.supporter), ("in_verification", city.staff))
    assert is_whole()


def test_everybody_comments_at_once_and_every_word_is_kept(in_a_file) -> None:
    city = in_a_file
    case = city.open_case()
    people = [city.chairperson, city.staff, city.auditor, city.coordinator]
    at_once(*[lambda p=p, n=n: comment(case, by=p, note=f"{n}") for p in people for n in range(5)])
    assert kinds(case)["commented"] == 20
    assert is_whole()


# --- Intake -----------------------------------------------------------------------------------


def test_the_same_import_twice_at_once_opens_one_set_of_cases(in_a_file) -> None:
    city = in_a_file
    reports = at_once(*[lambda: city.rate(red="1.1 1.2 1.4", yellow="2.1", period="2026-Q2")] * 4)
    assert sorted(report.recorded for report in reports) == [0, 0, 0, 4]
    assert Case.objects.count() == 4
    assert is_whole()


def test_cases_of_several_units_opened_at_once_have_numbers_of_their_own(in_a_file) -> None:
    city = in_a_file
    deeds = [
        lambda unit=unit, codes=codes: city.rate(red=codes, unit=unit)
        for unit in (city.kien_an, city.phu_lien)
        for codes in ("1.1 1.2", "2.1 2.2", "3.1 3.2")
    ]
    reports = at_once(*deeds)
    numbers = [number for report in reports for number in report.cases("opened")]
    assert sorted(numbers) == [f"2026-{running:06d}" for running in range(1, 13)]
    assert set(Case.objects.values_list("number", flat=True)) == set(numbers)
    assert is_whole()


def test_a_step_against_the_rating_that_would_close_the_case(in_a_file) -> None:
    city = in_a_file
    case = city.monitored()
    answers = at_once(
        lambda: city.rate(green=case.indicator.code, period="2026-Q4"),
        lambda: take_step(case, Step.REOPEN, by=city.auditor, note="Chưa đạt"),
    )
    assert answers[0].recorded == 1
    assert Case.objects.get(pk=case.pk).state in ("closed", "in_progress")
    assert kinds(case)["rated_again"] == 1
    assert is_whole()


@pytest.mark.parametrize("meanwhile", ["rated again", "reassigned"])
def test_a_step_that_waited_sees_the_case_as_it_has_become(in_a_file, meanwhile) -> None:
    city = in_a_file
    case = city.assigned()
    is_done = threading.Event()

    def hold() -> None:
        with transaction.atomic():
            if meanwhile == "rated again":
                city.rate(yellow="1.4", period="2026-Q4")
            else:
                city.take(case, "assign", city.chairperson, assignee=city.supporter)
            is_done.set()
            time.sleep(0.5)

    def wait_and_extend() -> Case:
        is_done.wait(10)
        asked = {"due_on": date(2027, 6, 1), "note": "Chờ vốn", "objective_cause": True}
        return take_step(case, Step.EXTEND, by=city.chairperson, now=WEDNESDAY, **asked)

    _held, extended = at_once(hold, wait_and_extend)
    assert extended.due_on == date(2027, 6, 1)
    assert extended.latest_rating.pk == extended.latest_rating_id
    assert extended.assignee == (city.supporter if meanwhile == "reassigned" else city.staff)
    assert is_whole()


# --- The clock --------------------------------------------------------------------------------


def test_two_clocks_ring_each_milestone_once(in_a_file) -> None:
    city = in_a_file
    city.rate(red="1.1 1.2 1.3 1.4 2.1 2.2")
    assert sum(at_once(*[lambda: clock.ring_due(now=LATE)] * 4)) == 6
    assert set(Event.objects.filter(kind="escalated").values_list("case__number", flat=True)) == set(
        Case.objects.values_list("number", flat=True)
    )
    assert not Timer.objects.filter(next_at__lte=LATE).exists()
    assert is_whole()


def test_a_step_against_the_clock(in_a_file) -> None:
    """The case either has its reminder before the step, or none of its old deadline after it."""
    city = in_a_file
    cases = list(Case.objects.filter(number__in=city.rate(red="1.1 1.2 1.3 1.4").cases("opened")))
    assign = [
        lambda case=case: take_step(case, Step.ASSIGN, by=city.chairperson, assignee=city.staff, now=LATE)
        for case in cases
    ]
    answers = at_once(*assign, *[lambda: clock.ring_due(now=LATE)] * 2)
    assert not [a for a in answers if isinstance(a, Refusal)]
    clock.ring_due(now=LATE)
    for case in cases:
        told = list(Event.objects.filter(case=case).order_by("seq").values_list("kind", flat=True))
        assert told in (["opened", "assigned"], ["opened", "escalated", "assigned"])
    assert is_whole()


# --- The calendar -----------------------------------------------------------------------------


def test_no_step_sets_a_date_by_a_calendar_that_is_being_replaced(in_a_file) -> None:
    city = in_a_file
    rest = date(2026, 10, 30)
    cases = [city.open_case(code) for code in ("1.1", "1.2", "1.3", "1.4", "2.1", "2.2")]
    assign = [
        lambda case=case: city.take(case, "assign", city.chairperson, assignee=city.staff, due_on=rest)
        for case in cases
    ]
    say = [lambda case=case: comment(case, by=city.chairperson, note="Đã rõ") for case in cases[:2]]
    at_once(
        *assign[:3],
        lambda: change_calendar([Day(rest, False, "Nghỉ bão")], by=city.administrator, now=WEDNESDAY),
        *assign[3:],
        *say,
        lambda: clock.ring_due(now=WEDNESDAY),
    )
    assert {case.due_on for case in Case.objects.all()} == {date(2026, 11, 2)}
    assert {timer.due_on for timer in Timer.objects.all()} == {date(2026, 11, 2)}
    assert is_whole()


def test_a_step_that_counts_is_waited_for(in_a_file) -> None:
    city = in_a_file
    rest = date(2026, 10, 30)
    case = city.open_case()
    has_counted = threading.Event()

    def assign_slowly() -> None:
        with transaction.atomic():
            city.take(case, "assign", city.chairperson, assignee=city.staff, due_on=rest)
            has_counted.set()
            time.sleep(0.5)

    def change() -> Any:
        has_counted.wait(10)
        return change_calendar([Day(rest, False, "Nghỉ bão")], by=city.administrator, now=WEDNESDAY)

    _assigned, report = at_once(assign_slowly, change)
    assert [move.before for move in report.moves] == [rest]
    assert Case.objects.get(pk=case.pk).due_on == date(2026, 11, 2)
    assert kinds(case)["rescheduled"] == 1
    assert is_whole()


# --- Being told -------------------------------------------------------------------------------


def test_readers_of_the_record_tell_each_event_once_while_it_grows(in_a_file) -> None:
    city = in_a_file
    case = city.assigned()
    notes = [lambda n=n: comment(case, by=city.chairperson, note=f"{n}", now=WEDNESDAY) for n in range(8)]
    at_once(*notes, *[lambda: tell(now=WEDNESDAY)] * 4)
    tell(now=WEDNESDAY)
    assert Told.objects.count() == Event.objects.count() == 10
    told = Notification.objects.filter(recipient=city.staff, kind="commented")
    assert told.count() == 8


# --- Patience ---------------------------------------------------------------------------------


def test_many_writers_wait_their_turn(in_a_file) -> None:
    """No writer gives up because others write: SQLite lets in one, and the rest are patient."""
    city = in_a_file
    cases = [city.open_case(code) for code in ("1.1", "1.2", "1.3")]

    def work(n: int) -> int:
        failed = 0
        for turn in range(5):
            try:
                comment(
                    cases[n % 3], by=city.auditor, note=f"{n} {turn}", now=WEDNESDAY + timedelta(minutes=n)
                )
            except OperationalError:
                failed += 1
        return failed

    assert at_once(*[lambda n=n: work(n) for n in range(12)]) == [0] * 12
    assert Event.objects.filter(kind="commented").count() == 60
    assert is_whole()
