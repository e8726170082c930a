"""Tokens on the pages: made and shown once, listed, revoked after a question, ended for somebody."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from organisations.access import AccessToken
from tests.tokens import bearer, token_of

ASKED = {"name": "Phần mềm <văn bản>", "scope": "read", "days": "30"}


def html(answer) -> str:
    return unescape(answer.content.decode())


def test_a_token_is_shown_once_on_the_page_after(city, signed_in) -> None:
    reader = signed_in(city.staff)
    assert "Chưa có mã nào" in html(reader.get("/me/"))
    answer = reader.post("/me/tokens/", ASKED)
    assert (answer.status_code, answer["Location"]) == (302, "/me/")
    first, again = reader.get("/me/"), reader.get("/me/")
    assert first["Cache-Control"] == "private, no-store"
    secret = re.search(r'value="(vexanh_[0-9a-f]{64})"', html(first))[1]
    assert "Mã mới “Phần mềm <văn bản>”" in html(first)
    assert (secret in html(again), "no-store" in again.get("Cache-Control", "")) == (False, False)
    assert f"<code>{secret[:15]}…</code>" in html(again)
    assert AccessToken.objects.get().digest not in html(again)
    assert ("chưa lần nào" in html(again)) is True
    assert Client().get("/api/v1/me/", headers=bearer(secret)).status_code == 200
    assert Client().post("/api/v1/notifications/read/", headers=bearer(secret)).status_code == 403
    token_of(city.staff, name="Máy cũ", expiry=timezone.now() - timedelta(days=1))
    token_of(city.staff, name="Máy rất cũ", expiry=timezone.now() - timedelta(days=31))
    page = html(reader.get("/me/"))
    assert ("chưa lần nào" in page, page.count("hết hạn")) == (False, 1)
    assert ("Máy cũ" in page, "Máy rất cũ" in page) == (True, False)


def test_what_is_wrong_stands_beside_its_field(city, signed_in) -> None:
    reader = signed_in(city.staff)
    answer = reader.post("/me/tokens/", {"name": "a\u202eb", "scope": "all", "days": "400"})
    assert answer.status_code == 400
    errors = answer.context["token_form"].errors
    assert set(errors) == {"scope", "days"}
    answer = reader.post("/me/tokens/", ASKED | {"name": "a\u202eb"})
    assert answer.status_code == 400
    assert answer.context["token_form"].errors["name"] == ["Tên có ký tự không đọc được; hãy gõ lại."]
    for _ in range(20):
        token_of(city.staff)
    answer = reader.post("/me/tokens/", ASKED)
    assert (answer.status_code, "Đã có 20 mã đang dùng" in html(answer)) == (409, True)
    assert reader.get("/me/tokens/").status_code == 302
    assert AccessToken.objects.count() == 20


def test_a_token_is_revoked_after_a_question(city, signed_in) -> None:
    secret = token_of(city.staff, name="Kho dữ liệu")
    reader, other = signed_in(city.staff), signed_in(city.supporter)
    address = f"/me/tokens/{AccessToken.objects.get().pk}/end/"
    assert f'href="{address}"' in html(reader.get("/me/"))
    asked = reader.get(address)
    assert (asked.status_code, "Kho dữ liệu" in html(asked)) == (200, True)
    assert Client().get("/api/v1/me/", headers=bearer(secret)).status_code == 200
    assert (other.get(address).status_code, other.post(address).status_code) == (404, 404)
    assert "Đã thu hồi mã truy cập “Kho dữ liệu”" in html(reader.post(address, follow=True))
    assert Client().get("/api/v1/me/", headers=bearer(secret)).status_code == 401
    assert reader.post(address).status_code == 404


def test_an_administrator_sees_how_many_and_ends_them(city, signed_in) -> None:
    token_of(city.staff), token_of(city.staff)
    token_of(city.staff, expiry=timezone.now() - timedelta(days=1))
    address = f"/people/{city.staff.pk}/"
    admin, chair = signed_in(city.administrator), signed_in(city.chairperson)
    assert "2 mã đang dùng" in html(admin.get(address))
    assert "mã đang dùng" not in html(chair.get(address))
    assert chair.post(f"{address}tokens/end/").status_code == 403
    done = html(admin.post(f"{address}tokens/end/", follow=True))
    assert "Đã thu hồi mọi mã truy cập API của người này" in done
    assert "mã đang dùng" not in done
    assert not AccessToken.objects.exists()


def test_the_page_of_an_account_asks_the_same_with_any_number_of_tokens(city, signed_in) -> None:
    reader, counts = signed_in(city.staff), []
    for count in (1, 3, 50):
        for _ in range(count):
            token_of(city.staff)
        with CaptureQueriesContext(connection) as queries:
            assert reader.get("/me/").status_code == 200
        counts.append(len(queries))
    assert len(set(counts)) == 1, counts
