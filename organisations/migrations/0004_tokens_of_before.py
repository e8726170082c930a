"""Tokens made before they had names and scopes go on working, as tokens that may do everything; the table
of the library, which nothing asks any more and which would hold on to people, goes."""

from django.conf import settings
from django.db import migrations

#: In SQL: the framework would date every token it copies as made today.
MOVE = """
    INSERT INTO organisations_accesstoken (digest, token_key, user_id, created, expiry, name, scope)
    SELECT digest, token_key, user_id, created, expiry, 'trước đây', 'write' FROM knox_authtoken
"""
MOVE_BACK = """
    INSERT INTO knox_authtoken (digest, token_key, user_id, created, expiry)
    SELECT digest, token_key, user_id, created, expiry FROM organisations_accesstoken
"""


def move(apps, schema_editor):
    schema_editor.execute(MOVE)
    schema_editor.delete_model(apps.get_model("knox", "AuthToken"))


def move_back(apps, schema_editor):
    # With what refers to people made at once, so that the rows are checked as they come.
    schema_editor.create_model(apps.get_model("knox", "AuthToken"))
    schema_editor.execute(MOVE_BACK)
    schema_editor.execute("DELETE FROM organisations_accesstoken")


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0003_access_token"),
        ("knox", "0009_extend_authtoken_field"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [migrations.RunPython(move, move_back)]
