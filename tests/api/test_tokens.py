"""Tokens at the door of the API: whose they are, what for, until when, and what is said of them."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from organisations.access import AccessToken, Scope
from tests.conftest import WEDNESDAY
from tests.tokens import bearer, token_of


@pytest.fixture(autouse=True)
def _today(time_machine) -> None:
    time_machine.move_to(WEDNESDAY, tick=False)


def asks(token: str, path: str = "me/", method: str = "get", **more):
    return getattr(Client(), method)(f"/api/v1/{path}", headers=bearer(token) | more)


def test_a_token_is_printed_once_and_kept_as_a_hash(city, client) -> None:
    out = StringIO()
    call_command("issue_token", "Staff@haiphong.example", "--name", " Văn  bản ", "--days", "7", stdout=out)
    token = out.getvalue().strip()
    assert token.startswith("vexanh_")
    assert token not in str(AccessToken.objects.values().get())
    answer = client.get("/api/v1/me/", HTTP_AUTHORIZATION=f"Bearer {token}")
    assert answer.json()["email"] == "staff@haiphong.example"
    kept = AccessToken.objects.get()
    assert (kept.name, kept.scope, kept.expiry) == ("Văn bản", "write", WEDNESDAY + timedelta(days=7))
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (city.staff, str(kept.pk))
    assert entry.change_message == f"write; until 2026-10-14; {city.staff.pk}"
    assert token not in str(LogEntry.objects.values())
    AccessToken.objects.update(expiry=timezone.now() - timedelta(days=1))
    assert client.get("/api/v1/me/", HTTP_AUTHORIZATION=f"Bearer {token}").status_code == 401
    for asked, said in (
        (["nobody@haiphong.example"], "Không có người dùng"),
        (["staff@haiphong.example", "--scope", "all"], "Chọn chỉ đọc"),
        (["staff@haiphong.example", "--days", "366"], "từ 1 đến 365"),
        (["staff@haiphong.example", "--name", "x" * 61], "không quá 60"),
    ):
        with pytest.raises(CommandError, match=said) as refused:
            call_command("issue_token", *asked)
        assert "\n" not in str(refused.value)


def test_what_is_wrong_with_a_token_is_said(city) -> None:
    """Whoever sends none, a wrong one, an ended one or no token at all is told which, in their language."""
    good, over = token_of(city.staff), token_of(city.staff, expiry=WEDNESDAY - timedelta(hours=1))
    of_nobody = token_of(city.former_staff)
    city.former_staff.is_active = False
    city.former_staff.save()
    assert asks(good).status_code == 200
    for header, said in (
        ("", "Hãy gửi mã truy cập"),
        ("Basic c3RhZmY6eA==", "Hãy gửi mã truy cập"),
        ("Bearer", "một dấu cách"),
        (f"Bearer {good} {good}", "một dấu cách"),
        (f"Bearer {good}x", "không đúng, hoặc đã bị thu hồi"),
        (f"Bearer {good[:15]}", "không đúng, hoặc đã bị thu hồi"),
        ("Bearer mã", "không đúng, hoặc đã bị thu hồi"),
        ("Bearer \udcff\udcfe", "không đúng, hoặc đã bị thu hồi"),
        ("Bearer a\0b", "không đúng, hoặc đã bị thu hồi"),
        ("Bearer " + "f" * 100_000, "không đúng, hoặc đã bị thu hồi"),
        (f"Bearer {of_nobody}", "không đúng, hoặc đã bị thu hồi"),
        (f"bearer {over}", "đã hết hạn lúc 08:00 07/10/2026"),
    ):
        answer = Client().get("/api/v1/me/", HTTP_AUTHORIZATION=header)
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer"), header
        assert answer["Content-Type"] == "application/problem+json"
        assert said in answer.json()["detail"], header
    assert AccessToken.objects.filter(user=city.staff).count() == 2


def test_a_token_to_read_with_changes_nothing(city) -> None:
    case = city.in_progress()
    read, write = token_of(city.staff, scope=Scope.READ, name="Báo cáo"), token_of(city.staff)
    for method in ("get", "head"):
        assert asks(read, "cases/", method).status_code == 200, method
    assert asks(read, "cases/", "options").status_code == 405
    for path, method in (
        (f"cases/{case.number}/comments/", "post"), (f"cases/{case.number}/analysis/", "put"),
        (f"cases/{case.number}/corrective-actions/1/", "patch"), ("me/calendar-key/", "delete"),
    ):  # fmt: skip
        answer = asks(read, path, method)
        assert answer.status_code == 403, path
        assert answer.json()["detail"] == "Mã truy cập “Báo cáo” chỉ để đọc."
        assert asks(write, path, method).status_code != 403, path
    by_session = Client()
    by_session.force_login(city.staff)
    path, said = f"/api/v1/cases/{case.number}/comments/", {"note": "Đã xem"}
    assert by_session.post(path, said, content_type="application/json").status_code == 201


def test_use_is_noted_once_a_minute_and_never_in_the_way(city, time_machine) -> None:
    """With one token or with twenty ended ones beside it the door asks the database the same."""
    token = token_of(city.staff)
    counts = []
    for others in (0, 20):
        for _ in range(others):
            token_of(city.staff, expiry=WEDNESDAY - timedelta(days=1))
        AccessToken.objects.update(last_used_at=None)
        for _again in range(2):
            with CaptureQueriesContext(connection) as queries:
                assert asks(token, "periods/").status_code == 200
            counts.append(len(queries))
    assert counts[0] == counts[2] == counts[1] + 3  # the note, in a transaction of its own
    assert counts[1] == counts[3]
    time_machine.move_to(WEDNESDAY + timedelta(seconds=59), tick=False)
    asks(token)
    assert AccessToken.objects.get(last_used_at__isnull=False).last_used_at == WEDNESDAY
    later = WEDNESDAY + timedelta(seconds=60)
    time_machine.move_to(later, tick=False)
    asks(token)
    assert AccessToken.objects.get(last_used_at__isnull=False).last_used_at == later
    time_machine.move_to(WEDNESDAY + timedelta(hours=1), tick=False)
    only_reading(True)
    assert asks(token).status_code == 200
    only_reading(False)
    assert AccessToken.objects.get(last_used_at__isnull=False).last_used_at == later


def only_reading(on: bool) -> None:
    """The database takes no change, as a replica does not."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA query_only = {int(on)}")
        else:
            cursor.execute("SAVEPOINT before; SET TRANSACTION READ ONLY" if on else "ROLLBACK TO before")


def test_my_tokens_are_listed_and_revoked_but_not_made(city, as_) -> None:
    mine = token_of(city.staff, name="Kho dữ liệu")
    over = token_of(city.staff, name="Cũ", expiry=WEDNESDAY - timedelta(days=29))
    token_of(city.staff, name="Cũ lắm", expiry=WEDNESDAY - timedelta(days=30))
    theirs = token_of(city.supporter)
    listed = asks(mine, "me/tokens/").json()["results"]
    assert [(one["name"], one["is_expired"], one["scope_label"]) for one in listed] == [
        ("Cũ", True, "Đọc và ghi"), ("Kho dữ liệu", False, "Đọc và ghi"),
    ]  # fmt: skip
    assert listed[1]["key"] == mine[:15] + "…"
    assert listed[1]["last_used_at"] == listed[1]["created_at"] == "2026-10-07T02:00:00Z"
    body = str(listed)
    assert mine not in body
    assert AccessToken.objects.get(name="Kho dữ liệu").digest not in body
    assert asks(mine, "me/tokens/", "post").status_code == 405
    foreign = AccessToken.objects.get(user=city.supporter)
    assert asks(mine, f"me/tokens/{foreign.pk}/", "delete").status_code == 404
    assert asks(mine, f"me/tokens/{listed[0]['id']}/", "delete").status_code == 204
    assert "không đúng, hoặc đã bị thu hồi" in asks(over).json()["detail"]
    read = token_of(city.staff, scope=Scope.READ)
    assert asks(read, f"me/tokens/{listed[1]['id']}/", "delete").status_code == 403
    assert asks(mine, f"me/tokens/{listed[1]['id']}/", "delete").status_code == 204
    assert (asks(mine).status_code, asks(theirs).status_code) == (401, 200)
    gone = [entry for entry in LogEntry.objects.all() if entry.is_deletion()]
    assert [entry.change_message for entry in gone] == [str(city.staff.pk)] * 2


def test_an_administrator_ends_the_tokens_of_a_person_of_theirs(city, as_) -> None:
    theirs, over = token_of(city.staff), token_of(city.staff, expiry=WEDNESDAY - timedelta(days=1))
    admin, chair = as_(city.administrator), as_(city.chairperson)
    path = f"people/{city.staff.pk}/tokens/end/"
    assert chair.post(path).status_code == 404
    assert admin.post(f"people/{city.administrator.pk}/tokens/end/").status_code == 403
    answer = admin.post(path)
    assert (answer.status_code, answer.json()) == (200, {"ended": 1})
    assert asks(theirs).status_code == asks(over).status_code == 401
    assert admin.post(path).json() == {"ended": 0}
    assert LogEntry.objects.filter(user=city.administrator).count() == 2
