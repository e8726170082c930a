"""The timetable that the clock goes by, at each of its ticks."""

from datetime import timedelta

import pytest
import time_machine
from celery import Celery

from config import beat
from config.celery import app as ours
from tests.conftest import WEDNESDAY
from workflow.models import Round

# A clock has no transaction around it, and lets its old connections go.
pytestmark = pytest.mark.django_db(transaction=True)

RING, TELL, DELIVER, *_later = ours.conf.beat_schedule


@pytest.fixture
def timetable(reference, monkeypatch):
    """A clock that reads its timetable at every tick, and a queue that nobody empties."""
    monkeypatch.setattr(beat, "READS_EVERY_SECONDS", 0)
    three = {name: ours.conf.beat_schedule[name] for name in (RING, TELL, DELIVER)}
    app = Celery(broker="memory://", task_ignore_result=True, beat_schedule=three)
    return beat.Timetable(app=app)


def asked(timetable, ticks=8):
    """How often each round has been asked for, after some ticks more."""
    for _n in range(ticks):
        timetable.tick()
    return {name: entry.total_run_count for name, entry in timetable.schedule.items()}


def test_everything_is_asked_for_at_once_and_then_at_its_pace(timetable):
    with time_machine.travel(WEDNESDAY, tick=False) as clock:
        assert asked(timetable) == {RING: 1, TELL: 1, DELIVER: 1}
        clock.shift(21)
        assert asked(timetable) == {RING: 1, TELL: 2, DELIVER: 2}
        clock.shift(40)
        assert asked(timetable) == {RING: 2, TELL: 3, DELIVER: 3}


def test_a_longer_pace_holds_from_the_last_time_on(timetable):
    with time_machine.travel(WEDNESDAY, tick=False) as clock:
        asked(timetable)
        Round.objects.filter(name=TELL).update(every_seconds=300)
        clock.shift(290)
        assert asked(timetable)[TELL] == 1
        clock.shift(11)
        assert asked(timetable)[TELL] == 2


def test_a_pace_longer_than_the_clock_ever_lives_is_still_begun_with(timetable):
    Round.objects.update(every_seconds=3600)
    assert asked(timetable) == {RING: 1, TELL: 1, DELIVER: 1}


def test_what_is_switched_off_is_not_asked_for_and_on_again_is_at_once(timetable):
    Round.objects.filter(name=DELIVER).update(is_on=False)
    with time_machine.travel(WEDNESDAY, tick=False) as clock:
        assert asked(timetable) == {RING: 1, TELL: 1}
        clock.shift(3600)
        assert asked(timetable) == {RING: 2, TELL: 2}
        Round.objects.filter(name=DELIVER).update(is_on=True)
        assert asked(timetable) == {RING: 2, TELL: 2, DELIVER: 1}
        Round.objects.update(is_on=False)
        clock.shift(3600)
        assert asked(timetable) == {}


def test_a_round_that_the_code_no_longer_knows_is_left_alone(timetable):
    Round.objects.create(name="what was done of old", task="workflow.tasks.of_old", every_seconds=5)
    assert set(asked(timetable)) == {RING, TELL, DELIVER}


def test_a_machine_whose_clock_is_set_back_by_days_does_not_fall_silent(timetable):
    with time_machine.travel(WEDNESDAY + timedelta(days=3), tick=False):
        asked(timetable)
    with time_machine.travel(WEDNESDAY, tick=False) as clock:
        assert asked(timetable) == {RING: 1, TELL: 1, DELIVER: 1}  # once more: it counts anew
        noted = set(Round.objects.values_list("asked_at", flat=True))
        clock.shift(61)
        assert asked(timetable) == {RING: 2, TELL: 2, DELIVER: 2}
        assert not noted & set(Round.objects.values_list("asked_at", flat=True))
