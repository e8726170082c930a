"""The queue and the timetable: what happens by itself, and when."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("ve_xanh")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# A nudge that nobody took in time is dropped: the next one finds the same work.
app.conf.beat_schedule = {
    "every minute, ring what has come due": {
        "task": "workflow.tasks.ring_due",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    "every 20 seconds, tell what nobody has been told yet": {
        "task": "notifications.tasks.tell",
        "schedule": 20.0,
        "options": {"expires": 18},
    },
    "every 20 seconds, deliver the mail that is waiting": {
        "task": "notifications.tasks.deliver",
        "schedule": 20.0,
        "options": {"expires": 18},
    },
}
