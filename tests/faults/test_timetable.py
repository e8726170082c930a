"""The knobs of the queue fit each other, and the timetable names only what there is to do."""

import importlib
import sys
from datetime import timedelta

import pytest
import yaml
from django.conf import settings

from config.beat import EXPIRES_AFTER
from config.celery import app
from notifications import wire
from notifications.claims import LEASE
from notifications.delivery import WORKS_FOR_SECONDS
from notifications.smtp import ANSWERS_WITHIN_SECONDS
from workflow.models import SHORTEST_ROUND_SECONDS, Round
from workflow.rounds import rounds_of

sys.path.insert(0, str(settings.BASE_DIR / "script"))
import serve


def test_the_timetable_asks_for_tasks_that_exist_and_lets_none_pile_up() -> None:
    app.loader.import_default_modules()
    asked = {row["task"] for row in app.conf.beat_schedule.values()}
    ours = {name for name in app.tasks if not name.startswith("celery.")}
    assert {"workflow.tasks.ring_due", "notifications.tasks.tell", "notifications.tasks.deliver"} <= asked
    assert "notifications.tasks.deliver_webhooks" in asked
    assert asked <= ours
    assert 0 < EXPIRES_AFTER < 1
    for row in app.conf.beat_schedule.values():
        assert SHORTEST_ROUND_SECONDS <= row["schedule"] <= 60


def test_the_rounds_kept_from_the_start_are_those_of_the_timetable() -> None:
    migration = importlib.import_module("workflow.migrations.0006_rounds_of_the_clock")
    written = {(name, row["task"], row["schedule"]) for name, row in app.conf.beat_schedule.items()}
    assert set(migration.ROUNDS) <= written


@pytest.mark.parametrize("task", [row["task"] for row in app.conf.beat_schedule.values()])
def test_every_round_notes_that_it_has_run(city, task: str) -> None:
    rounds_of(app.conf.beat_schedule)
    assert Round.objects.get(task=task).ran_at is None
    app.loader.import_default_modules()
    app.tasks[task]()
    assert list(Round.objects.exclude(ran_at=None).values_list("task", flat=True)) == [task]


def test_every_task_waits_in_a_queue_that_a_worker_serves_and_mail_never_before_the_clock() -> None:
    app.loader.import_default_modules()
    ours = {name for name in app.tasks if not name.startswith("celery.")}
    assert ours <= set(app.conf.task_routes)
    queues = {route["queue"] for route in app.conf.task_routes.values()}
    assert queues == {queue.name for queue in app.conf.task_queues}
    compose = yaml.safe_load((settings.BASE_DIR / "docker-compose.yml").read_text())["services"]
    in_compose = [service["command"].split() for service in compose.values() if "worker" in str(service)]
    at_home = list(serve.commands("localhost", 1, "redis://").values())
    for commands in (in_compose, at_home):
        served = [
            set(words[words.index("--queues") + 1].split(",")) for words in commands if "worker" in words
        ]
        assert sorted(map(sorted, served)) == [["clock"], ["mail", "webhooks"]]
        assert set.union(*served) == queues


def test_a_task_that_was_killed_is_done_again_and_none_that_lives_is_done_twice() -> None:
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
    longest = app.conf.task_time_limit
    assert app.conf.broker_transport_options["visibility_timeout"] > longest > app.conf.task_soft_time_limit
    assert timedelta(seconds=longest) < LEASE


def test_a_delivery_ends_by_itself_long_before_it_is_ended() -> None:
    slowest_mail = 3 * settings.EMAIL_TIMEOUT + ANSWERS_WITHIN_SECONDS
    assert WORKS_FOR_SECONDS + slowest_mail <= app.conf.task_soft_time_limit
    slowest_webhook = wire.CONNECTS_WITHIN_SECONDS + wire.ANSWERS_WITHIN_SECONDS
    assert WORKS_FOR_SECONDS + slowest_webhook <= app.conf.task_soft_time_limit
