"""The knobs of the queue fit each other, and the timetable names only what there is to do."""

from datetime import timedelta

from django.conf import settings

from config.celery import app
from notifications.delivery import LEASE, WORKS_FOR_SECONDS
from notifications.smtp import ANSWERS_WITHIN_SECONDS


def test_the_timetable_asks_for_tasks_that_exist_and_lets_none_pile_up() -> None:
    app.loader.import_default_modules()
    asked = {row["task"] for row in app.conf.beat_schedule.values()}
    ours = {name for name in app.tasks if not name.startswith("celery.")}
    assert asked <= ours
    assert asked == {"workflow.tasks.ring_due", "notifications.tasks.tell", "notifications.tasks.deliver"}
    for row in app.conf.beat_schedule.values():
        assert row["options"]["expires"] < row["schedule"] <= 60


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
