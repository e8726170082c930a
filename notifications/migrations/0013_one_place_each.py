"""From now on nothing is told without a place, nor two things at one. In a step of its own: what is to be
bound must not have been written in the same transaction."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0012_numbered")]
    operations = [migrations.AlterField("told", "position", models.BigIntegerField(unique=True))]
