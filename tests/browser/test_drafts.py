"""What was not sent stays, and never goes over what others wrote."""

from __future__ import annotations

import pytest

from actions.models import CauseAnalysis
from actions.operations import record_analysis
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

KEPT = "Object.keys(localStorage).filter(key => key.startsWith('draft:')).length"


def test_a_draft_stays_until_it_has_arrived_and_covers_nobodys_words(city, reader):
    case = city.in_progress(supporters=[city.supporter])
    record_analysis(case, by=city.staff, correction="Xử lý cũ", root_cause="Nguyên nhân cũ")
    city.staff.set_password(PASSWORD)
    city.staff.save()
    one = reader().sign_in(city.staff, PASSWORD)
    page, address = one.page, case.get_absolute_url()

    def writes(label, text):
        page.get_by_label(label).first.fill(text)
        page.wait_for_timeout(500)

    one.open(address)
    writes("Nguyên nhân gốc", "Nguyên nhân của tôi")
    writes("Tiêu chí đánh giá hiệu lực", "Ba tháng liền đạt")

    # Something else arrives: the draft does not go with it.
    page.locator("form.comment textarea").fill("Đã gọi điện")
    page.get_by_role("button", name="Gửi ý kiến").click()
    one.reads("Đã ghi ý kiến.")
    assert page.evaluate(KEPT) == 1
    assert page.get_by_label("Nguyên nhân gốc").first.input_value() == "Nguyên nhân của tôi"

    # Somebody else writes meanwhile: their words stay, mine stand beside them.
    case.refresh_from_db()
    record_analysis(case, by=city.supporter, root_cause="Nguyên nhân của chị Hà")
    one.open(address)
    field = page.locator("#analysis-root_cause")
    assert field.input_value() == "Nguyên nhân của chị Hà"
    assert page.locator(".draft-notice textarea").input_value() == "Nguyên nhân của tôi"
    assert page.locator("#analysis-effectiveness_criterion").input_value() == "Ba tháng liền đạt"

    # Sent, it has arrived, and nothing is kept.
    page.get_by_role("button", name="Ghi phân tích").click()
    one.reads("Đã ghi phân tích nguyên nhân.")
    assert page.evaluate(KEPT) == 0
    analysis = CauseAnalysis.objects.get()
    assert analysis.root_cause == "Nguyên nhân của chị Hà"
    assert analysis.effectiveness_criterion == "Ba tháng liền đạt"

    # Signing out forgets.
    one.open(address)
    writes("Nguyên nhân gốc", "Chưa gửi")
    page.locator(".menu > summary", has_text="Phạm Quốc Tuấn").click()
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_load_state()
    assert page.evaluate(KEPT) == 0
    assert one.complaints == []
