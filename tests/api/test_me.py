"""What a token tells of its person, and the schema that tells of everything."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from knox.models import AuthToken


def test_a_person_reads_and_sets_their_language(city, as_) -> None:
    staff = as_(city.staff)
    me = staff.get("me/").json()
    assert (me["full_name"], me["offices"][0]["role"]) == ("Phạm Quốc Tuấn", "staff")
    assert staff.put("me/", {"language": "en"}).json()["language"] == "en"
    assert staff.put("me/", {"language": "fr"}).status_code == 400
    city.staff.refresh_from_db()
    assert (city.staff.language, city.staff.full_name) == ("en", "Phạm Quốc Tuấn")


def test_a_token_is_printed_once_and_kept_as_a_hash(city, client) -> None:
    out = StringIO()
    call_command("issue_token", "Staff@haiphong.example", stdout=out)
    token = out.getvalue().strip()
    assert token not in str(AuthToken.objects.values().get())
    answer = client.get("/api/v1/me/", HTTP_AUTHORIZATION=f"Bearer {token}")
    assert answer.json()["email"] == "staff@haiphong.example"
    AuthToken.objects.update(expiry=timezone.now() - timedelta(days=1))
    assert client.get("/api/v1/me/", HTTP_AUTHORIZATION=f"Bearer {token}").status_code == 401
    with pytest.raises(CommandError, match="Không có người dùng"):
        call_command("issue_token", "nobody@haiphong.example")


def test_a_deactivated_persons_token_opens_nothing(city, as_) -> None:
    staff = as_(city.staff)
    city.staff.is_active = False
    city.staff.save()
    assert staff.get("me/").status_code == 401


def test_the_schema_is_made_without_a_warning() -> None:
    err = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=StringIO(), stderr=err)


def test_pages_to_read_the_schema_load_nothing_from_elsewhere(city, client) -> None:
    client.force_login(city.staff)
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    assert "https://" not in page.content.decode()
    assert client.get("/api/v1/schema/").status_code == 200
