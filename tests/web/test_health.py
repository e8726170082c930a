"""What machines that watch the service are told."""

from datetime import timedelta

import pytest
from django.db.migrations.recorder import MigrationRecorder

from workflow.clock import database_now
from workflow.models import Round
from workflow.rounds import has_asked, has_run


@pytest.fixture
def with_a_clock(reference):
    """A clock that has asked for each of its rounds a moment ago."""
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
    asked_at = Round.objects.latest("asked_at").asked_at
    assert answer["clock"] == {"asked_at": asked_at.isoformat(), "ran_at": None}
    assert {answer[name] for name in ("database", "migrations", "broker")} == {"ok"}


def test_a_waiting_migration_is_not_ready(client, db):
    MigrationRecorder.Migration.objects.filter(app="workflow").latest("id").delete()
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["migrations"] == "1 waiting"


def test_what_a_worker_finished_last_is_told(client, with_a_clock):
    has_run("workflow.tasks.ring_due")
    ran_at = Round.objects.get(task="workflow.tasks.ring_due").ran_at
    assert client.get("/readyz").json()["clock"]["ran_at"] == ran_at.isoformat()


@pytest.mark.parametrize(("shortest", "patience"), [(5, 120), (20, 120), (60, 180), (600, 1800)])
def test_a_clock_silent_for_longer_than_it_may_be_is_not_ready(client, reference, shortest, patience):
    Round.objects.update(every_seconds=3600)
    Round.objects.filter(task="workflow.tasks.ring_due").update(every_seconds=shortest)
    Round.objects.filter(task="notifications.tasks.tell").update(every_seconds=5, is_on=False)
    silent_for(patience - 5)
    assert client.get("/readyz").status_code == 200
    silent_for(patience + 5)
    response = client.get("/readyz")
    said = Round.objects.latest("asked_at").asked_at.isoformat()
    assert (response.status_code, response.json()["clock"]) == (503, f"silent since {said}")


def test_a_clock_that_never_began_or_was_switched_off_is_not_ready(client, reference):
    assert client.get("/readyz").json()["clock"] == "has not begun"
    silent_for(1)
    assert client.get("/readyz").status_code == 200
    Round.objects.update(is_on=False)
    response = client.get("/readyz")
    assert (response.status_code, response.json()["clock"]) == (503, "switched off")
