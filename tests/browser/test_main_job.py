"""The main job as five people do it in a browser, from the workbook to green."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.conftest import A_PDF, PASSWORD
from tests.web.workbooks import XLSX, filled_in
from workflow.models import Case

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people(city):
    for person in city.people.values():
        person.set_password(PASSWORD)
        person.save()
    return city


def record(coordinator, city, period, **colours):
    """The coordinator uploads a workbook, reads what it would do, and confirms."""
    page = coordinator.page
    content = filled_in(city.kien_an, period, **colours)
    coordinator.open("/assessments/")
    form = page.get_by_role("region", name="Nạp phiếu đã điền")
    form.get_by_label("Kỳ đánh giá").fill(period)
    form.get_by_label("Phiếu đã điền").set_input_files(
        {"name": "phieu.xlsx", "mimeType": XLSX, "buffer": content}
    )
    form.get_by_role("button", name="Xem trước").click()
    coordinator.reads("Phiếu này sẽ làm gì")
    page.get_by_role("button", name="Xác nhận và ghi").click()


def test_from_a_workbook_back_to_green(people, reader):
    city = people
    coordinator = reader().sign_in(city.coordinator, PASSWORD)
    record(coordinator, city, "2026-Q4", Đỏ="1.4", Vàng="4.1", Xanh="2.1")
    coordinator.reads("2 hồ sơ mới")
    case = Case.objects.get(indicator__code="1.4")

    chairperson = reader(width=390).sign_in(city.chairperson, PASSWORD)
    page = chairperson.page
    page.get_by_role("link", name=case.number).click()
    page.get_by_label("Chủ trì (rõ người)").select_option(label="Phạm Quốc Tuấn")
    page.get_by_label("Đỗ Thu Hà").check()
    soon = timezone.localdate() + timedelta(days=21)
    page.get_by_label("Hạn xử lý (rõ thời gian)").fill(soon.isoformat())
    page.get_by_label("Sản phẩm (rõ sản phẩm)").fill("Báo cáo kết quả")
    page.get_by_role("button", name="Phân công").click()
    chairperson.reads("Đã ghi: Phân công.")
    chairperson.reads("Bà Trần Thị Hạnh giao việc cho ông Phạm Quốc Tuấn")

    staff = reader().sign_in(city.staff, PASSWORD)
    page = staff.page
    page.get_by_role("link", name=case.number).click()
    page.get_by_role("button", name="Bắt đầu thực hiện").click()
    staff.reads("Chưa ghi nguyên nhân gốc.")
    page.get_by_label("Xử lý ngay").fill("Trả lời ngay các phản ánh quá hạn")
    page.get_by_label("Vì sao? (1)").fill("Không ai theo dõi hạn")
    page.get_by_label("Nguyên nhân gốc").fill("Phân công qua nhóm Zalo, không ghi nhận hạn")
    page.get_by_role("radio", name="Không").check()
    page.get_by_label("Đã rà soát ở đâu").fill("Ba tổ dân phố")
    page.get_by_label("Tiêu chí đánh giá hiệu lực").fill("Ba tháng liền không quá 5 % quá hạn")
    page.get_by_role("button", name="Ghi phân tích").click()
    staff.reads("Đã ghi phân tích nguyên nhân.")
    page.get_by_label("Việc cần làm").fill("Lập sổ theo dõi điện tử")
    page.get_by_label("Người thực hiện").select_option(label="Phạm Quốc Tuấn")
    page.get_by_role("button", name="Thêm hành động").click()
    staff.reads("Đã lập hành động khắc phục.")
    page.locator("summary", has_text="Hoàn thành").click()
    page.get_by_label("Kết quả").fill("Đã lập sổ")
    page.get_by_role("button", name="Ghi hoàn thành").click()
    staff.reads("Đã ghi hành động khắc phục hoàn thành.")
    page.get_by_label("Tệp").set_input_files(
        {"name": "Sổ theo dõi.pdf", "mimeType": "application/pdf", "buffer": A_PDF}
    )
    page.get_by_role("button", name="Tải lên").click()
    staff.reads("Đã thêm minh chứng.")
    with page.expect_download() as download:
        page.get_by_role("link", name="Sổ theo dõi.pdf", exact=True).click()
    assert download.value.suggested_filename == "Sổ theo dõi.pdf"
    page.get_by_role("button", name="Báo cáo hoàn thành").click()
    staff.reads("Đã ghi: Báo cáo hoàn thành.")

    chairperson.open("/")
    page = chairperson.page
    page.get_by_role("link", name=case.number).click()
    page.get_by_role("button", name="Xác nhận kết quả").click()
    chairperson.reads("Đã ghi: Xác nhận kết quả.")

    record(coordinator, city, "2027-Q1", Xanh="1.4")
    coordinator.reads("1 đóng")
    staff.open(case.get_absolute_url())
    staff.reads("Hệ thống xác nhận hiệu lực và đóng hồ sơ.")
    assert [who.complaints for who in (coordinator, chairperson, staff)] == [[], [], []]


def test_the_list_narrows_while_one_types(people, reader):
    city = people
    city.rate(red="1.4 2.3", yellow="4.1")
    auditor = reader().sign_in(city.auditor, PASSWORD)
    auditor.open("/cases/")
    auditor.reads("3 hồ sơ")
    auditor.page.get_by_role("link", name="Chỉ số", exact=True).click()
    auditor.page.wait_for_url("**ordering=indicator**")
    auditor.page.get_by_label("Tìm", exact=True).first.press_sequentially("khong khi")
    auditor.reads("1 hồ sơ")
    assert "search=khong%20khi" in auditor.page.url
    assert "ordering=indicator" in auditor.page.url
    assert auditor.complaints == []
