"""The main job from end to end through pages alone, without a script running."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.conftest import A_PDF
from tests.web.workbooks import filled_in, uploaded
from workflow.models import Case


def test_from_a_red_rating_back_to_green(city, signed_in):
    coordinator, chairperson, staff = (
        signed_in(person) for person in (city.coordinator, city.chairperson, city.staff)
    )

    def record(period, **colours):
        content = filled_in(city.kien_an, period, **colours)
        given = {"file": uploaded(content), "period": period}
        assert "Xem trước" in coordinator.post("/assessments/upload/", given, follow=True).content.decode()
        return coordinator.post("/assessments/confirm/", follow=True).content.decode()

    assert "1 hồ sơ mới" in record("2026-Q4", Đỏ="1.4")
    case = Case.objects.get()
    address = case.get_absolute_url()

    def state():
        return Case.objects.get(pk=case.pk).state

    assert case.number in chairperson.get("/").content.decode()
    soon = timezone.localdate() + timedelta(days=21)
    chairperson.post(
        f"{address}steps/assign/",
        {
            "assignee": city.staff.pk,
            "due_on": soon.isoformat(),
            "product": "Báo cáo",
            "version": case.version,
        },
    )
    assert case.number in staff.get("/").content.decode()
    staff.post(f"{address}steps/start/")
    staff.post(
        f"{address}analysis/",
        {
            "correction": "Trả lời ngay các phản ánh quá hạn",
            "why_1": "Không ai theo dõi hạn",
            "root_cause": "Phân công qua nhóm Zalo, không ghi nhận hạn",
            "similar_cases_found": "no",
            "similar_cases": "Ba tổ dân phố",
            "effectiveness_criterion": "Ba tháng liền không quá 5 % quá hạn",
        },
    )
    planned = {"description": "Lập sổ theo dõi", "owner": city.staff.pk, "due_on": soon.isoformat()}
    staff.post(f"{address}corrective-actions/", planned)
    staff.post(f"{address}corrective-actions/1/complete/", {"result": "Đã lập sổ"})
    staff.post(f"{address}evidence/", {"file": SimpleUploadedFile("so.pdf", A_PDF)})
    staff.post(f"{address}steps/submit/", {"note": "Đã xong"})
    assert state() == "in_verification"
    chairperson.post(f"{address}steps/verify/", {"note": "Đạt"})
    assert state() == "monitoring"
    assert "1 đóng" in record("2027-Q1", Xanh="1.4")
    assert state() == "closed"
    page = staff.get(address).content.decode()
    assert "Hệ thống xác nhận hiệu lực và đóng hồ sơ." in page
    assert "Không còn việc phải làm." in page
