"""What a notification went out by is in its own table now."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("notifications", "0005_channels")]

    operations = [migrations.RemoveField(model_name="notification", name="message")]
