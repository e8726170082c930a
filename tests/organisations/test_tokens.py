"""Tokens as operations: who makes one for whom, how many, and those of before there were names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from knox.models import get_digest_token, get_token_model

from organisations.access import AccessToken, Scope
from organisations.models import User
from organisations.people import deactivate
from organisations.refusals import Invalid, NotNow, NotYours
from organisations.tokens import MOST_TOKENS, issue, revoke, tokens_of
from tests.tokens import bearer


def test_a_person_makes_tokens_for_themselves_and_not_without_end(city) -> None:
    first = issue(city.staff, name=" Phần mềm\tvăn bản ", scope="read", by=city.staff)
    assert (first.token.name, first.token.scope) == ("Phần mềm văn bản", Scope.READ)
    life = first.token.expiry - timezone.now()
    assert timedelta(days=89, hours=23) < life <= timedelta(days=90)
    with pytest.raises(NotYours, match="tự tạo"):
        issue(city.staff, name="x", scope="read", by=city.administrator)
    with pytest.raises(Invalid) as wrong:
        issue(city.staff, name=" ", scope="all", days=0, by=city.staff)
    assert set(wrong.value.errors) == {"name", "scope", "days"}
    with pytest.raises(Invalid, match="không đọc được"):
        issue(city.staff, name="a\u202eb", scope="read", by=city.staff)
    AccessToken.objects.filter(pk=first.token.pk).update(expiry=timezone.now() - timedelta(days=31))
    for number in range(MOST_TOKENS):
        issue(city.staff, name=f"Máy {number}", scope="write", days=365, by=city.staff)
    assert not AccessToken.objects.filter(pk=first.token.pk).exists()  # long over, and gone
    with pytest.raises(NotNow, match="Đã có 20 mã"):
        issue(city.staff, name="Nữa", scope="write", by=city.staff)
    issue(city.supporter, name="Máy", scope="write", by=city.supporter)
    one = tokens_of(city.staff).first()
    with pytest.raises(NotYours, match="thu hồi mã truy cập của mình"):
        revoke(one, by=city.administrator)
    revoke(one, by=city.staff)
    revoke(one, by=city.staff)  # twice, from two windows
    issue(city.staff, name="Nữa", scope="write", by=city.staff)
    assert LogEntry.objects.filter(action_flag=3).count() == 1
    deactivate(city.staff, by=city.administrator)
    assert not tokens_of(city.staff).exists()
    with pytest.raises(NotNow, match="đã ngừng sử dụng"):
        issue(city.staff, name="Nữa", scope="write", by=None)


@pytest.mark.django_db(transaction=True)
def test_tokens_of_before_go_on_working(city) -> None:
    """As they are in an installation that had the library's own table, and back again."""
    assert get_token_model() is AccessToken
    digest, secret = get_digest_token(prefix="")
    made, ends = datetime(2026, 3, 1, tzinfo=UTC), datetime(2099, 3, 1, tzinfo=UTC)
    times = [connection.ops.adapt_datetimefield_value(value) for value in (made, ends)]
    migrated_to("0003_access_token")
    try:
        with connection.cursor() as cursor:
            columns = "digest, token_key, user_id, created, expiry"
            insert = f"INSERT INTO knox_authtoken ({columns}) VALUES (%s, %s, %s, %s, %s)"
            cursor.execute(insert, [digest, secret[:15], city.staff.pk, *times])
    finally:
        migrated_to("0004_tokens_of_before")
    moved = AccessToken.objects.get()
    assert (moved.name, moved.scope, moved.user) == ("trước đây", "write", city.staff)
    assert (moved.created, moved.expiry, moved.last_used_at) == (made, ends, None)
    answer = Client().get("/api/v1/me/", headers=bearer(secret))
    assert answer.json()["email"] == city.staff.email
    assert "knox_authtoken" not in connection.introspection.table_names()
    migrated_to("0003_access_token")
    migrated_to("0004_tokens_of_before")
    assert AccessToken.objects.get().digest == digest
    city.staff.appointments.all().delete()
    User.objects.filter(pk=city.staff.pk).delete()  # nothing holds on to them


def migrated_to(name: str) -> None:
    call_command("migrate", "organisations", name, verbosity=0)
