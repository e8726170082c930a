"""The work file of a case: what an auditor takes home, and how anybody sees that it was tampered with."""

from __future__ import annotations

import ast
import csv
import hashlib
import io
import json
import re
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from docx import Document

from actions.models import Evidence
from actions.operations import add_evidence, withdraw_evidence
from audits.workfile import work_file
from tests.conftest import A_PDF, WEDNESDAY, City
from workflow.models import Case
from workflow.operations import comment

FOLDER = "ho-so-2026-000001"


@pytest.fixture
def lived(city: City, time_machine) -> Case:
    """A case that was worked on, with evidence under strange names, one of it withdrawn, and closed."""
    time_machine.move_to(WEDNESDAY, tick=False)
    case = city.in_progress(city.open_case("1.4"), supporters=[city.supporter])
    add_evidence(case, by=city.staff, upload=SimpleUploadedFile("so-theo-doi.pdf", A_PDF), description="Cũ")
    withdraw_evidence(case.evidence.get(), by=city.staff, note="=Nhầm tệp")
    add_evidence(case, by=city.staff, upload=SimpleUploadedFile("so-theo-doi.pdf", A_PDF + b"%"))
    comment(case, by=city.supporter, note="Đã \x0b gặp tổ dân phố")
    city.complete_file(case)
    case = city.take(case, "submit", city.staff)
    Evidence.objects.filter(pk=case.evidence.last().pk).update(
        name='../Biên "bản"\u202e' + "ạ" * 200 + ".pdf"
    )
    return city.take(case, "verify", city.chairperson, note="Đạt")


def unpacked(case: Case, to: Path) -> Path:
    with work_file(case) as file, zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        archive.extractall(to)
    return to / FOLDER


def verify(folder: Path) -> tuple[int, str]:
    """What the verifier says, run as anybody would, alone."""
    finished = subprocess.run(
        [sys.executable, "-I", folder / "verify.py"], capture_output=True, encoding="utf-8", check=False
    )
    assert finished.stderr == ""
    return finished.returncode, finished.stdout


def test_everything_is_in_it(lived: Case, city: City, tmp_path: Path) -> None:
    folder = unpacked(lived, tmp_path)
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    long = next(name for name in names if "Biên" in name)
    assert names == [
        "SHA256SUMS", "ho-so.docx", "ho-so.json", "minh-chung-da-rut/001 so-theo-doi.pdf",
        "minh-chung/002 so-theo-doi.pdf", long, "muc-luc.csv", "verify.py",
    ]  # fmt: skip
    assert re.fullmatch(r"minh-chung/003 _Biên _bản_ạ+\.pdf", long)
    assert len(long.encode()) < 150
    assert (folder / "minh-chung-da-rut/001 so-theo-doi.pdf").read_bytes() == A_PDF
    sums = dict(line.split("  ", 1)[::-1] for line in (folder / "SHA256SUMS").read_text().splitlines())
    content = {name: (folder / name).read_bytes() for name in names if name != "SHA256SUMS"}
    assert sums == {name: hashlib.sha256(said).hexdigest() for name, said in content.items()}
    told = json.loads((folder / "ho-so.json").read_text())
    assert told["case"]["head_hash"] == lived.head_hash == told["events"][-1]["hash"]
    assert (told["case"]["unit"]["code"], told["case"]["state"]) == ("11443", "monitoring")
    assert told["people"][str(city.chairperson.pk)] == "Bà Trần Thị Hạnh"
    assert [event["seq"] for event in told["events"]] == list(range(1, lived.version + 1))
    assert told["analysis"]["whys"][0] == "Không ai theo dõi hạn"
    assert [one["part"] for one in told["parts"]] == ["lead", "support"]
    [action] = told["corrective_actions"]
    assert (action["due_on"], action["result"], action["completed_by"]) == (
        "2026-10-20",
        "Đã lập.",
        city.staff.pk,
    )
    first, *_rest = list(csv.DictReader(io.StringIO((folder / "muc-luc.csv").read_text("utf-8-sig"))))
    assert (first["Tệp"], first["Lý do rút"]) == ("minh-chung-da-rut/001 so-theo-doi.pdf", "'=Nhầm tệp")


def test_the_document_reads_as_an_official_paper(lived: Case, tmp_path: Path) -> None:
    document = Document(str(unpacked(lived, tmp_path) / "ho-so.docx"))
    section = document.sections[0]
    lengths = (section.page_width, section.page_height, section.left_margin)
    assert [round(length.mm) for length in lengths] == [210, 297, 30]
    head, facts, analysis, actions, evidence, record = document.tables
    texts = [cell.text for cell in head.rows[0].cells]
    assert texts[0].startswith("ỦY BAN NHÂN DÂN\nPHƯỜNG KIẾN AN")
    assert "Số: 2026-000001" in texts[0]
    assert texts[1].startswith("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc")
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert headings == [
        "I. Thông tin hồ sơ", "II. Phát hiện", "III. Phân tích nguyên nhân", "IV. Hành động khắc phục",
        "V. Minh chứng", "VI. Diễn biến",
    ]  # fmt: skip
    said = {row.cells[0].text: row.cells[1].text for table in (facts, analysis) for row in table.rows}
    assert said["Chủ trì"] == "Ông Phạm Quốc Tuấn"
    assert said["Phối hợp"] == "Bà Đỗ Thu Hà"
    assert said["Mức đánh giá khi mở"].startswith("Đỏ, ")
    assert said["Mở lúc"] == "09:00 07/10/2026"
    assert said["Vì sao?"].startswith("1. Không ai theo dõi hạn\n2. ")
    assert any("Phát hiện ở 1.4" in p.text for p in document.paragraphs)
    assert [cell.text for cell in actions.rows[1].cells][:4] == [
        "1", "Lập sổ theo dõi điện tử.", "Ông Phạm Quốc Tuấn", "20/10/2026",
    ]  # fmt: skip
    assert "Đã rút 09:00 07/10/2026, Ông Phạm Quốc Tuấn: =Nhầm tệp" in evidence.rows[1].cells[2].text
    rows = [[cell.text for cell in row.cells] for row in record.rows]
    assert rows[0] == ["STT", "Thời điểm", "Người thực hiện", "Việc"]
    assert len(rows) == lived.version + 1
    assert rows[1][2] == "Hệ thống"
    assert rows[2][1:3] == ["09:00 07/10/2026", "Bà Trần Thị Hạnh"]
    assert rows[2][3].startswith("Bà Trần Thị Hạnh giao việc cho ông Phạm Quốc Tuấn, hạn ")
    assert any("“Đã  gặp tổ dân phố”" in row[3] for row in rows)
    assert record.rows[0]._tr.trPr.xpath("w:tblHeader")
    assert lived.head_hash in document.paragraphs[-1].text


def test_anybody_can_check_it_with_python_alone(lived: Case, tmp_path: Path) -> None:
    folder = unpacked(lived, tmp_path)
    code, said = verify(folder)
    assert code == 0, said
    lines = said.splitlines()
    assert len(lines) == 5
    assert all(line.startswith("ĐẠT / OK: ") for line in lines)
    assert lines[-1] == f"ĐẠT / OK: hồ sơ 2026-000001, mã băm cuối / {lived.head_hash}"
    source = (folder / "verify.py").read_text()
    tree = ast.parse(source, feature_version=(3, 8))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert imported == {"hashlib", "json", "os", "sys"}
    assert not any(isinstance(node, ast.ImportFrom) for node in ast.walk(tree))


def edit(folder: Path, change: Callable[[dict], None]) -> None:
    path = folder / "ho-so.json"
    told = json.loads(path.read_text())
    change(told)
    path.write_text(json.dumps(told, ensure_ascii=False))


def reseal(folder: Path) -> None:
    """What a careful forger does after all: new sums for what is there."""
    path = folder / "SHA256SUMS"
    names = [line.split("  ", 1)[1] for line in path.read_text().splitlines()]
    here = [name for name in names if (folder / name).exists()]
    path.write_text(
        "".join(f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in here)
    )


FILE = "minh-chung/002 so-theo-doi.pdf"


def one_byte(folder: Path) -> None:
    content = bytearray((folder / FILE).read_bytes())
    content[9] ^= 1
    (folder / FILE).write_bytes(content)


def a_note(folder: Path) -> None:
    edit(folder, lambda told: told["events"][-1].update(note="Chưa đạt"))


def an_earlier_day(folder: Path) -> None:
    edit(folder, lambda told: told["events"][2].update(at="2026-10-01T02:00:00.000000Z"))


def the_end(folder: Path) -> None:
    edit(folder, lambda told: told["events"].pop())


def the_middle(folder: Path) -> None:
    edit(folder, lambda told: told["events"].pop(3))


def the_state(folder: Path) -> None:
    edit(folder, lambda told: told["case"].update(state="closed"))


def a_file(folder: Path) -> None:
    (folder / FILE).unlink()


def a_row_of_evidence(folder: Path) -> None:
    edit(folder, lambda told: told["evidence"].pop())


def the_form(folder: Path) -> None:
    edit(folder, lambda told: told.pop("events"))


@pytest.mark.parametrize(
    ("forge", "clumsy", "careful"),
    [
        (one_byte, f"{FILE}: nội dung đã bị thay đổi", f"{FILE}: không phải tệp đã đưa vào hồ sơ"),
        (a_file, f"{FILE}: thiếu tệp này", f"{FILE}: thiếu tệp này"),
        (a_note, "ho-so.json: nội dung đã bị thay đổi", "sự kiện {last}: nội dung đã bị thay đổi"),
        (an_earlier_day, "ho-so.json", "sự kiện 3: nội dung đã bị thay đổi / event 3 was changed"),
        (the_end, "ho-so.json", "chuỗi bị cắt: hồ sơ có {last} sự kiện, ở đây có {one_less}"),
        (the_middle, "ho-so.json", "sự kiện 4: thiếu"),
        (the_state, "ho-so.json", "trạng thái hồ sơ không khớp diễn biến"),
        (a_row_of_evidence, "ho-so.json", "không khớp diễn biến / evidence"),
        (the_form, "ho-so.json", "ho-so.json: không đúng dạng"),
    ],
)
def test_whatever_is_changed_is_named(lived: Case, tmp_path: Path, forge, clumsy: str, careful: str) -> None:
    folder = unpacked(lived, tmp_path)
    forge(folder)
    for sentence, before in ((clumsy, lambda _folder: None), (careful, reseal)):
        before(folder)
        code, said = verify(folder)
        assert code == 1
        *held, fault = said.splitlines()
        assert all(line.startswith("ĐẠT / OK") for line in held)
        assert fault.startswith("SAI / FAULT: ")
        assert sentence.format(last=lived.version, one_less=lived.version - 1) in fault


def test_both_entrances_give_it_to_whoever_sees_the_case(lived: Case, city: City, as_page: Callable) -> None:
    for door in ("/api/v1", ""):
        answer = as_page(city.auditor).get(f"{door}/cases/{lived.number}/work-file/")
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
        assert answer["Content-Disposition"] == 'attachment; filename="ho-so-2026-000001.zip"'
        assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("private, no-store", "nosniff")
        content = b"".join(answer)
        assert int(answer["Content-Length"]) == len(content)
        assert f"{FOLDER}/verify.py" in zipfile.ZipFile(io.BytesIO(content)).namelist()
        neighbour = as_page(city.neighbour_chairperson).get(f"{door}/cases/{lived.number}/work-file/")
        assert neighbour.status_code == 404
    page = as_page(city.staff).get(lived.get_absolute_url()).content.decode()
    assert f'href="/cases/{lived.number}/work-file/"' in page


@pytest.fixture
def as_page() -> Callable[..., Client]:
    def signed_in(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


def test_what_the_store_has_lost_is_said_by_the_verifier(lived: Case, tmp_path: Path) -> None:
    evidence = lived.evidence.all()[1]
    evidence.file.storage.delete(evidence.file.name)
    code, said = verify(unpacked(lived, tmp_path))
    assert (code, said.splitlines()[-1].startswith(f"SAI / FAULT: {FILE}: thiếu tệp")) == (1, True)


def test_a_large_case_costs_no_more_questions_and_no_memory(lived: Case, city: City) -> None:
    counts = []
    for count in (1, 3, 30):
        for number in range(count):
            comment(lived, by=city.supporter, note=f"Ý kiến {count}.{number}")
        with CaptureQueriesContext(connection) as queries:
            work_file(lived).close()
        counts.append(len(queries))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= 16
    evidence = lived.evidence.last()
    with evidence.file.storage.open(evidence.file.name, "rb+") as file:
        file.truncate(50 * 1024 * 1024)
    tracemalloc.start()
    work_file(lived).close()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 10 * 1024 * 1024
