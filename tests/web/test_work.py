"""The work inside a case from its page: analysis, corrective actions, evidence, comments."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from actions.models import CauseAnalysis, CorrectiveAction, Evidence
from tests.conftest import A_PDF
from workflow.models import Case

ANALYSIS = {
    "correction": "Trả lời ngay",
    "why_1": "Không ai theo dõi hạn",
    "why_2": "Không có sổ",
    "root_cause": "Quy trình không ghi nhận hạn",
    "cause_category": "process",
    "similar_cases_found": "no",
    "similar_cases": "Ba tổ dân phố",
    "effectiveness_criterion": "Ba tháng không quá hạn",
}


@pytest.fixture
def case(city):
    return city.in_progress()


@pytest.fixture
def staff(city, signed_in):
    return signed_in(city.staff)


def test_the_assignee_records_the_analysis(case, staff):
    response = staff.post(f"{case.get_absolute_url()}analysis/", ANALYSIS | {"version": case.version})
    assert response.status_code == 302
    analysis = CauseAnalysis.objects.get()
    assert analysis.whys == ["Không ai theo dõi hạn", "Không có sổ"]
    assert analysis.similar_cases_found is False
    page = staff.get(case.get_absolute_url()).content.decode()
    assert 'value="Không có sổ"' in page
    assert "ghi phân tích nguyên nhân" in page
    assert "Nguyên nhân gốc: Quy trình không ghi nhận hạn" in page.replace(
        "nguyên nhân gốc:", "Nguyên nhân gốc:"
    )


def test_five_whys_to_begin_with_and_one_more_when_they_are_used_up(case, staff):
    page = staff.get(case.get_absolute_url()).content.decode()
    assert 'name="why_5"' in page
    assert 'name="why_6"' not in page
    staff.post(f"{case.get_absolute_url()}analysis/", {f"why_{n}": f"Vì {n}" for n in range(1, 6)})
    assert 'name="why_6"' in staff.get(case.get_absolute_url()).content.decode()


def test_an_analysis_of_an_older_state_of_things_is_kept_on_the_page(city, case, staff, signed_in):
    seen = case.version
    signed_in(city.supporter).post(f"{case.get_absolute_url()}comments/", {"note": "Xem lại"})
    response = staff.post(f"{case.get_absolute_url()}analysis/", ANALYSIS | {"version": seen})
    assert response.status_code == 409
    assert "Quy trình không ghi nhận hạn" in response.content.decode()
    assert not CauseAnalysis.objects.exists()


def test_a_corrective_action_is_planned_changed_and_completed(city, case, staff):
    address = f"{case.get_absolute_url()}corrective-actions/"
    given = {"description": "Lập sổ", "owner": city.supporter.pk, "due_on": "2030-01-10"}
    assert staff.post(address, given).status_code == 302
    assert staff.post(f"{address}1/", given | {"description": "Lập sổ điện tử"}).status_code == 302
    action = CorrectiveAction.objects.get()
    assert (action.description, action.owner) == ("Lập sổ điện tử", city.supporter)
    assert staff.post(f"{address}1/complete/", {"result": "Xong"}).status_code == 302
    page = staff.get(case.get_absolute_url()).content.decode()
    assert "Đã hoàn thành" in page
    assert "hoàn thành hành động khắc phục 1" in page
    assert staff.post(f"{address}1/drop/", {"note": "Thôi"}).status_code == 409
    assert staff.post(f"{address}9/drop/", {"note": "Thôi"}).status_code == 404


def test_the_owner_of_an_action_completes_it_and_proves_it(city, case, staff, signed_in):
    address = f"{case.get_absolute_url()}corrective-actions/"
    staff.post(address, {"description": "Lập sổ", "owner": city.other_staff.pk, "due_on": "2030-01-10"})
    owner = signed_in(city.other_staff)
    page = owner.get(case.get_absolute_url()).content.decode()
    assert "/corrective-actions/1/complete/" in page
    assert "/corrective-actions/1/drop/" not in page
    assert 'type="file"' in page
    assert owner.post(f"{address}1/drop/", {"note": "Thôi"}).status_code == 403
    assert owner.post(f"{address}1/complete/", {"result": ""}).status_code == 302


def test_an_empty_plan_is_refused_beside_its_fields(case, staff):
    response = staff.post(f"{case.get_absolute_url()}corrective-actions/", {"description": "Lập sổ"})
    assert response.status_code == 400
    page = response.content.decode()
    assert 'id="action-owner_error"' in page
    assert "Lập sổ" in page


def test_evidence_is_handed_out_as_a_file_and_nothing_else(city, case, staff):
    name = "Biên bản họp dân.pdf"
    upload = SimpleUploadedFile(name, A_PDF, content_type="text/html")
    given = {"file": upload, "description": "Đã họp"}
    assert staff.post(f"{case.get_absolute_url()}evidence/", given).status_code == 302
    evidence = Evidence.objects.get()
    response = staff.get(f"{case.get_absolute_url()}evidence/{evidence.pk}/file/")
    assert b"".join(response.streaming_content) == A_PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].endswith(
        "; filename*=UTF-8''Bi%C3%AAn%20b%E1%BA%A3n%20h%E1%BB%8Dp%20d%C3%A2n.pdf"
    )
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (None, "Hãy chọn một tệp."),
        (SimpleUploadedFile("x.pdf", b""), "Tệp rỗng."),
        (SimpleUploadedFile("x.pdf", b"<html>"), "Chỉ nhận PDF"),
    ],
)
def test_what_is_no_evidence_is_refused_beside_the_field(case, staff, upload, sentence):
    given = {"description": "Đã họp"} | ({"file": upload} if upload else {})
    response = staff.post(f"{case.get_absolute_url()}evidence/", given)
    assert response.status_code == 400
    assert sentence in response.content.decode()
    assert 'value="Đã họp"' in response.content.decode()


def test_withdrawn_evidence_stays_in_sight_with_its_reason(city, case, staff):
    staff.post(f"{case.get_absolute_url()}evidence/", {"file": SimpleUploadedFile("a.pdf", A_PDF)})
    address = f"{case.get_absolute_url()}evidence/{Evidence.objects.get().pk}/withdraw/"
    assert staff.post(address, {"note": " "}).status_code == 400
    assert staff.post(address, {"note": "Nhầm tệp"}).status_code == 302
    page = staff.get(case.get_absolute_url()).content.decode()
    assert "Đã rút" in page
    assert "Nhầm tệp" in page
    assert staff.post(address, {"note": "Nhầm tệp"}).status_code == 409


def test_anyone_who_sees_a_case_may_say_something(city, case, signed_in):
    for person in (city.auditor, city.chairperson, city.other_staff):
        reader = signed_in(person)
        given = {"note": f"Ý kiến của {person}"}
        assert reader.post(f"{case.get_absolute_url()}comments/", given).status_code == 302
    assert reader.post(f"{case.get_absolute_url()}comments/", {"note": " "}).status_code == 400
    page = reader.get(case.get_absolute_url()).content.decode()
    assert "Bà Vũ Thanh Mai có ý kiến." in page


def test_nobody_works_in_a_case_that_waits_for_its_verifier(city, signed_in):
    case = city.in_verification()
    staff = signed_in(city.staff)
    page = staff.get(case.get_absolute_url()).content.decode()
    assert "/analysis/" not in page
    assert 'type="file"' not in page
    assert staff.post(f"{case.get_absolute_url()}analysis/", ANALYSIS).status_code == 409
    assert Case.objects.get(pk=case.pk).version == case.version
