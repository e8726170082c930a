"""A ward's cases in one state are found among its own, whatever statistics a database has."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workflow", "0009_audit_notes")]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["unit", "state", "id"], name="case_by_unit_and_state"),
        )
    ]
