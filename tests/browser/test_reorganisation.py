"""The administrator at a browser: a plan is sent, looked at, settled and carried out, on phone and desk."""

import pytest

from organisations.models import Unit
from tests import kien_an
from tests.browser.test_pages import wrong
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_plan_from_the_file_to_the_end(city_of_june_2025, reader, tmp_path):
    city = city_of_june_2025
    city.administrator.set_password(PASSWORD)
    city.administrator.save()
    city.open_case("1.1")
    plan = tmp_path / "phuong-an.csv"
    plan.write_bytes(kien_an.plan_file())
    one = reader().sign_in(city.administrator, PASSWORD)
    one.page.get_by_text("Quản trị", exact=True).click()
    one.page.get_by_role("link", name="Sắp xếp đơn vị").click()
    one.page.get_by_label("Có hiệu lực từ ngày").fill("2025-07-01")
    one.page.get_by_label("Văn bản quyết định").fill(kien_an.RESOLUTION)
    one.page.get_by_label("Phương án đã điền").set_input_files(str(plan))
    one.page.get_by_role("button", name="Xem trước").click()
    one.page.get_by_label("Phường Trần Thành Ngọ (11443)").select_option("11446")
    one.page.get_by_role("button", name="Xem trước với lựa chọn này").click()
    one.reads("chuyển giao Phường Phù Liễn")
    seen = one.page.url.removeprefix(one.address)
    assert wrong(one, seen) == []
    one.page.get_by_role("button", name="Thực hiện sắp xếp").click()
    one.reads("1 hồ sơ chuyển giao đơn vị kế thừa")
    assert wrong(one, "/reorganisations/") == []
    assert one.complaints == []
    assert Unit.objects.filter(code="11446").count() == 2
