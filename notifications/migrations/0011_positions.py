"""Everything told gets a place in the order of telling: first the room for it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0010_invitations")]
    operations = [
        migrations.AddField("outboxposition", "last", models.BigIntegerField(default=0)),
        migrations.AddField("told", "position", models.BigIntegerField(null=True)),
    ]
