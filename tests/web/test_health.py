"""What machines that watch the service are told."""

from datetime import timedelta

import pytest
from django.db.migrations.recorder import MigrationRecorder

from notifications.models import Message, MessageState
from notifications.telling import tell
from tests.conftest import WEDNESDAY
from workflow.clock import database_now
from workflow.models import Round, Timer
from workflow.rounds import has_asked, has_run

RING = "workflow.tasks.ring_due"


@pytest.fixture
def with_a_worker(reference):
    """A worker that has just finished the round that rings."""
    has_run(RING)


@pytest.fixture
def with_a_clock(with_a_worker):
    """A clock that has asked for each of its rounds a moment ago, with somebody to do them."""
    for name in Round.objects.values_list("name", flat=True):
        has_asked(name)


def silent_for(seconds):
    Round.objects.update(asked_at=database_now() - timedelta(seconds=seconds))


def test_alive_asks_the_database_nothing(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")


def test_ready_says_what_it_looked_at(client, with_a_clock):
    response = client.get("/readyz")
    assert response.status_code == 200
    answer = response.json()
    assert answer["ready"] is True
    assert {answer[name] for name in ("database", "migrations", "broker", "clock", "worker")} == {"ok"}
    for round in Round.objects.all():
        told = {"is_on": True, "asked_at": round.asked_at.isoformat(), "ran_at": None}
        if round.task == RING:
            told["ran_at"] = round.ran_at.isoformat()
        assert answer["rounds"][round.name] == told
    assert len(answer["rounds"]) == Round.objects.count() > 1


def test_a_waiting_migration_is_not_ready(client, db):
    MigrationRecorder.Migration.objects.filter(app="workflow").latest("id").delete()
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["migrations"] == "1 waiting"


@pytest.mark.parametrize(("shortest", "patience"), [(5, 120), (20, 120), (60, 180), (600, 1800)])
def test_a_clock_silent_for_longer_than_it_may_be_is_not_ready(client, with_a_worker, shortest, patience):
    Round.objects.update(every_seconds=3600)
    Round.objects.filter(task="workflow.tasks.ring_due").update(every_seconds=shortest)
    Round.objects.filter(task="notifications.tasks.tell").update(every_seconds=5, is_on=False)
    silent_for(patience - 5)
    assert client.get("/readyz").status_code == 200
    silent_for(patience + 5)
    response = client.get("/readyz")
    said = Round.objects.latest("asked_at").asked_at.isoformat()
    assert (response.status_code, response.json()["clock"]) == (503, f"silent since {said}")


def test_a_clock_that_never_began_or_was_switched_off_is_not_ready(client, with_a_worker):
    assert client.get("/readyz").json()["clock"] == "has not begun"
    silent_for(1)
    assert client.get("/readyz").status_code == 200
    Round.objects.update(is_on=False)
    response = client.get("/readyz")
    assert (response.status_code, response.json()["clock"]) == (503, "switched off")


def ring(**columns):
    Round.objects.filter(task=RING).update(**columns)


def ago(minutes):
    return database_now() - timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"is_on": False}, "rings no deadlines: switched off"),
        ({"asked_at": None}, "rings no deadlines: has not begun"),
    ],
)
def test_other_rounds_do_not_speak_for_the_one_that_rings(client, with_a_clock, columns, said):
    ring(**columns)
    response = client.get("/readyz")
    assert (response.status_code, response.json()["clock"]) == (503, said)


def test_a_round_that_rings_and_is_no_more_asked_for_is_not_ready(client, with_a_clock):
    ring(asked_at=ago(2.9), ran_at=ago(2.9))
    assert client.get("/readyz").status_code == 200
    at = ago(3.1)
    ring(asked_at=at, ran_at=at)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["clock"] == f"rings no deadlines since {at.isoformat()}"
    assert response.json()["worker"] == "ok"


@pytest.mark.parametrize(("seconds", "patience"), [(5, 10), (60, 10), (600, 100)])
def test_a_worker_that_rings_no_more_is_not_ready(client, with_a_clock, seconds, patience):
    for task in ("tell", "deliver"):
        has_run(f"notifications.tasks.{task}")
    ring(every_seconds=seconds, ran_at=ago(patience - 0.5))
    assert client.get("/readyz").status_code == 200
    at = ago(patience + 0.5)
    ring(ran_at=at)
    response = client.get("/readyz")
    assert (response.status_code, response.json()["worker"]) == (503, f"silent since {at.isoformat()}")
    assert response.json()["clock"] == "ok"


def test_a_worker_that_never_rang_is_not_ready(client, with_a_clock):
    ring(ran_at=None)
    response = client.get("/readyz")
    assert (response.status_code, response.json()["worker"]) == (503, "has not begun")


def test_a_silent_clock_is_not_laid_at_the_workers_door(client, with_a_clock):
    Round.objects.update(asked_at=ago(5000), ran_at=ago(5000))
    answer = client.get("/readyz").json()
    assert answer["worker"] == "ok"
    assert answer["clock"].startswith("silent since")


@pytest.mark.parametrize("is_ready", [True, False])
def test_what_waits_is_told_whether_ready_or_not(client, with_a_clock, city, is_ready):
    city.assigned()
    tell(now=WEDNESDAY)
    waiting, doubtful = Message.objects.order_by("pk")
    at = ago(30)
    Message.objects.filter(pk=waiting.pk).update(next_at=at)
    Message.objects.filter(pk=doubtful.pk).update(state=MessageState.IN_DOUBT)
    Timer.objects.update(next_at=at)
    Round.objects.update(is_on=is_ready)
    response = client.get("/readyz")
    assert response.status_code == (200 if is_ready else 503)
    assert response.json()["since"] == {"timer": at.isoformat(), "mail": at.isoformat(), "webhook": None}
    assert response.json()["unsettled"] == {"in_doubt": 1, "failed": 0}
    Message.objects.filter(pk=doubtful.pk).update(settled_at=at)
    Message.objects.filter(pk=waiting.pk).update(state=MessageState.FAILED)
    assert client.get("/readyz").json()["unsettled"] == {"in_doubt": 0, "failed": 1}
    Message.objects.filter(pk=waiting.pk).update(channel="webhook")
    assert client.get("/readyz").json()["unsettled"] == {"in_doubt": 0, "failed": 0}
