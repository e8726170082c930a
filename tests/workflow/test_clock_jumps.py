"""A clock that was ahead, was set back or stood still rings nothing twice and nothing late."""

from __future__ import annotations

from datetime import date

from workflow.checking import Checked
from workflow.clock import ring_due
from workflow.models import Timer
from workflow.vocabulary import CLOCK_KINDS, Kind

from .test_clock import at, rung


def days(case) -> list[date]:
    return [e.at.date() for e in case.events.filter(kind__in=CLOCK_KINDS).order_by("seq")]


def test_a_clock_three_days_ahead_and_set_back_rings_nothing_twice(city) -> None:
    case = city.open_case()  # to be assigned by Monday 12 October
    assert ring_due(now=at(2026, 10, 12)) == 1
    assert rung(case) == [(Kind.DUE_TODAY, 0)]
    for day in (9, 10, 11, 12):  # set back to Friday, whose milestone it has gone past
        for hour in (8, 9, 17):
            assert ring_due(now=at(2026, 10, day, hour)) == 0
    for day in (13, 14, 15, 16):
        ring_due(now=at(2026, 10, day))
        ring_due(now=at(2026, 10, day, 10))
    assert rung(case) == [(Kind.DUE_TODAY, 0), (Kind.OVERDUE, 1), (Kind.OVERDUE, 3)]
    assert days(case) == [date(2026, 10, 12), date(2026, 10, 13), date(2026, 10, 15)]
    assert not list(Checked().breaks())


def test_a_clock_a_year_ahead_falls_silent_until_then_and_no_longer(city) -> None:
    case = city.open_case()
    assert ring_due(now=at(2027, 10, 12)) == 1
    ((_kind, milestone),) = rung(case)
    for day in (12, 13, 15):
        assert ring_due(now=at(2026, 10, day)) == 0
    next_at = Timer.objects.get(case=case).next_at
    assert at(2027, 10, 12) < next_at < at(2027, 10, 21)
    assert ring_due(now=next_at) == 1
    assert rung(case)[1:] == [(Kind.ESCALATED, milestone + 5)]


def test_a_case_moved_on_after_the_clock_was_set_back_rings_by_its_new_deadline(city) -> None:
    case = city.open_case()
    ring_due(now=at(2026, 10, 30))  # ahead by weeks
    assert [kind for kind, _m in rung(case)] == [Kind.ESCALATED]
    case = city.in_progress(case)  # on Wednesday 7 October, as it really is
    assert case.due_on == date(2026, 11, 6)
    for day in range(7, 28):
        assert ring_due(now=at(2026, 10, day)) == 0
    assert ring_due(now=at(2026, 10, 28)) == 1
    assert rung(case)[1:] == [(Kind.DUE_SOON, -7)]


def test_an_hour_set_back_and_forth_over_the_opening_of_a_day(city) -> None:
    case = city.open_case()
    opening = at(2026, 10, 12, 8)
    assert [ring_due(now=now) for now in (opening, at(2026, 10, 12, 7), opening, at(2026, 10, 11, 8))] == [
        1, 0, 0, 0,
    ]  # fmt: skip
    assert rung(case) == [(Kind.DUE_TODAY, 0)]


def test_a_fortnight_without_a_clock_over_tet_rings_the_newest_milestone_only(city) -> None:
    late = city.open_case("1.1", now=at(2027, 1, 25))  # to be assigned by Thursday 28 January
    soon = city.in_progress(city.open_case("1.2"), due_on=date(2027, 2, 15))
    for day in (26, 27):
        ring_due(now=at(2027, 1, day))
    assert (rung(late), rung(soon)) == ([(Kind.DUE_SOON, -1)], [])
    # Nobody is there from 28 January to 10 February; Tết lasts from the 4th to the 10th.
    for day in (4, 8, 10):
        assert ring_due(now=at(2027, 2, day)) == 0
    assert ring_due(now=at(2027, 2, 11)) == 2
    assert ring_due(now=at(2027, 2, 11, 10)) == 0
    assert rung(late)[1:] == [(Kind.OVERDUE, 3)]
    assert rung(soon) == [(Kind.DUE_SOON, -3)]
    for day in (12, 13, 14, 15):
        ring_due(now=at(2027, 2, day))
    assert rung(late)[2:] == [(Kind.ESCALATED, 7)]
    assert rung(soon)[1:] == [(Kind.DUE_SOON, -1), (Kind.DUE_TODAY, 0)]
