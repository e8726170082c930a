"""What is no evidence is refused by both entrances beside its field, and nothing of it is kept anywhere."""

from __future__ import annotations

import io
import re
import zipfile
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client

from actions.models import Evidence
from actions.operations import add_evidence
from tests.conftest import A_PDF
from workflow.models import Event

ONLY = "Chỉ nhận PDF, ảnh (JPEG, PNG, WebP), Word (.docx), Excel (.xlsx)."


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in names:
            file.writestr(name, "x" * 2000)
    return out.getvalue()


DOCX = archive("[Content_Types].xml", "word/document.xml")
REFUSED = {
    "empty": (b"", "Tệp rỗng."),
    "too large": (A_PDF + bytes(1024 * 1024), "Tệp lớn hơn 1 MB."),
    "a page": (b"<html><script>alert(1)</script>", ONLY),
    "a program": (b"MZ\x90\x00" + bytes(400), ONLY),
    "an archive of something": (archive("a.txt"), ONLY),
    "with macros": (archive("word/document.xml", "word/vbaProject.bin"), ONLY),
    "cut short": (DOCX[:-30], ONLY),
    "its second half": (DOCX[len(DOCX) // 2 :], ONLY),
}


@pytest.fixture(params=["/api/v1/cases/", "/cases/"])
def sender(request, city, settings):
    """(client, address of the evidence of a case in progress, where files are kept)."""
    settings.EVIDENCE_MAX_BYTES = 1024 * 1024
    client = Client()
    client.force_login(city.staff)
    number = city.in_progress().number
    return client, f"{request.param}{number}/evidence/", settings.MEDIA_ROOT


def said_of_the_file(answer) -> list[str]:
    if answer["Content-Type"] == "application/problem+json":
        assert set(answer.json()["errors"]) == {"file"}
        return answer.json()["errors"]["file"]
    found = re.findall(
        r'<ul class="errorlist" id="evidence-(\w+)_error"><li>(.*?)</li></ul>', answer.content.decode()
    )
    assert [name for name, _said in found] == ["file"]
    return [unescape(said) for _name, said in found]


def nothing_is_kept(kept, events: int) -> bool:
    files = [path for path in kept.rglob("*") if path.is_file()]
    return not files and not Evidence.objects.exists() and Event.objects.count() == events


@pytest.mark.parametrize("what", REFUSED)
def test_each_refusal_names_the_file_and_keeps_nothing(sender, what) -> None:
    client, address, kept = sender
    content, sentence = REFUSED[what]
    events = Event.objects.count()
    answer = client.post(address, {"file": SimpleUploadedFile("biên bản.docx", content), "description": "x"})
    assert answer.status_code == 400
    assert said_of_the_file(answer) == [sentence]
    assert nothing_is_kept(kept, events)


def test_a_request_cut_short_keeps_nothing(sender) -> None:
    client, address, kept = sender
    events = Event.objects.count()
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.docx"\r\n\r\n'
    answer = client.generic(
        "POST", address, head + DOCX[:900], content_type="multipart/form-data; boundary=b"
    )
    assert answer.status_code == 400
    assert nothing_is_kept(kept, events)


def test_of_several_files_all_are_kept_or_none(city, client, settings) -> None:
    client.force_login(city.staff)
    case = city.in_progress()
    events = Event.objects.count()
    sent = [
        SimpleUploadedFile("a.pdf", A_PDF),
        SimpleUploadedFile("b.pdf", b"<html>"),
        SimpleUploadedFile("c", b""),
    ]
    answer = client.post(f"{case.get_absolute_url()}evidence/", {"file": sent})
    assert answer.status_code == 400
    assert f"b.pdf: {ONLY}" in answer.content.decode()
    assert nothing_is_kept(settings.MEDIA_ROOT, events)


def test_a_file_that_cannot_be_put_on_record_is_not_left_behind(city, settings) -> None:
    """The database refuses at the last moment: the row is taken back, and so is the file."""
    case = city.in_progress()
    events, settings.EVIDENCE_MAX_BYTES = Event.objects.count(), 2**70
    upload = SimpleUploadedFile("a.pdf", A_PDF)
    upload.size = 2**65  # which no column holds
    with pytest.raises((DatabaseError, OverflowError)), transaction.atomic():
        add_evidence(case, by=city.staff, upload=upload)
    assert nothing_is_kept(settings.MEDIA_ROOT, events)
