"""Everything told gets its place in the order of telling; what was told before, that of its event."""

from django.db import migrations, models
from django.db.models import F, Max


def number(apps, schema_editor):
    told = apps.get_model("notifications", "Told").objects
    told.update(position=F("event_id"))
    last = told.aggregate(last=Max("position"))["last"]
    if last:
        apps.get_model("notifications", "OutboxPosition").objects.update_or_create(
            pk=1, defaults={"last": last}
        )


class Migration(migrations.Migration):
    # PostgreSQL alters no table that it has just written to in the same transaction.
    atomic = False
    dependencies = [("notifications", "0010_invitations")]

    operations = [
        migrations.AddField("outboxposition", "last", models.BigIntegerField(default=0)),
        migrations.AddField("told", "position", models.BigIntegerField(null=True)),
        migrations.RunPython(number, migrations.RunPython.noop),
        migrations.AlterField("told", "position", models.BigIntegerField(unique=True)),
    ]
