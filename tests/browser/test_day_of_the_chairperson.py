"""The chairperson's day on a phone: what needs me, give out several, decide, verify with the evidence."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from actions.operations import add_evidence
from tests.browser.test_pages import faults
from tests.conftest import PASSWORD
from workflow.models import Case

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def morning(city):
    """Three new cases, a request for time, a case to verify with a picture and a document."""
    city.chairperson.set_password(PASSWORD)
    city.chairperson.save()
    city.rate(red="1.1 1.2", yellow="2.1")
    asking = city.assigned(city.open_case("3.1"))
    later = asking.due_on + timedelta(days=90)
    asking = city.take(asking, "request_extension", city.staff, due_on=later, note="Chờ cấp kinh phí")
    working = city.complete_file(city.in_progress(city.open_case("4.1")))
    made = io.BytesIO()
    pages = [Image.new("RGB", (1200, 800), colour) for colour in ("teal", "olive")]
    pages[0].save(made, "PDF", save_all=True, append_images=pages[1:])
    document = SimpleUploadedFile("bien-ban.pdf", made.getvalue())
    add_evidence(working, by=city.staff, upload=document, description="Biên bản nghiệm thu")
    return city, asking, city.take(working, "submit", city.staff, note="Đã xong")


def test_the_day_of_the_chairperson(morning, reader):
    city, asking, verifying = morning
    chair = reader(390).sign_in(city.chairperson, PASSWORD)
    page = chair.page

    # What needs me, at a glance.
    tiles = page.get_by_role("navigation", name="Việc chờ tôi")
    assert [tile.strip() for tile in tiles.locator(".tile > span:nth-child(2)").all_inner_texts()] == [
        "Đề nghị gia hạn chờ quyết định", "Cần phân công", "Cần xác nhận kết quả"]  # fmt: skip

    # Two of three are given out in one go; the page proposes and says how much each has.
    for code in ("1.1", "1.2"):
        number = Case.objects.get(indicator__code=code).number
        page.get_by_label(f"Chọn {number}").check()
    page.get_by_role("button", name="Phân công các hồ sơ đã chọn").click()
    chair.reads("Phân công 2 hồ sơ")
    for number in (Case.objects.get(indicator__code=code).number for code in ("1.1", "1.2")):
        page.get_by_label(f"Chủ trì (rõ người) {number}").select_option(
            label="Phạm Quốc Tuấn · 2 hồ sơ đang xử lý"
        )
    page.get_by_label("Sản phẩm chung").fill("Báo cáo kết quả")
    page.get_by_role("button", name="Phân công").click()
    chair.reads("Đã phân công 2 hồ sơ.")
    assert Case.objects.filter(assignee=city.staff, product="Báo cáo kết quả").count() == 2

    # A request for more time is granted, with the cause on record.
    page.get_by_role("link", name=asking.number).first.click()
    chair.reads("Đang đề nghị gia hạn đến")
    extend = page.locator("form[action$='/steps/extend/']")
    extend.get_by_label("Ý kiến, lý do").fill("Đồng ý, chờ phân bổ kinh phí")
    extend.get_by_role("radio", name="Có").check()
    extend.get_by_role("button", name="Gia hạn").click()
    chair.reads("Đã ghi: Gia hạn.")

    # Verify: the evidence is leafed through as pictures, beside what it is to prove.
    chair.open(verifying.get_absolute_url())
    width = "image => image.decode().then(() => image.naturalWidth)"
    thumbs = page.locator("#evidence .thumb img")
    thumbs.last.scroll_into_view_if_needed()
    assert thumbs.last.evaluate(width) == 240
    thumbs.last.click()
    chair.reads("Trang 1/2")
    page.get_by_role("link", name="Trang sau").click()
    chair.reads("Trang 2/2")
    assert page.locator(".look-page").evaluate(width) == 1600
    page.get_by_role("link", name="Về hồ sơ").click()
    page.locator("summary", has_text="Trả lại để bổ sung").click()
    back = page.locator("form[action$='/steps/send_back/']")
    back.get_by_label("Ý kiến, lý do").fill("Thiếu chữ ký của tổ trưởng")
    back.get_by_role("button", name="Trả lại để bổ sung").click()
    chair.reads("Đã ghi: Trả lại để bổ sung.")
    chair.reads("Bà Trần Thị Hạnh trả lại để bổ sung.")
    assert page.locator(".machine-here").text_content() == "● Đang thực hiện"

    # What somebody has in hand is handed over, after a look at what that would be.
    chair.open(f"/people/{city.staff.pk}/")
    over = page.locator("form[action$='/hand-over/']")
    page.locator("summary", has_text="Bàn giao toàn bộ hồ sơ").click()
    over.locator("[name=to]").select_option(label="Hoàng Văn Nam")
    over.locator("[name=note]").fill("Đi học")
    over.get_by_role("button", name="Xem trước").click()
    chair.reads("Xem trước bàn giao")
    assert faults(chair, "hand-over preview") == []

    # The board shows where everything stands.
    page.get_by_role("link", name="Bảng tổng hợp").click()
    chair.reads("Bảng tổng hợp · Phường Kiến An")
    assert page.locator(".board-case").count() == 5
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert chair.complaints == []
