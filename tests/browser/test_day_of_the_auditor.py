"""The auditor's day: from the whole city to one late case, a note in it, and the table to take away."""

import pytest
from openpyxl import load_workbook

from tests.audits.city import followed_through
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(city, time_machine):
    for person in city.people.values():
        person.set_password(PASSWORD)
        person.save()
    cases = followed_through(city)
    time_machine.move_to("2026-12-10T03:00:00Z", tick=True)
    return city, cases


def test_from_the_map_to_a_note_and_the_table(world, reader, tmp_path):
    city, cases = world
    auditor = reader().sign_in(city.auditor, PASSWORD)
    page = auditor.page
    page.get_by_role("link", name="Toàn thành phố").click()
    auditor.reads("Bản đồ màu kỳ 2026-Q4")
    page.get_by_label("Kỳ đánh giá").select_option("2026-Q3")
    page.get_by_label("Mức đánh giá").select_option(label="Đỏ hoặc Vàng")
    page.get_by_label("Chỉ chỗ quá hạn").check()
    page.get_by_role("button", name="Lọc").click()
    auditor.reads("Bản đồ màu kỳ 2026-Q3")

    # By keyboard: the map is one stop, and the arrows find the next cell there is.
    heat = page.get_by_role("region", name="Bảng màu của các đơn vị").get_by_role("table")
    assert heat.get_by_role("row").filter(has_text="Phù Liễn").count() == 0
    assert heat.locator("a[tabindex='0']").count() == 1
    heat.get_by_role("link", name="Phường Kiến An").focus()
    focused = "document.activeElement.getAttribute('href')"
    for code in ("1.2", "1.3", "1.4", "2.1", "2.2"):
        page.keyboard.press("ArrowRight")
        late = page.evaluate(focused) == cases[code].get_absolute_url()
        if not late and code != "2.1":
            pytest.fail(f"the arrow did not come to {code}")

    page.get_by_role("link", name="Quá hạn", exact=False).first.click()
    auditor.reads("6 hồ sơ")
    page.get_by_role("link", name=cases["1.3"].number).click()
    auditor.reads("Bà Trần Thị Hạnh giao việc cho ông Phạm Quốc Tuấn")
    page.get_by_label("Điều đã kiểm tra và nhận thấy").fill("Sổ theo dõi dừng ở tháng 9")
    page.get_by_label("Kết luận").select_option(label="Cần làm rõ")
    page.get_by_role("button", name="Ghi nhận", exact=True).click()
    auditor.reads("Đã ghi nhận kiểm tra.")
    auditor.reads("Bà Vũ Thanh Mai ghi nhận kiểm tra: cần làm rõ.")

    page.get_by_role("link", name="Theo dõi khắc phục").click()
    page.get_by_role("columnheader", name="Đang quá hạn").get_by_role("link").click()
    assert page.get_by_role("columnheader", name="Đang quá hạn").get_attribute("aria-sort") == "descending"
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel").click()
    download.value.save_as(tmp_path / "bang.xlsx")
    rows = list(load_workbook(tmp_path / "bang.xlsx").active.iter_rows(values_only=True))
    table = page.get_by_role("region", name="Bảng theo đơn vị")
    seen = [row.inner_text().split("\t")[0].strip() for row in table.locator("tbody tr").all()]
    assert [row[1] for row in rows[1:]] == seen == ["Phường Kiến An", "Phường Phù Liễn"]
    assert dict(zip(rows[0], rows[1], strict=True))["Đang quá hạn"] == 5

    staff = reader(width=390).sign_in(city.staff, PASSWORD)
    staff.open(cases["1.3"].get_absolute_url())
    staff.reads("Sổ theo dõi dừng ở tháng 9")
    assert [who.complaints for who in (auditor, staff)] == [[], []]
