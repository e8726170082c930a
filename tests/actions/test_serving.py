"""Evidence as it goes out, by both entrances: whole, in parts, not twice, under a name that is safe."""

from __future__ import annotations

import hashlib
import tracemalloc

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.http import http_date

from actions.models import Evidence
from actions.names import attachment, safe, shortened
from actions.operations import add_evidence
from actions.ranges import NotThere, Span, span_of
from tests.conftest import A_PDF

CONTENT = A_PDF + bytes(range(256)) * 40
SIZE = len(CONTENT)


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("bytes=0-0", Span(0, 0)), ("bytes=2-5", Span(2, 5)), ("BYTES= 5- ", Span(5, 9)),
        ("bytes=-3", Span(7, 9)), ("bytes=-99", Span(0, 9)), ("bytes=8-99", Span(8, 9)),
        ("bytes=9-" + "9" * 5000, Span(9, 9)), ("bytes=000000000000000000000-1", Span(0, 1)),
        ("", None), ("bytes=", None), ("bytes=-", None), ("bytes=5-2", None), ("bytes=a-b", None),
        ("bytes=0-1,4-5", None), ("items=0-1", None), ("bytes 0-1", None), ("bytes=-1-2", None),
        ("bytes=٠-١", None), ("bytes=0-1\n", None),
        ("bytes=10-", NotThere), ("bytes=10-11", NotThere), ("bytes=-0", NotThere),
        ("bytes=" + "9" * 5000 + "-", NotThere),
    ],
)  # fmt: skip
def test_one_part_the_whole_or_nothing_there_is(header, span) -> None:
    if span is NotThere:
        with pytest.raises(NotThere):
            span_of(header, 10)
    else:
        assert span_of(header, 10) == span


@pytest.mark.parametrize(
    ("name", "plain", "full"),
    [
        ("Biên bản họp.pdf", "Bien ban hop.pdf", "Bi%C3%AAn%20b%E1%BA%A3n%20h%E1%BB%8Dp.pdf"),
        ("Đề án “x”.docx", "De an _x_.docx", "%C4%90%E1%BB%81%20%C3%A1n%20%E2%80%9Cx%E2%80%9D.docx"),
        ('a"b\\c%41.pdf', "a_b_c_41.pdf", "a_b_c_41.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie_ x=1.pdf", "a%20Set-Cookie_%20x%3D1.pdf"),
        ("../../etc/passwd", "_.._etc_passwd", "_.._etc_passwd"),
        ("\u202egpj.exe\u2066.pdf", "gpj.exe.pdf", "gpj.exe.pdf"),
        ("...", "minh-chung", "minh-chung"),
        ("🌿.png", "_.png", "%F0%9F%8C%BF.png"),
    ],
)  # fmt: skip
def test_a_name_goes_out_in_plain_letters_and_in_full(name, plain, full) -> None:
    assert attachment(name) == f"attachment; filename=\"{plain}\"; filename*=UTF-8''{full}"
    assert safe(safe(name)) == safe(name)
    assert attachment(name).isascii()


def test_a_long_name_keeps_its_ending() -> None:
    long = "ộ" * 251 + ".pdf"
    assert attachment(long).count("%E1%BB%99") == 251
    assert shortened(long, 100) == "ộ" * 32 + ".pdf"
    assert len(shortened("x" * 300, 100)) == 100
    assert shortened("Sổ.xlsx", 100) == "Sổ.xlsx"


@pytest.fixture
def evidence(city) -> Evidence:
    upload = SimpleUploadedFile("Biên bản.pdf", CONTENT, content_type="text/html")
    return add_evidence(city.in_progress(), by=city.staff, upload=upload)


@pytest.fixture(params=["/api/v1/cases/", "/cases/"])
def ask(request, city, evidence):
    """ask(Range="bytes=0-1"): the file, by the API and by the page."""
    client = Client()
    client.force_login(city.staff)
    address = f"{request.param}{evidence.case.number}/evidence/{evidence.pk}/file/"

    def asked(method="get", **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return getattr(client, method)(address, headers=headers)

    asked.by_machine = "api" in request.param
    return asked


def test_parts_put_together_are_the_file(ask, evidence) -> None:
    whole = ask()
    tag = f'"{hashlib.sha256(CONTENT).hexdigest()}"'
    assert (whole.status_code, b"".join(whole)) == (200, CONTENT)
    assert (whole["Accept-Ranges"], whole["ETag"], whole["Content-Length"]) == ("bytes", tag, str(SIZE))
    assert whole["Last-Modified"] == http_date(int(evidence.added_at.timestamp()))
    parts = []
    for header, said in (
        ("bytes=0-99", "0-99"), ("bytes=100-", f"100-{SIZE - 1}"), ("bytes=-1", f"{SIZE - 1}-{SIZE - 1}"),
    ):  # fmt: skip
        part = ask(Range=header)
        parts.append(b"".join(part))
        assert (part.status_code, part["Content-Range"]) == (206, f"bytes {said}/{SIZE}")
        assert part["Content-Length"] == str(len(parts[-1]))
        for same in ("ETag", "Content-Type", "Content-Disposition", "X-Content-Type-Options",
                     "Content-Security-Policy", "Cache-Control", "Accept-Ranges"):  # fmt: skip
            assert part[same] == whole[same], same
    assert parts[0] + parts[1] == CONTENT
    assert parts[2] == CONTENT[-1:]
    assert whole["Content-Type"] == "application/pdf"
    for header in ("bytes=0-1,3-4", "bytes=x", "lines=0-1"):
        assert b"".join(ask(Range=header)) == CONTENT


def test_what_lies_outside_the_file_is_not_sent(ask) -> None:
    answer = ask(Range=f"bytes={SIZE}-")
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{SIZE}")
    if ask.by_machine:
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["detail"] == "Phần được yêu cầu nằm ngoài tệp."


def test_what_is_known_is_not_sent_again_and_what_changed_is_sent_whole(ask) -> None:
    whole = ask()
    tag, since = whole["ETag"], whole["Last-Modified"]
    for known in ({"If_None_Match": tag}, {"If_None_Match": f'"x", W/{tag}'}, {"If_Modified_Since": since}):
        answer = ask(**known)
        assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", tag), known
    assert ask(If_None_Match='"x"', If_Modified_Since=since).status_code == 200
    assert ask(If_Match='"x"').status_code == 412
    assert ask(If_Match=tag).status_code == 200
    for began, status in ((tag, 206), (since, 206), ('"x"', 200), (f"W/{tag}", 200), ("yesterday", 200)):
        answer = ask(Range="bytes=0-1", If_Range=began)
        assert (answer.status_code, len(b"".join(answer))) == (status, 2 if status == 206 else SIZE), began
    assert ask(Range="bytes=99999999-", If_Range='"x"').status_code == 200
    head = ask("head", Range="bytes=0-1")
    assert (head.status_code, head["Content-Length"], head.content) == (200, str(SIZE), b"")
    assert head["Content-Disposition"] == whole["Content-Disposition"]
    assert ask("head", If_None_Match=tag).status_code == 304


def test_a_file_is_never_in_memory_as_a_whole(ask, evidence, settings) -> None:
    with evidence.file.storage.open(evidence.file.name, "rb+") as file:
        file.truncate(30 * 1024 * 1024)
    Evidence.objects.update(size=30 * 1024 * 1024)
    tracemalloc.start()
    sent = sum(len(piece) for piece in ask(Range="bytes=1-"))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sent == 30 * 1024 * 1024 - 1
    assert most < 2 * 1024 * 1024
