"""The clock's rounds move into the database, each beginning as often as it was asked for until now."""

import django.core.validators
from django.db import migrations, models

ROUNDS = (
    ("ring what has come due", "workflow.tasks.ring_due", 60),
    ("tell what nobody has been told yet", "notifications.tasks.tell", 20),
    ("deliver the mail that is waiting", "notifications.tasks.deliver", 20),
)


def load(apps, schema_editor):
    """The clock itself adds what it misses; these are there to be seen before it first goes round."""
    model = apps.get_model("workflow", "Round")
    model.objects.bulk_create(
        model(name=name, task=task, every_seconds=every_seconds) for name, task, every_seconds in ROUNDS
    )


class Migration(migrations.Migration):
    dependencies = [
        ("workflow", "0005_city_and_hand_over"),
    ]

    operations = [
        migrations.CreateModel(
            name="Round",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="việc")),
                ("task", models.CharField(max_length=100, verbose_name="tác vụ")),
                (
                    "every_seconds",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(5),
                            django.core.validators.MaxValueValidator(3600),
                        ],
                        verbose_name="cách nhau (giây)",
                    ),
                ),
                ("is_on", models.BooleanField(default=True, verbose_name="đang bật")),
                (
                    "asked_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="gọi gần nhất lúc"),
                ),
                (
                    "ran_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="xong gần nhất lúc"),
                ),
            ],
            options={
                "verbose_name": "vòng của đồng hồ",
                "verbose_name_plural": "vòng của đồng hồ",
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("every_seconds__gte", 5), ("every_seconds__lte", 3600)),
                        name="round_is_neither_rush_nor_rest",
                    )
                ],
            },
        ),
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
