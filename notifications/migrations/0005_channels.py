"""Ways out of the product: whatever a notification went into is a row of its own, by channel."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0004_kinds"),
        ("organisations", "0002_codes_given_on"),
        ("workflow", "0005_city_and_hand_over"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Dispatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("channel", models.CharField(max_length=20)),
                (
                    "withheld",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("preference", "Người nhận chọn không nhận"),
                            ("no_address", "Người nhận không có địa chỉ"),
                            ("left", "Không còn thuộc việc của người nhận"),
                            ("moved_on", "Hồ sơ đã sang bước khác"),
                            ("overtaken", "Đã có nhắc việc mới hơn"),
                        ],
                        max_length=10,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Preference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("channel", models.CharField(max_length=20)),
                (
                    "steps",
                    models.CharField(
                        choices=[
                            ("immediate", "Gửi ngay"),
                            ("digest", "Gộp mỗi ngày một thư"),
                            ("off", "Không gửi"),
                        ],
                        default="immediate",
                        max_length=9,
                    ),
                ),
                (
                    "reminders",
                    models.CharField(
                        choices=[
                            ("immediate", "Gửi ngay"),
                            ("digest", "Gộp mỗi ngày một thư"),
                            ("off", "Không gửi"),
                        ],
                        default="digest",
                        max_length=9,
                    ),
                ),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="message",
            name="one_digest_a_person_and_day",
        ),
        migrations.RemoveIndex(
            model_name="message",
            name="message_pending",
        ),
        migrations.AddField(
            model_name="message",
            name="channel",
            field=models.CharField(default="mail", max_length=20),
        ),
        migrations.AlterField(
            model_name="message",
            name="recipient",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="messages",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state", "pending")),
                fields=["channel", "next_at", "id"],
                name="message_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state__in", ["in_doubt", "failed"])),
                fields=["state", "id"],
                name="message_troubled",
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("case", None)), fields=["key"], name="notification_of_several"
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(fields=["unit", "-id"], name="notification_by_unit"),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                condition=models.Q(("digest_on__isnull", False)),
                fields=("recipient", "channel", "digest_on"),
                name="one_digest_a_person_channel_and_day",
            ),
        ),
        migrations.AddField(
            model_name="dispatch",
            name="message",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="dispatches",
                to="notifications.message",
            ),
        ),
        migrations.AddField(
            model_name="dispatch",
            name="notification",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="dispatches",
                to="notifications.notification",
            ),
        ),
        migrations.AddField(
            model_name="preference",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="preferences",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="dispatch",
            constraint=models.UniqueConstraint(
                fields=("notification", "channel"), name="one_way_out_a_channel"
            ),
        ),
        migrations.AddConstraint(
            model_name="dispatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("message__isnull", False), models.Q(("withheld", ""), _negated=True), _connector="OR"
                ),
                name="sent_or_withheld",
            ),
        ),
        migrations.AddConstraint(
            model_name="preference",
            constraint=models.UniqueConstraint(fields=("user", "channel"), name="one_preference_a_channel"),
        ),
        migrations.AddConstraint(
            model_name="preference",
            constraint=models.CheckConstraint(
                condition=models.Q(("reminders", "immediate"), _negated=True),
                name="reminders_are_never_sent_one_by_one",
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="state",
            field=models.CharField(
                choices=[
                    ("pending", "Chờ gửi"),
                    ("claimed", "Đang gửi"),
                    ("released", "Đang chờ trả lời"),
                    ("sent", "Đã gửi"),
                    ("in_doubt", "Chưa rõ đã đến hay chưa"),
                    ("failed", "Không gửi được"),
                    ("suppressed", "Không cần gửi nữa"),
                ],
                default="pending",
                max_length=10,
            ),
        ),
        # Each mail that a notification went into becomes its way out.
        migrations.RunSQL(
            "INSERT INTO notifications_dispatch (notification_id, channel, message_id, withheld)"
            " SELECT id, 'mail', message_id, '' FROM notifications_notification"
            " WHERE message_id IS NOT NULL",
            migrations.RunSQL.noop,
        ),
    ]
