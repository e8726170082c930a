"""The queue and the timetable: what happens by itself, and when."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("ve_xanh")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# How each round begins, in seconds; from then on the administrator sets it (config/beat.py).
app.conf.beat_schedule = {
    "ring what has come due": {"task": "workflow.tasks.ring_due", "schedule": 60},
    "tell what nobody has been told yet": {"task": "notifications.tasks.tell", "schedule": 20},
    "deliver the mail that is waiting": {"task": "notifications.tasks.deliver", "schedule": 20},
    "tell webhooks what is waiting": {"task": "notifications.tasks.deliver_webhooks", "schedule": 20},
    "forget answers that are a day old": {"task": "api.tasks.forget", "schedule": 60},
}
