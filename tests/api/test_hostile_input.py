"""Whatever is sent, the answer is a sentence in a problem document, and nothing is half stored."""

import base64
import io
import json
import zipfile
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from indicators.models import Period
from workflow.models import Case, Event


def is_refused(answer, status: int, *fields: str) -> bool:
    """A problem document of that status, which names these fields and says something of each."""
    assert answer.status_code == status, answer.content[:500]
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["detail"]
    errors = problem.get("errors", {})
    assert all(errors.values())
    return set(fields) <= set(errors)


# --- Days -------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["9999-12-31", "9999-12-30", "2200-01-01", "2031-10-02", "0001-01-01"])
def test_a_day_nobody_can_mean_is_refused_by_its_field(city, as_, time_machine, day) -> None:
    time_machine.move_to("2026-10-07T02:00Z", tick=False)
    case = city.in_progress()
    work, steps = f"cases/{case.number}/corrective-actions/", f"cases/{case.number}/steps/"
    plan = {"description": "Lập sổ", "owner": city.staff.email, "due_on": day}
    assert is_refused(as_(city.staff).post(work, plan), 400, "due_on")
    assign = {"assignee": city.staff.email, "due_on": day}
    assert is_refused(as_(city.chairperson).post(f"{steps}assign/", assign), 400, "due_on")
    case = city.in_verification(city.open_case("2.1"))
    answer = as_(city.chairperson).post(f"cases/{case.number}/steps/verify/", {"check_on": day})
    assert is_refused(answer, 400, "check_on")
    assert not Case.objects.filter(turn_due_on__year__gt=2027).exists()


def test_the_farthest_day_is_five_years_ahead(city, as_, time_machine) -> None:
    time_machine.move_to("2026-10-07T02:00Z", tick=False)
    case = city.in_progress()
    sent = {"due_on": "2031-10-01", "note": "Chờ vốn trung hạn", "objective_cause": True}
    answer = as_(city.chairperson).post(f"cases/{case.number}/steps/extend/", sent)
    assert answer.json()["due_on"] == "2031-10-01"
    assert Event.objects.filter(case=case, kind="extended").count() == 1
    assert Case.objects.get(pk=case.pk).due_on == date(2031, 10, 1)


@pytest.mark.parametrize("code", ["0000", "9999", "9999-Q4", "2062-Q4", "1999-H2", "２０２６-Q4", "2026-13"])
def test_a_period_nobody_can_mean_is_refused(city, as_, code) -> None:
    rating = {"unit": "11443", "period": code, "ratings": [{"indicator": "1.4", "colour": "red"}]}
    assert is_refused(as_(city.coordinator).post("assessments/", rating), 400, "period")
    days = {"code": "X", "starts_on": "2026-01-01", "ends_on": "9999-12-31"}
    assert is_refused(as_(city.administrator).post("periods/", days), 400, "ends_on")
    assert not Period.objects.exists()


# --- Text and numbers -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"note": "a\0b"}, "note"),
        ({"note": "a\ud800b"}, "note"),
        ({"note": "x", "assignee": "a\0b"}, "assignee"),
        ({"note": "x", "assignee": "\ud800@haiphong.example"}, "assignee"),
        ({"note": "x", "assignee": 10**30}, "assignee"),
        ({"note": "x", "assignee": "9" * 5000}, "assignee"),
        ({"note": "x", "supporters": [-(10**30)]}, "supporters[0]"),
        ({"note": "x", "unit": "\0"}, "unit"),
        ({"note": "x", "khác\0": 1}, "khác\ufffd"),
        ({"note": "x", "\ud800": "\ud800"}, "\ufffd"),
        ({"note": [{}]}, "note"),
        ({"note": "x" * 10001}, "note"),
        ({"due_on": "2026-02-30"}, "due_on"),
        ([], "non_field_errors"),
        ("chữ", "non_field_errors"),
        (None, "non_field_errors"),
    ],
)
def test_what_no_database_could_hold_is_refused_by_its_field(city, as_, sent, field) -> None:
    case = city.open_case()
    answer = as_(city.chairperson).post(f"cases/{case.number}/steps/assign/", json.dumps(sent), **AS_SENT)
    assert is_refused(answer, 400, field)
    assert Event.objects.filter(case=case).count() == 1


AS_SENT = {"format": None, "content_type": "application/json"}


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b"[" * 100_000, b'{"a":' * 100_000, b"[" * 20 + b"]" * 20, b"NaN", b"1" * 5000],
    ids=lambda body: f"{body[:6]!r} × {len(body)}",
)
def test_a_body_that_is_no_document_is_refused(city, as_, body) -> None:
    case = city.open_case()
    assert is_refused(as_(city.staff).post(f"cases/{case.number}/comments/", body, **AS_SENT), 400)


def test_a_body_with_too_many_fields_or_bytes_is_refused(city, as_, settings) -> None:
    case = city.in_progress()
    form = {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.4"), **{f"field{n}": "1" for n in range(1001)}}
    path = f"cases/{case.number}/"
    assert is_refused(as_(city.staff).post(f"{path}evidence/", form, format="multipart"), 400)
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    sent = {"note": "x" * 200}
    assert is_refused(as_(city.staff).post(f"{path}comments/", sent), 413)


def test_a_form_cannot_bring_in_what_json_may_not(city, as_) -> None:
    sent = {"file": SimpleUploadedFile("a\0.csv", b"x"), "period": "\0", "unit": "\0"}
    answer = as_(city.coordinator).post("assessments/import/", sent, format="multipart")
    assert is_refused(answer, 400, "period", "unit")


@pytest.mark.parametrize(
    "kind", ["multipart/form-data", "application/x-www-form-urlencoded", "text/plain", "x"]
)
def test_what_is_no_json_where_json_is_asked_for_is_not_read(city, as_, kind) -> None:
    case = city.open_case()
    as_is = {"format": None, "content_type": kind}
    answer = as_(city.staff).post(f"cases/{case.number}/comments/", "note=x", **as_is)
    assert is_refused(answer, 415)
    assert answer.json()["type"] == "urn:ve-xanh:problem:media-type"
    assert Event.objects.filter(case=case).count() == 1


def test_notifications_are_read_by_keys_that_can_be(city, as_) -> None:
    for ids in ([10**18 * 99], [-1], ["x"], [1] * 1001):
        assert is_refused(as_(city.staff).post("notifications/read/", {"ids": ids}), 400)
    assert as_(city.staff).post("notifications/read/", {"ids": [2**63 - 1]}).status_code == 204


# --- Addresses --------------------------------------------------------------------------------

ODD = ["%00", "2026-000001%00", "%ff", "%ed%a0%80", "9" * 30, "-1", "%C2%B2", "..%2F..", "%F0%9F%8C%BF"]


@pytest.mark.parametrize(
    "address",
    [
        "{}/", "units/{}/", "assessments/{}/", "cases/{}/", "cases/{}/events/", "cases/{number}/steps/{}/",
        "cases/{number}/corrective-actions/{}/complete/", "cases/{number}/evidence/{}/file/",
        "cases/steps/{}/",
    ],
)  # fmt: skip
def test_an_address_of_nothing_is_a_problem_document(city, as_, address) -> None:
    number, staff = city.open_case().number, as_(city.staff)
    for path in (address.format(odd, number=number) for odd in ODD):
        for answer in (staff.get(path), staff.post(path)):
            assert answer.status_code in (404, 405), path
            assert is_refused(answer, answer.status_code)


def test_a_reader_who_left_out_the_last_slash_is_sent_on(city, as_) -> None:
    answer = as_(city.staff).get("cases", state="open")
    assert (answer.status_code, answer["Location"]) == (302, "/api/v1/cases/?state=open")
    assert is_refused(as_(city.staff).post("assessments", {}), 404)


#: Cursors that name no place: p=a%00, and p=x.
CURSORS = ["cD1hJTAw", "cD14"]


@pytest.mark.parametrize("name", "cursor page_size assignee search unit period due_before".split())
def test_a_query_is_understood_or_refused(city, as_, name) -> None:
    case, auditor = city.open_case(), as_(city.auditor)
    for odd in [*ODD, *CURSORS, "9" * 5000, "0000-00-00", "a+" * 300]:
        for order in ("-number", "turn_due_on"):
            answer = auditor.get(f"cases/?{name}={odd}&ordering={order}")
            if answer.status_code == 200:
                assert {found["number"] for found in answer.json()["results"]} <= {case.number}
            else:
                assert is_refused(answer, 404 if name == "cursor" else 400)


@pytest.mark.parametrize(
    "listed", ["units", "periods", "indicators", "assessments", "notifications", "cases"]
)
def test_a_cursor_that_names_no_place_is_not_found(city, as_, listed) -> None:
    auditor = as_(city.auditor)
    assert is_refused(auditor.get(f"{listed}/", cursor="cD1hJTAw"), 404)
    assert is_refused(auditor.get(f"{listed}/", cursor="xyz"), 404)


def test_a_fault_of_ours_is_a_problem_document_too(city, as_, monkeypatch) -> None:
    monkeypatch.setattr("api.views.cases.detail", lambda *_: 1 / 0)
    staff = as_(city.staff)
    staff.client.raise_request_exception = False
    assert is_refused(staff.get(f"cases/{city.open_case().number}/"), 500)


@pytest.mark.parametrize("address", ["schema/", "docs/", "me/", "units/"])
def test_a_method_that_an_address_has_not_is_a_problem_document(city, as_, address) -> None:
    for method in ("post", "delete", "patch"):
        assert is_refused(getattr(as_(city.staff), method)(address), 405)
    assert as_(city.staff).options(address).status_code in (200, 405)


# --- Files ------------------------------------------------------------------------------------


def docx() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        docx().replace(b"PK\x01\x02", b"PK\x01\x03"),
        docx()[len(docx()) // 2 :],
        docx().replace(b"PK\x05\x06", b"PK\x05\x06\xff\xff"),
        docx().replace(b"PK\x01\x02\x14\x03\x14", b"PK\x01\x02\x14\x03\xf4"),
        b"PK\x05\x06" + bytes(18),
        b"",
    ],
)
def test_a_damaged_file_is_refused_and_not_kept(city, as_, settings, content) -> None:
    case = city.in_progress()
    sent = {"file": SimpleUploadedFile("biên bản.docx", content)}
    answer = as_(city.staff).post(f"cases/{case.number}/evidence/", sent, format="multipart")
    assert is_refused(answer, 400, "file")
    assert not list(settings.MEDIA_ROOT.rglob("evidence/*"))


@pytest.mark.parametrize(
    "name",
    ['a"b.docx', "../../etc/passwd", "\u202egpj.docx", "Ti\u0301ch.docx", "🌿.docx", "x" * 300 + ".docx"],
)
def test_a_file_comes_back_under_a_name_that_harms_nobody(city, as_, name) -> None:
    staff, case, content = as_(city.staff), city.in_progress(), docx()
    path = f"cases/{case.number}/evidence/"
    answer = staff.post(path, {"file": SimpleUploadedFile(name, content)}, format="multipart")
    if answer.status_code == 400:
        assert is_refused(answer, 400, "file")
        return
    kept = answer.json()
    assert not set("/\\\r\n\0\u202e") & set(kept["name"])
    sent_back = staff.get(f"{path}{kept['id']}/file/")
    assert b"".join(sent_back) == content
    assert sent_back["Content-Disposition"].startswith("attachment")
    assert "X" not in sent_back.headers


# --- What only programs send ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("cases/", ["-id", False, float("inf")]), ("cases/", ["-id", False, 10**400]),
        ("cases/", ["-id", 1, 5]), ("cases/", {"a": 1}), ("cases/", ["id", False, 5]),
        ("people/", ["sort_key", False, "\ud800", 1]), ("calendar/", ["on", False, "9999-99-99"]),
        ("catalogue/", ["-id", False, "0001-01-01T00:00:00+14:00"]),
    ],
)  # fmt: skip
def test_a_cursor_made_up_is_no_place(city, as_, path, place) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")
    assert is_refused(as_(city.administrator).get(path, cursor=cursor), 404)


def test_a_key_larger_than_any_is_refused(city, as_) -> None:
    for key in ("9" * 20, "0", "-1"):
        assert is_refused(as_(city.administrator).get("dispatches/", recipient=key), 400, "recipient")


@pytest.mark.parametrize("said", ["true", "True"])
def test_a_dry_run_is_dry_however_a_form_spells_it(city, as_, said) -> None:
    rows = "Mã chỉ số,Mức đánh giá,Phát hiện\n1.4,Đỏ,Chưa có\n".encode()
    sent = {"file": SimpleUploadedFile("a.csv", rows), "period": "2026-Q4", "unit": "11443", "dry_run": said}
    answer = as_(city.coordinator).post("assessments/import/", sent, format="multipart")
    assert (answer.status_code, answer.json()["dry_run"]) == (200, True)
    assert not Case.objects.exists()
    for path, name in (("catalogue/", "a.csv"), ("reorganisations/", "p.csv")):
        before = as_(city.administrator).get(path).json()
        sent = {"file": SimpleUploadedFile(name, b"x"), "dry_run": said}
        as_(city.administrator).post(path, sent, format="multipart")
        assert as_(city.administrator).get(path).json() == before


def test_what_the_library_says_in_english_is_said_by_us(city, as_, client) -> None:
    case = city.open_case()
    path = f"cases/{case.number}/comments/"
    for body in (b'{"name":', b"\xff"):
        said = as_(city.staff).post(path, body, **AS_SENT).json()["detail"]
        assert said == "Không đọc được nội dung gửi lên."
    kind = {"format": None, "content_type": "multipart/form-data"}
    answer = as_(city.staff).post(f"cases/{case.number}/evidence/", b"x", **kind)
    assert (answer.status_code, answer.json()["detail"]) == (400, "Không đọc được nội dung gửi lên.")
    browser = type(client)(enforce_csrf_checks=True)
    browser.force_login(city.staff)
    answer = browser.post(f"/api/v1/{path}", {"note": "x"}, "application/json")
    assert is_refused(answer, 403)
    assert answer.json()["detail"].startswith("Thiếu mã chống giả mạo (CSRF)")


def test_a_code_is_text(city, as_) -> None:
    sent = {"url": "https://8.8.8.8/x", "unit": 11443}
    assert is_refused(as_(city.chairperson).post("webhooks/", sent), 400, "unit")
