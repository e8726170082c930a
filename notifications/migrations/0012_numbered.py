"""What was told before gets the place of its event."""

from django.db import migrations
from django.db.models import F, Max


def number(apps, schema_editor):
    told = apps.get_model("notifications", "Told").objects
    told.filter(position=None).update(position=F("event_id"))
    last = told.aggregate(last=Max("position"))["last"]
    if last:
        apps.get_model("notifications", "OutboxPosition").objects.update_or_create(
            pk=1, defaults={"last": last}
        )


class Migration(migrations.Migration):
    dependencies = [("notifications", "0011_positions")]
    operations = [migrations.RunPython(number, migrations.RunPython.noop)]
