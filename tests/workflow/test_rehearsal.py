"""What the clock would ring is what it then rings: the rehearsal and the round cannot differ."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actions.operations import plan_action
from tests.conftest import WEDNESDAY
from workflow import clock
from workflow.clock import ring_due, would_ring
from workflow.models import Case, Event, Timer

from .test_clock import at


@pytest.fixture
def busy(city):
    """Cases of every state whose timer runs, with corrective actions of several people among them."""
    city.rate(red="1.1 1.2", yellow="1.3 1.4", now=at(2026, 9, 1))
    city.assigned(city.open_case("2.1"))
    city.open_case("2.8")
    case = city.in_progress(city.open_case("2.2"))
    owners = (city.supporter, city.staff)
    for day, owner in ((16, owners[0]), (20, owners[1]), (20, owners[0])):
        due_on = date(2026, 10, day)
        plan_action(case, by=city.staff, description="Lập sổ", owner=owner, due_on=due_on, now=WEDNESDAY)
    city.in_verification(city.open_case("2.3"))
    city.monitored(city.open_case("2.4"))
    city.handed_up(city.open_case("2.5"))
    city.with_city(city.open_case("2.6"))
    city.closed(city.open_case("2.7"))
    return city


def told(events) -> list[tuple]:
    return [(e.case_id, str(e.kind), e.changes, e.once, e.at) for e in events]


ROUNDS = [
    (at(2026, 10, 7), "a backlog of weeks, rung on the day the clock is started"),
    (at(2026, 10, 9, 8), "a morning"),
    (at(2026, 10, 12), "the day to assign by"),
    (at(2026, 10, 21), "corrective actions late by a day and by three"),
    (at(2027, 2, 19), "the whole winter and Tết at once"),
]


def test_what_it_foretells_is_what_it_writes(busy, monkeypatch) -> None:
    monkeypatch.setattr(clock, "BATCH_SIZE", 3)  # in many batches, as in a large city
    kinds, of_actions = set(), 0
    for now, why in ROUNDS:
        foretold = told(would_ring(now=now))
        last = Event.objects.order_by("-pk").values_list("pk", flat=True)[0]
        assert ring_due(now=now) == len(foretold) > 0, why
        assert told(Event.objects.filter(pk__gt=last).order_by("pk")) == foretold, why
        assert would_ring(now=now) == [], why
        kinds |= {kind for _case, kind, *_rest in foretold}
        of_actions += sum("corrective_action" in changes for _c, _k, changes, *_rest in foretold)
    assert kinds == {"due_soon", "due_today", "overdue", "escalated"}
    assert of_actions >= 4


@pytest.mark.parametrize(
    "now", [at(2026, 10, 12, 7), at(2026, 10, 12, 18), at(2026, 10, 11), at(2027, 2, 8)], ids=str
)
def test_out_of_office_and_on_rest_days_it_foretells_nothing(busy, now: datetime) -> None:
    assert would_ring(now=now) == []
    assert ring_due(now=now) == 0


def test_a_rehearsal_leaves_no_trace(busy) -> None:
    timers, heads = list(Timer.objects.order_by("pk").values()), list(Case.objects.order_by("pk").values())
    count = Event.objects.count()
    with CaptureQueriesContext(connection) as asked:
        assert would_ring(now=at(2026, 10, 12))
    assert all(query["sql"].startswith("SELECT") for query in asked)
    assert not any("FOR " in query["sql"] for query in asked)
    assert list(Timer.objects.order_by("pk").values()) == timers
    assert list(Case.objects.order_by("pk").values()) == heads
    assert Event.objects.count() == count


def test_whom_it_would_concern_is_read_with_it(busy) -> None:
    with CaptureQueriesContext(connection) as asked:
        events = would_ring(now=at(2026, 10, 12))
        for event in events:
            assert (event.case.unit.parent, event.case.policy.colour, event.pk) == (
                busy.unit,
                event.case.colour,
                None,
            )
    assert len(events) > 5
    reads = [q["sql"] for q in asked if "workflow_" in q["sql"]]
    assert len(reads) == 2  # the calendar, and the timers with what they belong to
