"""The day of the administrator: people from a file, a unit, a deputy, the calendar, terms, the catalogue."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.models import Invitation
from organisations.models import Delegation, User
from tests.browser.test_pages import faults, inaccessible, wrong
from tests.conftest import PASSWORD
from tests.web.test_catalogue import edition

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROWS = """Họ và tên;Xưng hô;Thư điện tử;Mã đơn vị;Chức vụ;Từ ngày
Vũ Thị Mới;Bà;moi@haiphong.example;11443;%s;01/09/2026
Phạm Quốc Tuấn;;staff@haiphong.example;11443;Công chức;
"""


def send(page, text):
    file = {"name": "nguoi.csv", "mimeType": "text/csv", "buffer": text.encode("utf-8-sig")}
    page.locator("#roster-file").set_input_files(file)
    page.get_by_role("button", name="Xem trước").click()


def choose(one, name):
    """An entry of the administrator's menu."""
    one.page.get_by_text("Quản trị", exact=True).first.click()
    one.page.get_by_role("link", name=name, exact=True).click()


def test_the_day_of_the_administrator(city, reader):
    city.administrator.set_password(PASSWORD)
    city.administrator.save()
    city.open_case("1.4")
    one = reader().sign_in(city.administrator, PASSWORD)
    page = one.page

    # People come from a file, refused by the cell first.
    choose(one, "Người dùng")
    page.get_by_role("link", name="Nhập từ tệp").click()
    send(page, ROWS % "Trưởng thôn")
    one.reads("Không có chức vụ “Trưởng thôn”")
    assert page.get_by_role("rowheader", name="E2").is_visible()
    assert inaccessible(one, "refused") == []
    send(page, ROWS % "Công chức")
    one.reads("Từng dòng sẽ làm gì")
    assert wrong(one, "/people/import/preview/") == []
    said = [row.inner_text() for row in page.locator("tbody tr").all()]
    assert "Thêm người mới" in said[0]
    assert "Đã có trong hệ thống" in said[1]
    page.get_by_role("button", name="Xác nhận và ghi").click()
    one.reads("Đã thêm 1 người. Đã giao 1 chức vụ. Sẽ gửi 1 thư mời.")
    new = User.objects.get(email="moi@haiphong.example")
    assert Invitation.objects.get().person == new

    # A unit, somebody in it, who stands in for them.
    choose(one, "Đơn vị")
    page.get_by_label("Tên hoặc mã").fill("kien an")
    page.get_by_role("button", name="Lọc", exact=True).click()
    page.get_by_role("link", name="Phường Kiến An").click()
    page.get_by_role("link", name="Bà Vũ Thị Mới").click()
    one.reads("Thư mời đang chờ gửi.")
    page.get_by_text("Chọn người thay", exact=True).click()
    deputies = page.get_by_role("region", name="Người thay khi vắng")
    deputies.get_by_label("Người thay", exact=False).first.select_option(label="Đỗ Thu Hà")
    page.get_by_role("button", name="Ghi người thay").click()
    one.reads("Đã ghi người thay.")
    assert Delegation.objects.get().taker == city.supporter

    # A day of the calendar and the terms of a colour, each with what it would do; nothing is changed.
    choose(one, "Lịch")
    soon = timezone.localdate() + timedelta(days=30)
    sunday = soon + timedelta(days=6 - soon.weekday())
    page.get_by_label("Làm việc (làm bù)").check()
    page.get_by_label("Từ ngày").fill(sunday.isoformat())
    page.get_by_label("Lý do").fill("Làm bù")
    page.get_by_role("button", name="Xem trước").click()
    page.get_by_role("heading", name="Xem trước lịch làm việc").wait_for(timeout=5000)
    assert faults(one, "calendar preview") == []
    choose(one, "Thời hạn")
    terms = page.locator("form", has=page.get_by_role("button", name="Xem trước")).first
    page.locator("summary", has_text="Lập quy định mới").first.click()
    terms.locator("[name=valid_from]").fill(soon.isoformat())
    terms.locator("[name=complete_within_days]").fill("40")
    terms.get_by_role("button", name="Xem trước").click()
    page.get_by_role("heading", name="Xem trước quy định thời hạn").wait_for(timeout=5000)
    assert faults(one, "policy preview") == []

    # The catalogue says what is not compared, and then on which day it was.
    choose(one, "Danh mục chỉ số")
    one.reads("chưa đối chiếu với TCVN")
    page.get_by_text("Ghi là đã đối chiếu").click()
    compared = page.get_by_role("region", name="Phiên bản", exact=True)
    compared.get_by_label("Ngày đối chiếu với TCVN").fill("2026-09-01")
    page.get_by_role("button", name="Ghi ngày đối chiếu").click()
    one.reads("Đã ghi ngày đối chiếu với TCVN.")
    one.reads("đối chiếu với TCVN ngày 01/09/2026")
    assert wrong(one, "/catalogue/") == []
    titles = edition(i1_6="Ứng dụng công nghệ số")
    page.locator("#edition-file").set_input_files(
        {"name": "danh-muc.csv", "mimeType": "text/csv", "buffer": titles}
    )
    page.locator("#edition-edition").fill("TCVN 2020, bản B")
    page.locator("form[action='/catalogue/upload/'] button[type=submit]").click()
    one.reads("Ứng dụng công nghệ số")
    assert faults(one, "catalogue preview") == []
