"""The work inside a case through the API, and what a file has to be to count as evidence."""

import hashlib
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from actions.models import Evidence
from tests.conftest import A_PDF


def office_file(**extra: bytes) -> bytes:
    out = io.BytesIO()
    Workbook().save(out)
    with zipfile.ZipFile(out, "a") as archive:
        for name, content in extra.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def upload(caller, case, content: bytes, name: str = "anh.pdf"):
    body = {"file": SimpleUploadedFile(name, content), "description": "Sổ theo dõi"}
    return caller.post(f"cases/{case.number}/evidence/", body, format="multipart")


def test_evidence_is_kept_as_uploaded_and_handed_out_as_an_attachment(city, as_) -> None:
    case = city.in_progress()
    staff = as_(city.staff)
    sent = upload(staff, case, A_PDF, "Sổ theo dõi đơn thư.pdf").json()
    assert sent["sha256"] == hashlib.sha256(A_PDF).hexdigest()
    response = staff.get(f"cases/{case.number}/evidence/{sent['id']}/file/")
    assert b"".join(response.streaming_content) == A_PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith('attachment; filename="So theo doi don thu.pdf"; ')
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    stored = Evidence.objects.get().file.name
    assert "theo" not in stored
    assert not stored.endswith(".pdf")
    assert (
        as_(city.neighbour_staff).get(f"cases/{case.number}/evidence/{sent['id']}/file/").status_code == 404
    )


@pytest.mark.parametrize(
    ("content", "name", "accepted"),
    [
        (A_PDF, "x.pdf", True),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 40, "x.png", True),
        (b"\xff\xd8\xff\xe0" + b"0" * 40, "x.jpg", True),
        (office_file(), "x.xlsx", True),
        (office_file(xl__vbaProject_bin=b"x").replace(b"vbaProject_bin", b"vbaProject.bin"), "x.xlsx", False),
        (b"<html><script>alert(1)</script>", "x.pdf", False),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "x.png", False),
        (b"MZ\x90\x00" + b"0" * 400, "x.jpg", False),
        (b"PK\x03\x04 cut short", "x.docx", False),
        (b"", "x.pdf", False),
    ],
)
def test_a_file_is_judged_by_its_content_and_not_its_name(city, as_, content, name, accepted) -> None:
    case = city.in_progress()
    response = upload(as_(city.staff), case, content, name)
    assert response.status_code == (201 if accepted else 400), response.content.decode()
    assert Evidence.objects.exists() is accepted


def test_a_file_over_the_limit_is_refused_with_the_limit(city, as_, settings) -> None:
    settings.EVIDENCE_MAX_BYTES = 1024 * 1024
    response = upload(as_(city.staff), city.in_progress(), A_PDF + b"0" * 1024 * 1024)
    assert "1 MB" in response.json()["errors"]["file"][0]


def test_withdrawn_evidence_stays_on_record_with_the_reason(city, as_) -> None:
    case = city.in_progress()
    staff = as_(city.staff)
    key = upload(staff, case, A_PDF).json()["id"]
    path = f"cases/{case.number}/evidence/{key}/withdraw/"
    assert staff.post(path, {}).status_code == 400
    assert staff.post(path, {"note": "Nhầm tệp"}).json()["withdrawal_reason"] == "Nhầm tệp"
    assert staff.post(path, {"note": "Lần nữa"}).status_code == 409
    assert Evidence.objects.get().file.size
    assert "Chưa có minh chứng nào." in staff.get(f"cases/{case.number}/").json()["missing"]


@pytest.mark.parametrize("who", ["chairperson", "other_staff", "coordinator", "auditor", "administrator"])
def test_only_those_who_work_on_a_case_add_to_its_file(city, as_, who: str) -> None:
    case = city.in_progress(supporters=[city.supporter])
    person = as_(getattr(city, who))
    plan = {"description": "x", "owner": city.staff.pk, "due_on": "2027-01-05"}
    assert person.put(f"cases/{case.number}/analysis/", {"correction": "x"}).status_code == 403
    assert person.post(f"cases/{case.number}/corrective-actions/", plan).status_code == 403
    assert upload(person, case, A_PDF).status_code == 403
    assert upload(as_(city.supporter), case, A_PDF).status_code == 201


def test_the_file_of_a_case_is_closed_while_it_is_verified(city, as_) -> None:
    case = city.in_verification()
    response = as_(city.staff).put(f"cases/{case.number}/analysis/", {"correction": "khác"})
    assert response.status_code == 409


def test_corrective_actions_are_changed_completed_and_dropped(city, as_, time_machine) -> None:
    time_machine.move_to("2026-10-07T02:00Z", tick=False)
    case = city.in_progress()
    staff, path = as_(city.staff), f"cases/{case.number}/corrective-actions/"
    for n in (1, 2):
        body = {"description": f"Việc {n}", "owner": "supporter@haiphong.example", "due_on": "2027-01-05"}
        assert staff.post(path, body).json()["id"] == n
    changed = staff.patch(f"{path}1/", {"due_on": "2027-01-09"}).json()
    assert changed["due_on"] == "2027-01-11"  # a Saturday moves on
    assert as_(city.supporter).post(f"{path}1/complete/", {"result": "Xong"}).status_code == 200
    assert as_(city.supporter).post(f"{path}2/drop/", {"note": "Không cần"}).status_code == 403
    assert staff.post(f"{path}2/drop/", {"note": "Không cần"}).status_code == 200
    assert staff.patch(f"{path}2/", {"description": "x"}).status_code == 409
    assert staff.post(f"{path}9/complete/", {}).status_code == 404
    outside = {"description": "x", "owner": city.neighbour_staff.pk, "due_on": "2027-01-05"}
    assert staff.post(path, outside).status_code == 400
    kinds = list(case.events.order_by("seq").values_list("kind", flat=True))
    assert kinds[-5:] == [
        "action_planned", "action_planned", "action_changed", "action_completed", "action_dropped",
    ]  # fmt: skip


def test_an_analysis_keeps_what_it_said_before_on_record(city, as_) -> None:
    case = city.in_progress()
    staff, path = as_(city.staff), f"cases/{case.number}/analysis/"
    staff.put(path, {"root_cause": "Không theo dõi", "whys": ["a", "b"]})
    staff.put(path, {"root_cause": "Không ghi hạn"})
    body = staff.get(path).json()
    assert (body["root_cause"], body["whys"]) == ("Không ghi hạn", ["a", "b"])
    assert case.events.latest("seq").changes == {"root_cause": ["Không theo dõi", "Không ghi hạn"]}
    assert staff.put(path, {"whys": ["x"] * 8}).status_code == 400
    assert staff.put(path, {"cause_category": "bad luck"}).status_code == 400
