"""The queue and the timetable: what happens by itself, and when."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("ve_xanh")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    "every minute, ring what has come due": {
        "task": "workflow.tasks.ring_due",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    "every minute, tell what nobody has been told yet": {
        "task": "notifications.tasks.tell",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    "every half minute, deliver the mail that is waiting": {
        "task": "notifications.tasks.deliver",
        "schedule": 30.0,
        "options": {"expires": 25},
    },
}
