"""What the city noted is found among all events without reading them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workflow", "0008_saved_filters")]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("kind", "audit_noted")), fields=["-id"], name="event_audit_noted"
            ),
        )
    ]
