"""Whoever is new is written to, by a real mail server; the link in the letter is good once, for days."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from notifications.invitations import invite, send_invitations
from notifications.models import Invitation
from notifications.tasks import deliver
from organisations.models import User
from organisations.people import deactivate
from tests.conftest import PASSWORD, WEDNESDAY
from tests.notifications.conftest import free_port


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(WEDNESDAY, tick=False)


@pytest.fixture
def admin(city):
    client = Client()
    client.force_login(city.administrator)
    return client


NEW = {"full_name": "Vũ Thị Mới", "address": "mrs", "email": "Moi@haiphong.example", "language": "vi"}


def add(admin, **more):
    page = admin.post("/people/add/", NEW | more, follow=True)
    return User.objects.get(email=(NEW | more)["email"].lower()), page.content.decode()


def link_in(letter):
    return re.search(r"http://[^/]+(/accounts/password/reset/key/\S+)", letter.get_content())[1]


def set_password(link):
    """Follow the link as somebody who is not signed in, and set a password."""
    client = Client()
    form = client.get(link, follow=True)
    given = {"password1": PASSWORD, "password2": PASSWORD}
    return client, form.content.decode(), client.post(form.request["PATH_INFO"], given, follow=True)


def test_somebody_new_sets_a_first_password_by_the_letter_and_signs_in(city, admin, post):
    person, page = add(admin)
    assert "gửi thư mời" in page
    assert "Thư mời đang chờ gửi." in page
    assert "Vũ Thị Mới" in admin.get("/people/?status=awaited").content.decode()
    assert deliver() == 1
    (letter,) = post.mail_to(person)
    assert letter["Subject"] == "Mời sử dụng Về Xanh"
    for words in ("Kính gửi Bà Vũ Thị Mới,", "Ông Bùi Gia Huy đã thêm", "một lần, trong 3 ngày"):
        assert words in letter.get_content()
    assert "Đã mời lúc 07/10/2026" in admin.get(f"/people/{person.pk}/").content.decode()
    client, form, done = set_password(link_in(letter))
    assert "Đặt mật khẩu mới" in form
    assert "Mật khẩu mới đã được lưu." in done.content.decode()
    assert client.post("/accounts/login/", {"login": person.email, "password": PASSWORD}).status_code == 302
    assert "Chưa đăng nhập lần nào" not in admin.get(f"/people/{person.pk}/").content.decode()
    assert "Vũ Thị Mới" not in admin.get("/people/?status=awaited").content.decode()
    # The link is used up, and says where to go.
    text = Client().get(link_in(letter), follow=True).content.decode()
    for words in ("Đường dẫn không còn hiệu lực", "Xin đường dẫn mới", "Đăng nhập"):
        assert words in text
    assert "không cần mời nữa" in admin.post(f"/people/{person.pk}/invite/", follow=True).content.decode()
    assert deliver() == 0


def test_a_link_runs_out_and_another_is_asked_for(city, admin, post, time_machine):
    person, _page = add(admin, language="en", email="new@haiphong.example")
    send_invitations()
    again = f"/people/{person.pk}/invite/"
    assert admin.post(again).status_code == 409  # asked for twice in a minute
    (first,) = post.mail_to(person)
    time_machine.move_to(WEDNESDAY + timedelta(days=3, minutes=1), tick=False)
    assert "password1" not in Client().get(link_in(first), follow=True).content.decode()
    admin.force_login(city.administrator)
    assert admin.post(again).status_code == 302
    assert admin.post(again).status_code == 409  # one is waiting
    send_invitations()
    assert "password1" in Client().get(link_in(post.mail_to(person)[-1]), follow=True).content.decode()
    assert Invitation.objects.filter(person=person, sent_at__isnull=False).count() == 2


def test_a_server_that_is_down_delays_a_letter_and_an_unknown_address_is_told(city, admin, post, settings):
    person, _page = add(admin)
    post.verdicts = ["451 4.3.0 try later"]
    assert send_invitations() == 0
    page = admin.get(f"/people/{person.pk}/").content.decode()
    assert "Lần trước chưa gửi được (451)" in page
    assert send_invitations() == 0
    assert send_invitations(now=timezone.now() + timedelta(minutes=3)) == 1
    unknown, _page = add(admin, email="sai@haiphong.example")
    gone, _page = add(admin, email="roi@haiphong.example")
    deactivate(gone, by=city.administrator)
    post.unknown = {unknown.email}
    assert send_invitations() == 0
    page = admin.get(f"/people/{unknown.pk}/").content.decode()
    assert "(máy chủ thư trả lời 550)" in page
    settings.EMAIL_PORT = free_port()  # nobody is there
    known, _page = add(admin, email="sau@haiphong.example")
    assert send_invitations() == 0
    waiting = Invitation.objects.get(next_at__isnull=False)
    assert (waiting.person, waiting.attempts) == (known, 0)
    assert [m["To"] for m in post.box] == [person.email]


def test_only_an_administrator_invites_and_only_those_of_the_city(city, admin):
    person, _page = add(admin)
    for who, status in (("chairperson", 404), ("auditor", 404), ("stranger", 404)):
        client = Client()
        client.force_login(getattr(city, who))
        assert client.post(f"/people/{person.pk}/invite/").status_code == status
    chair = Client()
    chair.force_login(city.chairperson)
    assert chair.post(f"/people/{city.staff.pk}/invite/").status_code == 403
    assert invite([person, city.staff], by=city.administrator) == 1  # for the other one waits already
    assert invite([person, city.staff], by=city.administrator) == 0
