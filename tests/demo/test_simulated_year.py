"""A spring of a small city keeps every promise; and each check names the one thing that breaks it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import transaction

from demo.simulation.living import simulate
from demo.simulation.rows import day_of
from demo.simulation.seen import Seen
from demo.simulation.summary import summary
from demo.simulation.verdict import PROMISES, judge
from demo.simulation.year import Year

from .tampering import TAMPERINGS

#: From before New Year, over Tết, to after the holidays of May.
LAST = date(2026, 5, 8)


@pytest.fixture
def spring(reference) -> Year:
    return simulate(units=3, year=2026, seed=18091, until=LAST, share=0.5)


def test_a_spring_keeps_every_promise_and_each_check_can_fail(spring) -> None:
    seen = Seen(spring)
    assert judge(seen) == {promise: [] for promise in PROMISES}
    much_has_happened(seen)
    assert {promise for promise, _tamper in TAMPERINGS} == set(PROMISES)
    for promise, tamper in TAMPERINGS:
        with transaction.atomic():
            year = replace(spring, letters=list(spring.letters))
            words = tamper(seen, year.letters)
            broken = judge(Seen(year))
            transaction.set_rollback(True)
        assert any(words in said for said in broken[promise]), (tamper.__name__, words, broken)
        page = list(summary(seen, broken))
        assert any(line.startswith(f"  {promise}") and line.endswith("KHÔNG ĐẠT") for line in page)


def much_has_happened(seen: Seen) -> None:
    """Nothing is proved of a city in which nothing happens."""
    events = seen.facts.events.values()
    rung_on = {day_of(e.at) for e in events if e.kind in ("due_soon", "due_today", "overdue", "escalated")}
    assert date(2026, 1, 10) in rung_on  # a Saturday, worked for the second of January
    assert date(2026, 1, 2) not in rung_on
    # Before Tết the clock was switched off, and in the middle of it on again: it waited for the end.
    assert not [day for day in rung_on if date(2026, 2, 12) <= day <= date(2026, 2, 22)]
    assert {date(2026, 2, 23), date(2026, 5, 4)} <= rung_on
    assert {2, 20} <= {letter.at.hour for letter in seen.letters}  # what people do is told at night
    assert any(said.key.startswith("vacant ") for said in seen.facts.said)
    assert {"preference", "overtaken", "moved_on"} <= {said.withheld for said in seen.facts.said}
    assert {"escalated", "confirmed", "reopened", "extended", "handed_up"} <= {event.kind for event in events}
    assert any(office.until for office in seen.facts.offices)
    assert any(deputy.until for given in seen.facts.deputies_of.values() for deputy in given)
    assert [line[-3:] for line in summary(seen, judge(seen))][-len(PROMISES) :] == ["đạt"] * len(PROMISES)
