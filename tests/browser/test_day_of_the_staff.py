"""The day of the person who does the work: guided by the file, by phone, with a network that drops."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from PIL import Image

from actions.models import CauseAnalysis, Evidence
from tests.conftest import A_PDF, PASSWORD
from workflow.models import Event

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def a_photograph(of: str = "seagreen") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (800, 600), of).save(made, "JPEG")
    return made.getvalue()


@pytest.fixture
def work(city):
    city.staff.set_password(PASSWORD)
    city.staff.save()
    return city, city.in_progress(city.open_case("1.4"))


def test_the_day_of_the_staff(work, reader):
    city, case = work
    staff = reader(390).sign_in(city.staff, PASSWORD)
    page = staff.page
    staff.reads("Việc tôi thực hiện")
    staff.reads("ngày làm việc")
    page.get_by_role("link", name=case.number).first.click()

    # The file says what is missing, and leads to the field.
    staff.reads("0/6 phần đã có")
    page.get_by_role("link", name="Chưa ghi việc xử lý ngay.").click()
    assert page.url.endswith("#analysis-correction")

    # "Why?" is asked again as the answers come.
    whys = page.locator(".whys .field:visible")
    assert whys.count() == 2
    for number in range(1, 7):
        page.get_by_label(f"Vì sao? ({number})").fill(f"Vì lý do thứ {number}")
    assert whys.count() == 7

    # The session ends while one writes: after signing in again, nothing has to be written twice.
    page.get_by_label("Xử lý ngay").fill("Trả lời ngay các phản ánh quá hạn")
    page.get_by_label("Nguyên nhân gốc").fill("Không có sổ theo dõi hạn")
    Session.objects.all().delete()
    page.get_by_role("button", name="Ghi phân tích").click()
    page.get_by_label("Mật khẩu").wait_for()
    assert not CauseAnalysis.objects.exists()
    page.get_by_label("Thư điện tử").fill(city.staff.email)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    staff.open(case.get_absolute_url())
    staff.reads("Đã khôi phục nội dung chưa gửi")
    assert page.get_by_label("Nguyên nhân gốc").input_value() == "Không có sổ theo dõi hạn"
    assert page.get_by_label("Vì sao? (6)").input_value() == "Vì lý do thứ 6"
    page.get_by_role("radio", name="Không").check()
    page.get_by_label("Đã rà soát ở đâu").fill("Ba tổ dân phố")
    page.get_by_label("Tiêu chí đánh giá hiệu lực").fill("Ba tháng liền không quá 5 % quá hạn")
    page.get_by_role("button", name="Ghi phân tích").click()
    staff.reads("Đã ghi phân tích nguyên nhân.")
    assert len(CauseAnalysis.objects.get().whys) == 6
    staff.open(case.get_absolute_url())
    assert not page.get_by_text("Đã khôi phục nội dung chưa gửi").is_visible(), "what has arrived is no draft"

    # A corrective action, pressed twice in a hurry: there is one.
    page.get_by_label("Việc cần làm").fill("Lập sổ theo dõi điện tử")
    page.get_by_label("Người thực hiện").select_option(label="Phạm Quốc Tuấn")
    soon = timezone.localdate() + timedelta(days=7)
    page.locator("#action-due_on").fill(soon.isoformat())
    page.get_by_role("button", name="Thêm hành động").dblclick()
    staff.reads("Đã lập hành động khắc phục.")
    assert case.corrective_actions.count() == 1
    page.locator("summary", has_text="Hoàn thành").click()
    page.get_by_label("Kết quả").fill("Đã lập sổ, mở cho ba bộ phận")
    page.get_by_role("button", name="Ghi hoàn thành").click()
    staff.reads("Đã ghi hành động khắc phục hoàn thành.")

    # Evidence: the network is gone, the file stays; then several at once, one of them by the camera.
    page.context.set_offline(True)
    document = {"name": "so-theo-doi.pdf", "mimeType": "application/pdf", "buffer": A_PDF}
    page.get_by_label("Tệp", exact=False).first.set_input_files(document)
    page.get_by_role("button", name="Tải lên").click()
    staff.reads("Không gửi được: mạng đứt. Tệp vẫn ở đây.")
    page.context.set_offline(False)
    page.get_by_role("button", name="Gửi lại").click()
    page.locator("#evidence .files a", has_text="so-theo-doi.pdf").wait_for()
    photograph = {"name": "anh.jpg", "mimeType": "image/jpeg", "buffer": a_photograph()}
    not_evidence = {"name": "chuong-trinh.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"}
    page.get_by_label("Tệp", exact=False).first.set_input_files([photograph, not_evidence])
    page.get_by_role("button", name="Tải lên").click()
    staff.reads("Chỉ nhận PDF, ảnh (JPEG, PNG, WebP), Word (.docx), Excel (.xlsx).")
    page.locator("#evidence .files a", has_text="anh.jpg").first.wait_for()
    by_camera = {"name": "chup.jpg", "mimeType": "image/jpeg", "buffer": a_photograph("olive")}
    page.get_by_label("Chụp ảnh").set_input_files(by_camera)
    page.locator(".uploads li", has_text="chup.jpg").get_by_text("Đã gửi").wait_for()
    staff.open(case.get_absolute_url())
    assert {e.name for e in Evidence.objects.all()} == {"so-theo-doi.pdf", "anh.jpg", "chup.jpg"}

    # Nothing is missing: hand it in.
    staff.reads("6/6 phần đã có")
    page.get_by_role("button", name="Báo cáo hoàn thành").click()
    staff.reads("Đã ghi: Báo cáo hoàn thành.")
    assert Event.objects.filter(case=case, kind="submitted").count() == 1


def test_without_javascript_the_work_goes_on(work, chromium, live_server):
    city, case = work
    from tests.browser.conftest import Reader

    context = chromium.new_context(locale="vi-VN", java_script_enabled=False)
    staff = Reader(context.new_page(), live_server.url).sign_in(city.staff, PASSWORD)
    page = staff.page
    page.get_by_role("link", name=case.number).first.click()
    page.get_by_label("Vì sao? (5)").fill("Không ai được giao theo dõi hạn")
    page.get_by_label("Xử lý ngay").fill("Trả lời ngay")
    page.get_by_role("button", name="Ghi phân tích").click()
    staff.reads("Đã ghi phân tích nguyên nhân.")
    files = [
        {"name": f"{n}.pdf", "mimeType": "application/pdf", "buffer": A_PDF + str(n).encode()} for n in (1, 2)
    ]
    page.locator("#evidence-file").set_input_files(files)
    page.get_by_role("button", name="Tải lên").click()
    staff.reads("Đã thêm minh chứng.")
    assert Evidence.objects.count() == 2
    context.close()
