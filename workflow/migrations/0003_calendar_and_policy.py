"""The calendar and the deadlines policy the project ships; the administrator may change both."""

import csv
from datetime import date
from pathlib import Path

from django.db import migrations

CALENDAR = Path(__file__).parent.parent / "data" / "calendar-vn.csv"


def load(apps, schema_editor):
    CalendarDay = apps.get_model("workflow", "CalendarDay")
    Policy = apps.get_model("workflow", "Policy")
    with CALENDAR.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            CalendarDay.objects.create(
                on=date.fromisoformat(row["on"]),
                is_working=row["working"] == "yes",
                name=row["name"],
                source=row["source"],
                is_certain=row["certain"] == "yes",
            )
    for colour, assign, complete, verify, check in [
        ("red", 3, 30, 5, 60),
        ("yellow", 5, 60, 5, 30),
    ]:
        Policy.objects.create(
            colour=colour,
            valid_from=date(2020, 1, 1),
            assign_within_working_days=assign,
            complete_within_days=complete,
            verify_within_working_days=verify,
            check_after_days=check,
            verifier="chairperson",
        )


class Migration(migrations.Migration):
    dependencies = [("workflow", "0002_append_only")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
