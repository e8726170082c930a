"""Evidence is shown as a picture made anew: nothing of the file reaches a browser, and no file hangs us."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, PngImagePlugin

from actions.operations import add_evidence, withdraw_evidence
from actions.previews import drawn
from tests.conftest import A_PDF

pytestmark = pytest.mark.django_db


def a_picture(kind="PNG", size=(3000, 2000), mode="RGB", **options) -> bytes:
    made = io.BytesIO()
    Image.new(mode, size, (200, 40, 30, 0)[: len(mode)]).save(made, kind, **options)
    return made.getvalue()


def a_document(pages: int) -> bytes:
    sheets = [Image.new("RGB", (300, 400), (255, 255, 250 - n)) for n in range(pages)]
    made = io.BytesIO()
    sheets[0].save(made, "PDF", save_all=True, append_images=sheets[1:])
    return made.getvalue()


def a_bomb() -> bytes:
    """A picture that says it has 60,000 x 60,000 points, in a hundred bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.fixture
def case(city):
    return city.in_progress()


def added(city, case, content: bytes, name: str):
    return add_evidence(case, by=city.staff, upload=SimpleUploadedFile(name, content))


def test_a_picture_is_made_anew_smaller_and_without_what_it_carried(city, case):
    said = PngImagePlugin.PngInfo()
    said.add_text("Comment", "031234567890 Nguyễn Văn Dân")
    evidence = added(city, case, a_picture(pnginfo=said), "anh.png")
    shown = drawn(evidence)
    with Image.open(io.BytesIO(shown.jpeg)) as picture:
        assert (picture.format, max(picture.size)) == ("JPEG", 1600)
    assert b"031234567890" not in shown.jpeg
    evidence.file.delete(save=False)
    assert drawn(evidence) == shown, "kept under the digest of the file"


def test_beside_a_name_it_is_small(city, case, signed_in):
    evidence = added(city, case, a_picture(), "anh.png")
    address = f"{case.get_absolute_url()}evidence/{evidence.pk}/page/1/"
    assert f'src="{address}?small"' in signed_in(city.staff).get(case.get_absolute_url()).content.decode()
    with Image.open(io.BytesIO(signed_in(city.staff).get(address + "?small").content)) as picture:
        assert picture.size == (240, 160)


def test_a_picture_that_was_cut_short_is_drawn_again(city, case):
    evidence = added(city, case, a_picture(), "anh.png")
    whole = drawn(evidence)
    path = next(f"previews/{name}" for name in default_storage.listdir("previews")[1])
    with default_storage.open(path) as file:
        half = file.read()[:200]
    default_storage.delete(path)
    default_storage.save(path, ContentFile(half))
    assert drawn(evidence) == whole


def test_a_file_that_is_gone_is_no_fault_of_the_page(city, case, signed_in):
    evidence = added(city, case, a_picture(), "anh.png")
    evidence.file.storage.delete(evidence.file.name)
    page = signed_in(city.staff).get(f"{case.get_absolute_url()}evidence/{evidence.pk}/")
    assert "Không xem trước được tệp này." in page.content.decode()


def test_what_shows_through_shows_paper(city, case):
    shown = drawn(added(city, case, a_picture(mode="RGBA", size=(9, 9)), "dau.png"))
    with Image.open(io.BytesIO(shown.jpeg)) as picture:
        assert min(picture.getpixel((4, 4))) > 245


def test_a_document_is_leafed_through(city, case, signed_in):
    evidence = added(city, case, a_document(3), "quyet-dinh.pdf")
    assert [drawn(evidence, page).pages for page in (1, 3)] == [3, 3]
    assert drawn(evidence, 4) is None
    reader = signed_in(city.chairperson)
    address = f"{case.get_absolute_url()}evidence/{evidence.pk}/"
    page = reader.get(address + "?page=2").content.decode()
    assert "Trang 2/3" in page
    assert f'src="{address}page/2/"' in page
    picture = reader.get(address + "page/2/")
    assert picture["Content-Type"] == "image/jpeg"
    assert picture["X-Content-Type-Options"] == "nosniff"
    assert picture["Content-Security-Policy"].startswith("sandbox")
    assert reader.get(address + "page/9/").status_code == 404
    for stranger in (city.neighbour_chairperson, city.stranger):
        client = signed_in(stranger)
        assert client.get(address).status_code == client.get(address + "page/1/").status_code == 404


@pytest.mark.parametrize(
    ("content", "name"),
    [(a_bomb(), "bom.png"), (A_PDF, "hong.pdf"), (a_picture()[:900], "cut.png")],
    ids=["a bomb", "a damaged document", "cut short"],
)
def test_what_cannot_be_drawn_is_offered_as_a_file(city, case, signed_in, content, name):
    evidence = added(city, case, content, name)
    assert drawn(evidence) is None
    evidence.file.delete(save=False)
    assert drawn(evidence) is None, "remembered, and tried for nobody again"
    page = signed_in(city.staff).get(f"{case.get_absolute_url()}evidence/{evidence.pk}/")
    assert "Không xem trước được tệp này." in page.content.decode()


def test_withdrawn_evidence_is_no_longer_leafed_to(city, case, signed_in):
    first, second = (added(city, case, a_document(n), f"{n}.pdf") for n in (1, 2))
    withdraw_evidence(second, by=city.staff, note="Nhầm tệp")
    page = signed_in(city.staff).get(f"{case.get_absolute_url()}evidence/{first.pk}/").content.decode()
    assert f"evidence/{second.pk}/" not in page
    gone = signed_in(city.staff).get(f"{case.get_absolute_url()}evidence/{second.pk}/").content.decode()
    assert "Nhầm tệp" in gone
