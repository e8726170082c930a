"""Two people at one case, or one person who presses twice: nothing is lost, nothing is doubled."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from actions.models import CorrectiveAction, Evidence
from tests.conftest import A_PDF
from workflow.models import Event

pytestmark = pytest.mark.django_db


def test_pressed_twice_is_done_once(city, signed_in):
    case, staff = city.in_progress(), signed_in(city.staff)
    address = case.get_absolute_url()
    plan = {"description": "Lập sổ", "owner": city.staff.pk, "due_on": "2030-01-10"}
    for _press in range(2):
        assert staff.post(f"{address}comments/", {"note": "Đã gọi điện"}).status_code == 302
    for _press in range(2):
        assert staff.post(f"{address}corrective-actions/", plan).status_code == 302
    for _press in range(2):
        file = SimpleUploadedFile("so.pdf", A_PDF)
        assert staff.post(f"{address}evidence/", {"file": file}).status_code == 302
    kinds = list(Event.objects.filter(case=case).order_by("seq").values_list("kind", flat=True))[3:]
    assert kinds == ["commented", "action_planned", "evidence_added"]
    assert (CorrectiveAction.objects.count(), Evidence.objects.count()) == (1, 1)
    staff.post(f"{address}comments/", {"note": "Đã gọi điện"})
    assert Event.objects.filter(case=case, kind="commented").count() == 2, (
        "said again later, it is said again"
    )


def test_what_changed_meanwhile_is_told_and_the_form_keeps_its_text(city, signed_in):
    case = city.complete_file(city.in_progress())
    staff = signed_in(city.staff)
    seen = case.version
    city.take(case, "extend", city.chairperson, due_on=case.due_on.replace(year=2027), note="Mưa bão",
              objective_cause=True)  # fmt: skip
    answer = staff.post(
        f"{case.get_absolute_url()}steps/submit/", {"version": seen, "note": "Đã xong, mời xem"}
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Từ lúc mở trang, hồ sơ đã thay đổi" in page
    assert "Bà Trần Thị Hạnh gia hạn đến" in page
    assert "Đã xong, mời xem</textarea>" in page


def test_text_for_a_step_that_is_no_longer_possible_is_given_back(city, signed_in):
    case = city.in_verification()
    seen = case.version
    city.take(case, "send_back", city.chairperson, note="Thiếu ảnh")
    answer = signed_in(city.chairperson).post(
        f"{case.get_absolute_url()}steps/verify/", {"version": seen, "note": "Đạt yêu cầu đã nêu"}
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Bà Trần Thị Hạnh trả lại để bổ sung." in page
    assert "Đạt yêu cầu đã nêu</textarea>" in page


def test_several_files_at_once_are_all_taken_or_none(city, signed_in):
    case, staff = city.in_progress(), signed_in(city.staff)
    address = f"{case.get_absolute_url()}evidence/"
    good, better = SimpleUploadedFile("1.pdf", A_PDF), SimpleUploadedFile("2.pdf", A_PDF + b"2")
    bad = SimpleUploadedFile("la.exe", b"MZ\x90")
    answer = staff.post(address, {"file": [good, bad], "description": "Biên bản"})
    assert answer.status_code == 400
    assert "la.exe: Chỉ nhận PDF, ảnh" in answer.content.decode()
    assert not Evidence.objects.exists()
    good.seek(0)
    assert staff.post(address, {"file": [good, better], "description": "Biên bản"}).status_code == 302
    assert [(e.name, e.description) for e in Evidence.objects.all()] == [
        ("1.pdf", "Biên bản"), ("2.pdf", "Biên bản")]  # fmt: skip


def test_a_script_that_sends_files_is_answered_in_words(city, signed_in):
    case, staff = city.in_progress(), signed_in(city.staff)
    sending = {"HTTP_X_REQUESTED_WITH": "upload"}
    address = f"{case.get_absolute_url()}evidence/"
    assert staff.post(address, {"file": SimpleUploadedFile("1.pdf", A_PDF)}, **sending).status_code == 201
    refused = staff.post(address, {"file": SimpleUploadedFile("x.exe", b"MZ")}, **sending)
    assert (refused.status_code, refused["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert "Chỉ nhận PDF" in refused.content.decode()
    other = signed_in(city.other_staff).post(
        address, {"file": SimpleUploadedFile("2.pdf", A_PDF + b"2")}, **sending
    )
    assert other.status_code == 403
    assert staff.post(address, {}, **sending).content.decode() == "Hãy chọn một tệp."
