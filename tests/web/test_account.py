"""Signing in, the language of a reader, and the pages of an account."""

import re

from django.core import mail

from tests.conftest import PASSWORD


def with_password(person):
    person.set_password(PASSWORD)
    person.save()
    return person


def test_a_person_signs_in_with_office_mail(city, client):
    with_password(city.staff)
    page = client.get("/accounts/login/").content.decode()
    assert "Quên mật khẩu?" in page
    assert "Forgot" not in page
    response = client.post("/accounts/login/", {"login": city.staff.email, "password": "sai"})
    assert "Thư điện tử hoặc mật khẩu không đúng." in response.content.decode()
    response = client.post("/accounts/login/?next=/cases/", {"login": city.staff.email, "password": PASSWORD})
    assert response["Location"] == "/cases/"


def test_nobody_signs_up(client, db):
    page = client.get("/accounts/signup/").content.decode()
    assert "Tài khoản do quản trị của thành phố cấp." in page


def test_a_forgotten_password_is_set_anew_by_a_link(city, client):
    client.post("/accounts/password/reset/", {"email": city.staff.email})
    assert mail.outbox[0].subject.strip().endswith("Đặt lại mật khẩu Về Xanh")
    assert "Kính gửi Ông Phạm Quốc Tuấn," in mail.outbox[0].body
    link = re.search(r"http://[^/]+(/\S+)", mail.outbox[0].body)[1]
    page = client.get(link, follow=True)
    assert "Đặt mật khẩu mới" in page.content.decode()
    given = {"password1": PASSWORD, "password2": PASSWORD}
    assert (
        "Mật khẩu mới đã được lưu."
        in client.post(page.request["PATH_INFO"], given, follow=True).content.decode()
    )
    city.staff.refresh_from_db()
    assert city.staff.check_password(PASSWORD)


def test_nobody_learns_which_addresses_have_an_account(city, client):
    known = client.post("/accounts/password/reset/", {"email": city.staff.email}, follow=True)
    unknown = client.post("/accounts/password/reset/", {"email": "ai@haiphong.example"}, follow=True)
    assert known.status_code == unknown.status_code == 200
    assert [message.to for message in mail.outbox] == [[city.staff.email]]


def test_the_language_is_kept_with_the_person(city, signed_in):
    reader = signed_in(city.staff)
    assert "Việc của tôi" in reader.get("/").content.decode()
    response = reader.post("/me/language/", {"language": "en", "next": "/me/"})
    assert response["Location"] == "/me/"
    assert "My account" in reader.get("/me/").content.decode()
    city.staff.refresh_from_db()
    assert city.staff.language == "en"


def test_before_signing_in_the_browser_keeps_it(client, db):
    client.post("/me/language/", {"language": "en", "next": "https://evil.example/"})
    assert "Sign in" in client.get("/accounts/login/").content.decode()


def test_a_page_says_who_the_reader_is(city, signed_in):
    page = signed_in(city.vice_chair).get("/me/").content.decode()
    assert "Phó Chủ tịch UBND · Phường Kiến An" in page
    page = signed_in(city.stranger).get("/me/").content.decode()
    assert "Hiện không giữ chức vụ nào." in page


def test_signing_out_is_a_decision(city, signed_in):
    reader = signed_in(city.staff)
    assert reader.get("/accounts/logout/").status_code == 200
    assert reader.get("/").status_code == 200
    reader.post("/accounts/logout/")
    assert reader.get("/").status_code == 302


def test_the_office_address_is_not_changed_by_its_holder(city, signed_in):
    reader = signed_in(city.staff)
    reader.post("/accounts/email/", {"email": "rieng@nha.example", "action_add": ""})
    assert "rieng@nha.example" not in reader.get("/accounts/email/").content.decode()
    city.staff.refresh_from_db()
    assert city.staff.email == "staff@haiphong.example"


def test_there_is_one_door_to_sign_in(client, db):
    assert client.get("/admin/login/")["Location"].startswith("/accounts/login/")


# --- My calendar --------------------------------------------------------------------------------


def test_the_address_of_my_calendar_stands_on_one_page_only(city, signed_in, client) -> None:
    staff = signed_in(city.staff)
    assert "Tạo địa chỉ lịch" in staff.get("/me/").content.decode()
    done = staff.post("/me/calendar/")
    assert (done.status_code, done["Location"]) == (302, "/me/")
    opened = staff.get("/me/")
    assert (opened.status_code, opened["Cache-Control"]) == (200, "private, no-store")
    url = opened.context["calendar_url"]
    assert url not in str(dict(staff.session))
    assert url.partition("key=")[2] not in str(staff.cookies) + str(done.cookies)
    assert url in opened.content.decode()
    assert client.get(url.removeprefix("http://localhost:8000")).status_code == 200
    page = staff.get("/me/").content.decode()
    assert "calendar.ics" not in page
    assert "Được xem lần gần đây" in page
    again = staff.post("/me/calendar/", follow=True).context["calendar_url"]
    assert client.get(url.removeprefix("http://localhost:8000")).status_code == 404
    assert "Đã ngừng lịch cá nhân" in staff.post("/me/calendar/end/", follow=True).content.decode()
    assert client.get(again.removeprefix("http://localhost:8000")).status_code == 404
    for address in ("/me/calendar/", "/me/calendar/end/"):
        assert staff.get(address)["Location"] == "/me/"
        assert client.post(address).status_code == 302
    assert "Chưa mở" in staff.get("/me/").content.decode()


def test_the_address_of_a_calendar_that_was_closed_at_once_is_shown_nowhere(city, signed_in) -> None:
    staff = signed_in(city.staff)
    staff.post("/me/calendar/")
    staff.post("/me/calendar/end/")
    assert "calendar.ics" not in staff.get("/me/").content.decode() + str(dict(staff.session))
