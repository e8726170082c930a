"""A file comes from anywhere: what would not fit into memory, or is no table, is refused in a sentence."""

import io
import time
import zipfile
from collections.abc import Callable

import pytest
from django.core.files.base import ContentFile
from openpyxl import Workbook
from openpyxl.styles import PatternFill

from indicators.refusals import MAX_FAULTS, Refused
from indicators.workbook import HEADERS, read_rows

COLUMNS = ["indicator", "colour", "finding"]
SHEET1 = "xl/worksheets/sheet1.xml"


def book(change: Callable = lambda sheet: None) -> bytes:
    made, out = Workbook(), io.BytesIO()
    sheet = made.active
    sheet.title = "Đánh giá"
    sheet.append([HEADERS[name] for name in COLUMNS])
    sheet.append(["1.4", "Đỏ", "Chưa có số liệu"])
    change(sheet)
    made.save(out)
    return out.getvalue()


def with_sheet(change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with the XML of its sheet rewritten, as no spreadsheet program would."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book())) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = old.read(part)
            new.writestr(part.filename, change(content) if part.filename == SHEET1 else content)
    return out.getvalue()


def merged(ref: str) -> bytes:
    cell = f'</sheetData><mergeCells count="1"><mergeCell ref="{ref}"/></mergeCells>'.encode()
    return with_sheet(lambda xml: xml.replace(b"</sheetData>", cell))


def only_a_chart() -> bytes:
    made, out = Workbook(), io.BytesIO()
    made.create_chartsheet("Biểu đồ")
    made.remove(made.worksheets[0])
    made.save(out)
    return out.getvalue()


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * (101 * 1024 * 1024))
    return out.getvalue()


ENTITIES = b'<!DOCTYPE l [<!ENTITY a "haha"><!ENTITY b "&a;&a;">]><worksheet'

HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a word in the last cell of all": (
        lambda: book(lambda sheet: sheet.cell(1048576, 16384, "x")),
        "XFD1048576",
    ),
    "merged over everything": (lambda: merged("A1:XFD1048576"), "ô"),
    "a merged cell of no size": (lambda: merged("XYZ"), "Không mở được"),
    "formulas": (lambda: book(lambda sheet: sheet.append(["1.5", "=A1", "=[kho.xlsx]S!A1"])), "công thức"),
    "only a chart": (only_a_chart, "Không mở được"),
    "more than 100 MB in little": (bomb, "giải nén"),
    "entities": (lambda: with_sheet(lambda xml: xml.replace(b"<worksheet", ENTITIES)), "Không mở được"),
    "an old or encrypted workbook": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096),
        "Không mở được",
    ),
    "half a workbook": (lambda: book()[:2000], "Không mở được"),
    "nothing": (lambda: b"", "Không mở được"),
    "NUL.csv": (lambda: "Mã chỉ số,Mức đánh giá,Phát hiện\n1.4,Đỏ,a\0b\n".encode(), "CSV"),
    "a million lines.csv": (lambda: b"\n" * 1_000_000, "dòng"),
    "a long cell.csv": (lambda: "Mã chỉ số,Mức đánh giá\n1.4,".encode() + b"x" * 200_000, "CSV"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_a_sentence_and_soon(city, name) -> None:
    make, said = HOSTILE[name]
    content, began = make(), time.monotonic()
    with pytest.raises(Refused) as refused:
        read_rows(ContentFile(content), name=name if ".csv" in name else "phiếu.xlsx", unit_code="11443")
    assert said in str(refused.value)
    assert time.monotonic() - began < 20


def test_too_many_elements_are_refused_before_they_are_built(city, monkeypatch) -> None:
    monkeypatch.setattr("indicators.workbook.weight.MAX_ELEMENTS", 1000)
    rows = b"<row/>" * 1000 + b"</sheetData>"
    content = with_sheet(lambda xml: xml.replace(b"</sheetData>", rows))
    with pytest.raises(Refused, match="quá nhiều ô"):
        read_rows(ContentFile(content), name="phiếu.xlsx", unit_code="11443")


def test_cells_that_are_only_painted_say_nothing(city) -> None:
    def paint(sheet) -> None:
        for row in (*range(3, 3000), 1048576):
            sheet.cell(row, 2).fill = PatternFill("solid", fgColor="FFFF00")
        sheet.merge_cells("E3000:G3005")

    rows = read_rows(ContentFile(book(paint)), name="phiếu.xlsx", unit_code="11443")
    assert [(row.indicator, row.colour) for row in rows] == [("1.4", "red")]


def test_a_file_wrong_from_end_to_end_is_told_in_so_many_sentences(city) -> None:
    wrong = "Mã chỉ số,Mức đánh giá\n" + "9.9,tím\n" * 1000
    with pytest.raises(Refused) as refused:
        read_rows(ContentFile(wrong.encode()), name="sai.csv", unit_code="11443")
    assert len(refused.value.faults) == MAX_FAULTS + 1
    assert refused.value.faults[-1].sentence == "Và 1800 chỗ khác nữa."
