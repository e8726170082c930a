"""Tokens made before they had names and scopes go on working, as tokens that may do everything."""

from django.conf import settings
from django.db import migrations

#: In SQL: the framework would date every token it copies as made today.
MOVE = [
    (
        """
        INSERT INTO organisations_accesstoken (digest, token_key, user_id, created, expiry, name, scope)
        SELECT digest, token_key, user_id, created, expiry, %s, %s FROM knox_authtoken
        """,
        ["trước đây", "write"],
    ),
    ("DELETE FROM knox_authtoken", []),
]
MOVE_BACK = [
    (
        """
        INSERT INTO knox_authtoken (digest, token_key, user_id, created, expiry)
        SELECT digest, token_key, user_id, created, expiry FROM organisations_accesstoken
        """,
        [],
    ),
    ("DELETE FROM organisations_accesstoken", []),
]


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0003_access_token"),
        ("knox", "0009_extend_authtoken_field"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [migrations.RunSQL(MOVE, MOVE_BACK)]
