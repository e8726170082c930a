"""The list to take away: what the reader sees and nothing else, opened by what they would open it with."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime

import pytest
from openpyxl import load_workbook

from tests.conftest import City
from workflow import export
from workflow.models import Case


def content(answer) -> bytes:
    return b"".join(answer) if answer.streaming else answer.content


def table(answer) -> list[list]:
    if answer["Content-Type"] == export.XLSX:
        sheet = load_workbook(io.BytesIO(content(answer))).active
        return [list(row) for row in sheet.iter_rows(values_only=True)]
    return list(csv.reader(io.StringIO(content(answer).decode("utf-8-sig"))))


@pytest.fixture(params=["page", "api"])
def take_away(request, signed_in, as_):
    def get(person, **query):
        if request.param == "page":
            return signed_in(person).get("/cases/export/", query)
        return as_(person).get("cases/export/", **query)

    return get


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_list_as_it_is_seen(city: City, take_away, kind: str) -> None:
    city.assigned(city.open_case("1.1"))
    case = city.in_progress(city.open_case("2.1"))
    asked = {"due_on": date(2026, 12, 1), "note": "Chờ vốn", "objective_cause": True}
    city.take(case, "extend", city.chairperson, **asked)
    head, *rows = table(take_away(city.chairperson, **{"as": kind, "state": "in_progress"}))
    assert len(rows) == 1
    told = dict(zip(head, rows[0], strict=True))
    assert (told["Số hồ sơ"], told["Mã chỉ số"]) == (case.number, "2.1")
    assert told["Chủ trì"] == "Phạm Quốc Tuấn"
    days = [told["Hạn xử lý ban đầu"], told["Hạn xử lý"]]
    if kind == "xlsx":
        assert days == [datetime(2026, 11, 6), datetime(2026, 12, 1)]
        assert told["Số lần gia hạn"] == 1
    else:
        assert days == ["2026-11-06", "2026-12-01"]


def test_a_neighbour_takes_nothing_of_it_and_a_stranger_nothing_at_all(city: City, take_away) -> None:
    case = city.open_case()
    other = city.open_case("1.1", unit=city.phu_lien)
    for person, seen in (
        (city.auditor, {case.number, other.number}),
        (city.staff, {case.number}),
        (city.neighbour_staff, {other.number}),
        (city.stranger, set()),
    ):
        _head, *rows = table(take_away(person, **{"as": "csv"}))
        assert {row[0] for row in rows} == seen


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_name_is_never_a_formula(city: City, take_away, kind: str) -> None:
    city.staff.full_name = '=HYPERLINK("http://x","y")'
    city.staff.save()
    city.assigned()
    answer = take_away(city.chairperson, **{"as": kind})
    if kind == "xlsx":
        sheet = load_workbook(io.BytesIO(content(answer))).active
        cell = next(cell for cell in sheet[2] if "HYPERLINK" in str(cell.value))
        assert cell.data_type == "s"
    else:
        assert any(value == '\'=HYPERLINK("http://x","y")' for value in table(answer)[1])


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_name_that_no_cell_can_hold_spoils_nobodys_file(city: City, take_away, kind: str) -> None:
    city.staff.full_name = "Phạm\x01 Quốc\x0b Tuấn"
    city.staff.save()
    case = city.assigned()
    [_head, row] = table(take_away(city.auditor, **{"as": kind}))
    assert row[0] == case.number
    if kind == "xlsx":
        assert "Phạm Quốc Tuấn" in row


def test_another_kind_is_refused_in_a_sentence(city: City, as_, signed_in) -> None:
    answer = as_(city.staff).get("cases/export/", **{"as": "pdf"})
    assert (answer.status_code, answer.json()["errors"]) == (400, {"as": ["Chọn xlsx hoặc csv."]})
    page = signed_in(city.staff).get("/cases/export/?as=pdf", follow=True)
    assert "Chọn xlsx hoặc csv." in page.content.decode()


def test_too_many_for_excel_are_to_be_had_as_csv(city: City, as_, monkeypatch) -> None:
    monkeypatch.setattr(export, "MAX_XLSX_ROWS", 2)
    city.rate(red="1.1 1.2 1.3")
    refused = as_(city.staff).get("cases/export/", **{"as": "xlsx"})
    assert "hãy lọc bớt" in refused.json()["errors"]["as"][0]
    assert len(table(as_(city.staff).get("cases/export/"))) == 4


def test_the_export_costs_the_same_statements_for_one_case_as_for_many(
    city: City, as_, django_assert_max_num_queries
) -> None:
    client = as_(city.auditor)
    for codes in ("1.1", "1.2 1.3 1.4 1.5 1.6 1.7 1.8"):
        city.rate(red=codes)
        with django_assert_max_num_queries(7):
            content(client.get("cases/export/"))
    assert Case.objects.count() == 8
