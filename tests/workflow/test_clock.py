"""The clock: each milestone rings once, the newest only, in office hours, never for what has moved on."""

from datetime import UTC, date, datetime, timedelta

from tests.conftest import WEDNESDAY
from workflow.clock import ring_due
from workflow.models import Timer
from workflow.vocabulary import CLOCK_KINDS, Kind


def at(year: int, month: int, day: int, hour: int = 9) -> datetime:
    """An hour of a day in Hải Phòng."""
    return datetime(year, month, day, hour, tzinfo=UTC) - timedelta(hours=7)


def rung(case) -> list[tuple[str, int]]:
    events = case.events.filter(kind__in=CLOCK_KINDS).order_by("seq")
    return [(e.kind, e.changes["milestone"][1]) for e in events]


def test_nothing_rings_on_the_day_a_timer_starts(city) -> None:
    case = city.open_case()
    assert ring_due(now=WEDNESDAY + timedelta(hours=2)) == 0
    assert rung(case) == []


def test_each_milestone_rings_once_however_often_the_clock_runs(city) -> None:
    case = city.open_case()  # to be assigned by Monday 12 October
    assert case.assign_by == date(2026, 10, 12)
    for day in (8, 9, 10, 11, 12, 13, 14, 15):
        for hour in (6, 8, 9, 12, 17, 20):
            ring_due(now=at(2026, 10, day, hour))
    assert rung(case) == [
        (Kind.DUE_SOON, -1),
        (Kind.DUE_TODAY, 0),
        (Kind.OVERDUE, 1),
        (Kind.OVERDUE, 3),
    ]
    times = [e.at.astimezone(UTC).hour for e in case.events.filter(kind__in=CLOCK_KINDS)]
    assert times == [1, 1, 1, 1]  # 08:00 local, the first round in office hours of each day


def test_after_days_without_a_clock_only_the_newest_milestone_rings(city) -> None:
    case = city.open_case()
    assert ring_due(now=at(2026, 10, 21)) == 1
    assert rung(case) == [(Kind.ESCALATED, 7)]
    assert ring_due(now=at(2026, 10, 21, 10)) == 0
    assert ring_due(now=at(2026, 10, 22)) == 0


def test_overdue_never_falls_silent(city) -> None:
    case = city.open_case()
    day = datetime(2026, 10, 12, 2, tzinfo=UTC)
    for n in range(60):
        ring_due(now=day + timedelta(days=n))
    assert [m for _k, m in rung(case)] == [0, 1, 3, 7, 12, 17, 22, 27, 32, 37, 42]


def test_a_case_that_moved_on_is_not_rung_for_its_old_timer(city) -> None:
    case = city.open_case()
    city.assigned(case)
    ring_due(now=at(2026, 10, 13))
    assert rung(case) == []


def test_a_moved_deadline_rings_for_the_new_day(city) -> None:
    case = city.in_progress()
    ring_due(now=at(2026, 11, 5))
    city.take(
        case, "extend", city.chairperson, due_on=date(2026, 11, 20), note="x", objective_cause=True,
        now=at(2026, 11, 5, 10),
    )  # fmt: skip
    ring_due(now=at(2026, 11, 6))
    ring_due(now=at(2026, 11, 11))
    assert rung(case) == [(Kind.DUE_SOON, -1), (Kind.DUE_SOON, -7)]


def test_a_closed_case_is_never_rung(city) -> None:
    case = city.closed()
    assert ring_due(now=at(2027, 3, 1)) == 0
    assert rung(case) == []


def test_a_corrective_action_rings_for_its_own_day(city) -> None:
    from actions.operations import plan_action

    case = city.in_progress()
    plan_action(
        case, by=city.staff, description="Lập sổ", owner=city.supporter, due_on=date(2026, 10, 20),
        now=WEDNESDAY,
    )  # fmt: skip
    ring_due(now=at(2026, 10, 20))
    event = case.events.latest("seq")
    assert (event.kind, event.changes["corrective_action"]) == (Kind.DUE_TODAY, [None, 1])


def test_no_reminder_over_tet(city) -> None:
    case = city.open_case(now=at(2026, 2, 11))  # assign by Monday 23 February
    for day in range(12, 24):
        ring_due(now=at(2026, 2, day))
    days = [e.at.astimezone(UTC).day for e in case.events.filter(kind__in=CLOCK_KINDS)]
    assert case.assign_by == date(2026, 2, 23)
    assert days == [13, 23]


def test_the_same_event_cannot_be_written_twice(city) -> None:
    case = city.open_case()
    ring_due(now=at(2026, 10, 12))
    # A clock whose memory was set back, as after a restored backup of one table.
    Timer.objects.filter(case=case).update(next_at=WEDNESDAY, last_milestone=None)
    import pytest
    from django.db import IntegrityError, transaction

    with pytest.raises((IntegrityError, Exception), match=r"once|append-only"), transaction.atomic():
        ring_due(now=at(2026, 10, 12, 10))
    assert rung(case) == [(Kind.DUE_TODAY, 0)]


def test_a_sweep_takes_the_same_statements_for_one_and_for_many(city) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for codes, year in (("1.1", 2026), ("1.2 1.3 1.4 1.5 1.6 1.7 1.8 1.9 2.1 2.2", 2027)):
        city.rate(red=codes, period=f"{year}-Q1", now=at(year, 1, 5))
        ring_due(now=at(year, 1, 7))
        with CaptureQueriesContext(connection) as context:
            assert ring_due(now=at(year, 1, 8)) >= len(codes.split())
        counts.append(len(context))
    assert counts[0] == counts[1]


def test_one_case_can_be_rung_alone(city) -> None:
    one, other = city.open_case("1.1"), city.open_case("1.2")
    assert ring_due(now=at(2026, 10, 12), only=one) == 1
    assert (len(rung(one)), len(rung(other))) == (1, 0)
