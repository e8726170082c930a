"""The day of the coordinator: a workbook refused by the cell, mended, recorded, and one rating changed."""

import io

import pytest
from openpyxl import load_workbook

from indicators.models import Rating
from tests.browser.test_pages import inaccessible, wrong
from tests.conftest import PASSWORD
from tests.web.workbooks import XLSX
from workflow.models import Case

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def fill_in(book, **cells):
    """The workbook with these cells typed over, as bytes."""
    for where, said in cells.items():
        book.active[where] = said
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def send(page, content):
    form = page.get_by_role("region", name="Nạp phiếu đã điền")
    form.get_by_label("Kỳ đánh giá").fill("2026-Q4")
    form.locator("input[type=file]").set_input_files(
        {"name": "phieu.xlsx", "mimeType": XLSX, "buffer": content}
    )
    form.get_by_role("button", name="Xem trước").click()


def test_the_day_of_the_coordinator(city, reader):
    city.coordinator.set_password(PASSWORD)
    city.coordinator.save()
    city.rate(green="1.1 1.2", period="2026-Q3")
    one = reader().sign_in(city.coordinator, PASSWORD)
    page = one.page

    # The workbook comes, is filled in with a slip, and is refused by the cell.
    page.get_by_role("link", name="Đánh giá", exact=True).click()
    page.get_by_role("region", name="Tải phiếu về").get_by_label("Kỳ đánh giá").fill("2026-Q4")
    with page.expect_download() as download:
        page.get_by_role("button", name="Tải phiếu Excel").click()
    with open(download.value.path(), "rb") as file:
        book = load_workbook(file)
    send(page, fill_in(book, C5="Tím", D5="Chậm trả lời dân", C6="Xanh"))
    one.reads("Chưa ghi gì từ tệp phieu.xlsx")
    row = page.get_by_role("row").filter(has_text="Không hiểu mức đánh giá “Tím”")
    assert row.get_by_role("rowheader", name="C5").is_visible()
    assert page.get_by_role("cell", name="sai: Tím").is_visible()
    assert inaccessible(one, "refused") == []
    page.get_by_role("link", name="Sửa ngay trên trang").click()
    one.reads("Cần xem lại")
    assert page.get_by_label("Phát hiện").first.input_value() == "Chậm trả lời dân"

    # The right one is seen as a table, narrowed, and confirmed.
    one.open("/assessments/")
    send(page, fill_in(book, C5="Đỏ"))
    one.reads("Phiếu này sẽ làm gì")
    assert page.locator("tbody tr").count() == 39
    page.get_by_role("link", name="Mới 1").click()
    (line,) = page.locator("tbody tr").all()
    for words in ("1.1", "Đỏ", "Xấu đi", "Chậm trả lời dân", "Mở hồ sơ mới"):
        assert words in line.inner_text()
    assert wrong(one, "/assessments/preview/") == []
    page.get_by_role("button", name="Xác nhận và ghi").click()
    one.reads("1 hồ sơ mới")
    case = Case.objects.get()
    assert page.get_by_role("link", name=case.number).is_visible()
    one.reads("0 tốt lên, 1 xấu đi, 1 như trước")

    # One rating is changed in the page, through the same preview.
    page.get_by_role("link", name="Sửa trên trang").click()
    rating = page.get_by_role("group", name="1.3")
    rating.get_by_text("Vàng", exact=True).click()
    rating.get_by_label("Phát hiện").fill("Thiếu người trực")
    page.get_by_role("button", name="Xem trước").click()
    one.reads("1 đánh giá của 1 đơn vị")
    page.get_by_role("button", name="Xác nhận và ghi").click()
    one.reads("Thiếu người trực")
    said = Rating.objects.in_force().filter(indicator__code="1.3").values_list("colour", "finding")
    assert list(said) == [("yellow", "Thiếu người trực")]
    assert Case.objects.count() == 2
    # The page that was refused was answered 400, which the browser notes by itself.
    assert [said for said in one.complaints if "400" not in said] == []
