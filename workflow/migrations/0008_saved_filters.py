"""Saved filters move from the pages into this room: the table and its rows stay as they are."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workflow", "0007_words"),
        # Where the table was made.
        ("web", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="SavedFilter",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=60, verbose_name="tên")),
                        ("query", models.CharField(max_length=1000)),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="saved_filters",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "bộ lọc đã lưu",
                        "verbose_name_plural": "bộ lọc đã lưu",
                        "db_table": "web_savedfilter",
                        "ordering": ["name", "id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("owner", "name"), name="one_saved_filter_a_name")
                        ],
                    },
                )
            ]
        )
    ]
