"""The workbook: out as a form, in as real people leave it, refused cell by cell where unclear."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from datetime import datetime
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from indicators.models import Indicator, Rating
from indicators.refusals import Refused
from indicators.workbook import read_rows, write_form

HEADER = ["Mã chỉ số", "Chỉ số", "Mức đánh giá", "Phát hiện", "Minh chứng"]


def xlsx(*rows: list[Any], above: int = 0, header: list[str] = HEADER, title: str = "Đánh giá") -> io.BytesIO:
    """A workbook as a person would leave it: title rows above the header, then the rows."""
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for _n in range(above):
        sheet.append(["ỦY BAN NHÂN DÂN PHƯỜNG KIẾN AN"])
    for row in (header, *rows):
        sheet.append(row)
    return saved(book)


def saved(book: Workbook) -> io.BytesIO:
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def read(file: io.BytesIO, name: str = "phieu.xlsx", unit: str | None = "11443") -> dict[str, str]:
    return {row.indicator: row.colour for row in read_rows(file, name=name, unit_code=unit)}


def faults(file: io.BytesIO, name: str = "phieu.xlsx", unit: str | None = "11443") -> dict[str, str]:
    with pytest.raises(Refused) as refusal:
        read_rows(file, name=name, unit_code=unit)
    return {fault.where: fault.sentence for fault in refusal.value.faults}


# --- Out -----------------------------------------------------------------------------------------


def test_the_form_names_the_39_indicators_and_opens_in_a_spreadsheet_library(city) -> None:
    sheet = load_workbook(io.BytesIO(write_form(city.kien_an, "2026-Q4")))["Đánh giá"]
    assert [cell.value for cell in sheet[4]] == HEADER
    codes = [sheet.cell(row=row, column=1).value for row in range(5, 44)]
    assert codes == list(Indicator.objects.values_list("code", flat=True))
    assert codes[9] == "1.10"
    assert "Phường Kiến An" in sheet["A1"].value
    assert "chưa đối chiếu với TCVN" in sheet["A2"].value
    assert sheet.data_validations.dataValidation[0].sqref.ranges


def test_a_form_filled_in_and_sent_back_says_what_was_filled_in(city) -> None:
    book = load_workbook(io.BytesIO(write_form(city.kien_an, "2026-Q4")))
    sheet = book["Đánh giá"]
    sheet["C5"], sheet["D5"] = "Đỏ", "- Thiếu quy trình\n=không phải công thức"
    sheet["D5"].data_type = "s"
    rows = {row.indicator: row for row in read_rows(saved(book), name="x.xlsx", unit_code="11443")}
    assert rows["1.1"].colour == "red"
    assert rows["1.1"].finding == "- Thiếu quy trình\n=không phải công thức"
    assert {row.colour for code, row in rows.items() if code != "1.1"} == {"not_rated"}


def test_what_has_been_rated_is_in_the_next_form_and_changes_nothing_when_sent_again(city) -> None:
    city.rate(red="1.10", yellow="2.1", green="1.1", period="2026-Q4")
    form = io.BytesIO(write_form(city.kien_an, "2026-Q4"))
    colours = {code: colour for code, colour in read(form).items() if colour != "not_rated"}
    assert colours == {"1.1": "green", "1.10": "red", "2.1": "yellow"}


def test_a_finding_that_no_cell_can_hold_is_in_the_form_without_what_is_in_the_way(city) -> None:
    city.rate(red="1.1", period="2026-Q4")
    Rating.objects.update(finding="Thiếu\x01 quy trình", evidence_note="\x02")
    sheet = load_workbook(io.BytesIO(write_form(city.kien_an, "2026-Q4")))["Đánh giá"]
    assert [cell.value for cell in sheet[5]][2:] == ["Đỏ", "Thiếu quy trình", None]


# --- In: what is clear ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "colour"),
    [
        ("Đỏ", "red"), ("đỏ", "red"), ("ĐỎ ", "red"), ("do", "red"), ("Red", "red"), ("đ", "red"),
        ("R", "red"), ("Vàng", "yellow"), ("VANG", "yellow"), ("yellow", "yellow"), ("v", "yellow"),
        ("Xanh", "green"), ("x", "green"), ("GREEN", "green"), ("Chưa đánh giá", "not_rated"),
        ("chua danh gia", "not_rated"), (None, "not_rated"), ("", "not_rated"),
        (unicodedata.normalize("NFD", "Đỏ"), "red"), (unicodedata.normalize("NFD", "Vàng"), "yellow"),
    ],
)  # fmt: skip
def test_a_colour_is_understood_however_it_is_written(city, word: str | None, colour: str) -> None:
    assert read(xlsx(["1.4", "", word, "Phát hiện", ""])) == {"1.4": colour}


def test_not_applicable_needs_a_reason(city) -> None:
    assert read(xlsx(["2.5", "", "Không áp dụng", "Không có du lịch", ""])) == {"2.5": "not_applicable"}
    assert faults(xlsx(["2.5", "", "Không áp dụng", "", ""])) == {
        "D2": "“Không áp dụng” cần lý do ở cột Phát hiện."
    }


def test_title_rows_merged_cells_and_trailing_blanks_are_looked_past(city) -> None:
    book = Workbook()
    sheet = book.active
    sheet.title = "Đánh giá"
    sheet["A1"] = "ỦY BAN NHÂN DÂN PHƯỜNG KIẾN AN"
    sheet.merge_cells("A1:E2")
    sheet["A3"] = "Phiếu tự đánh giá Quý IV"
    for column, header in enumerate(HEADER, start=1):
        sheet.cell(row=6, column=column, value=f" {header.upper()} ")
    sheet["A7"], sheet["C7"], sheet["D7"] = "1.4", "Đỏ", "Chung cho hai chỉ số"
    sheet["A8"], sheet["C8"] = "1.5 ", "Vàng"
    sheet.merge_cells("D7:D8")
    sheet["A60"] = "  "
    rows = read_rows(saved(book), name="x.xlsx", unit_code="11443")
    assert [(r.indicator, r.colour, r.finding) for r in rows] == [
        ("1.4", "red", "Chung cho hai chỉ số"),
        ("1.5", "yellow", "Chung cho hai chỉ số"),
    ]


def test_columns_are_found_by_header_in_any_order(city) -> None:
    header = ["Minh chứng", "Mức đánh giá", "Ghi chú", "Mã chỉ số"]
    assert read(xlsx(["", "Đỏ", "x", "1.4"], header=header)) == {"1.4": "red"}


def test_a_number_is_a_code_where_only_one_code_can_be_meant(city) -> None:
    assert read(xlsx([1.4, "", "Đỏ", "", ""], [4.1, "", "Vàng", "", ""])) == {"1.4": "red", "4.1": "yellow"}


def test_one_point_one_or_one_point_ten_is_told_by_the_title(city) -> None:
    titles = dict(Indicator.objects.values_list("code", "title_vi"))
    file = xlsx([1.1, titles["1.10"], "Đỏ", "", ""], [1.1, titles["1.1"], "Vàng", "", ""])
    assert read(file) == {"1.10": "red", "1.1": "yellow"}


def test_many_units_in_one_file(city) -> None:
    header = ["Mã đơn vị", *HEADER]
    file = xlsx(["11443", "1.4", "", "Đỏ", "", ""], [11446, "1.4", "", "Vàng", "", ""], header=header)
    rows = read_rows(file, name="x.xlsx")
    assert [(r.unit, r.colour) for r in rows] == [("11443", "red"), ("11446", "yellow")]


def test_a_unit_code_gets_back_the_zeros_that_excel_dropped(city) -> None:
    header = ["Mã đơn vị", *HEADER]
    (row,) = read_rows(xlsx([4, "1.4", "", "Đỏ", "", ""], header=header), name="x.xlsx")
    assert row.unit == "00004"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_as_spreadsheet_programs_save_it(city, separator: str) -> None:
    text = "\ufeff" + "\r\n".join([separator.join(HEADER), separator.join(["1.10", "", "Đỏ", "Nợ", ""])])
    assert read(io.BytesIO(text.encode()), "phieu.CSV") == {"1.10": "red"}


# --- In: what is refused -------------------------------------------------------------------------


def test_every_bad_cell_has_its_address_and_a_sentence(city) -> None:
    said = faults(
        xlsx(
            [1.1, "", "Đỏ", "", ""],
            [datetime(2026, 2, 1), "", "Đỏ", "", ""],
            ["9.9", "", "Đỏ", "", ""],
            ["1.4", "", "Tím", "", ""],
            ["1.5", "", '=IF(1=1,"Đỏ","")', "", ""],
            ["1.6", "", "Đỏ", "a" * 10_001, "b" * 10_001],
            above=2,
        )
    )
    assert list(said) == ["A4", "A5", "A6", "C7", "C8", "D9", "E9"]
    assert "1.1 hoặc 1.10" in said["A4"]
    assert "ngày tháng" in said["A5"]
    assert "“9.9”" in said["A6"]
    assert "“Tím”" in said["C7"]
    assert "công thức" in said["C8"]
    assert said["D9"] == said["E9"] == "Không quá 10000 ký tự."


def test_a_duplicated_row_is_refused_and_nothing_is_stored(city) -> None:
    rows = read_rows(
        xlsx(["1.4", "", "Đỏ", "", ""], ["1.4", "", "Vàng", "", ""]), name="x.xlsx", unit_code="11443"
    )
    from indicators.models import Rating
    from indicators.operations import record_assessments

    with pytest.raises(Refused, match="đã có ở A2"):
        record_assessments(rows, period="2026-Q4", kind="self", by=city.coordinator)
    assert not Rating.objects.exists()


def test_a_file_of_another_unit_is_refused(city) -> None:
    header = ["Mã đơn vị", *HEADER]
    assert "A2" in faults(xlsx(["11446", "1.4", "", "Đỏ", "", ""], header=header))


def test_the_form_of_another_period_is_refused(city) -> None:
    book = load_workbook(io.BytesIO(write_form(city.kien_an, "2026-Q4")))
    with pytest.raises(Refused) as refused:
        read_rows(saved(book), name="phieu.xlsx", unit_code="11443", period="2026-Q3")
    assert [fault.sentence for fault in refused.value.faults] == [
        "Đây là phiếu của kỳ 2026-Q4, không phải 2026-Q3: hãy chọn lại kỳ hoặc sửa dòng đầu phiếu."
    ]


def test_the_form_of_another_unit_is_refused(city) -> None:
    said = faults(io.BytesIO(write_form(city.phu_lien, "2026-Q4")))
    assert said == {"phieu.xlsx": "Đây là phiếu của đơn vị 11446, không phải 11443."}


def test_a_file_without_a_unit_must_be_told_one(city) -> None:
    assert "đơn vị nào" in faults(xlsx(["1.4", "", "Đỏ", "", ""]), unit=None)["A2"]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "rong.xlsx"),
        (b"PK\x03\x04 cut short", "cut.xlsx"),
        (b"%PDF-1.4", "thuc-ra-la.xlsx"),
        ("Mã chỉ số,Mức đánh giá\n1.4,Đỏ".encode("utf-16"), "utf16.csv"),
        (b"", "rong.csv"),
        (b"a,b\n1,2", "khac.csv"),
    ],
)
def test_a_file_that_is_no_workbook_gets_one_sentence(city, content: bytes, name: str) -> None:
    assert list(faults(io.BytesIO(content), name)) == [name]


def test_a_file_cut_short_anywhere_is_refused_and_never_a_traceback(city) -> None:
    whole = xlsx(["1.4", "", "Đỏ", "", ""]).getvalue()
    for length in range(0, len(whole) - 1, 97):
        faults(io.BytesIO(whole[:length]))


def test_a_small_file_that_unpacks_to_a_huge_one_is_not_opened(city, settings) -> None:
    settings.WORKBOOK_MAX_UNPACKED_BYTES = 1_000_000
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 2_000_000)
    assert "quá lớn" in faults(file)["phieu.xlsx"]


def test_an_empty_form_has_nothing_to_record(city) -> None:
    assert "Không có dòng đánh giá" in faults(xlsx())["phieu.xlsx"]
