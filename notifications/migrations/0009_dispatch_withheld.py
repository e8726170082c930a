from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0008_patience")]

    operations = [
        migrations.AddIndex(
            model_name="dispatch",
            index=models.Index(
                condition=models.Q(("withheld", ""), _negated=True),
                fields=["notification"],
                name="dispatch_withheld",
            ),
        ),
    ]
