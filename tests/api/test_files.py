"""Files by API: the same that the pages hand out."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from indicators.models import Assessment
from organisations.models import User
from organisations.roster import HEADERS
from tests.conftest import WEDNESDAY


@pytest.fixture(autouse=True)
def _today(time_machine) -> None:
    time_machine.move_to(WEDNESDAY, tick=False)


def cells(answer: Any) -> list[tuple[Any, ...]]:
    assert answer.status_code == 200, answer.content
    if answer["Content-Type"].startswith("text/csv"):
        content = answer.getvalue() if answer.streaming else answer.content
        return [tuple(line.split(",")) for line in content.decode("utf-8-sig").splitlines()]
    return list(load_workbook(io.BytesIO(answer.content)).active.values)


def test_the_workbook_of_a_unit_and_period_is_that_of_the_page(city, as_, signed_in) -> None:
    city.rate(red="1.4", green="2.1")
    asked = {"unit": "11443", "period": "2026-Q3", "kind": "self"}
    coordinator, page = as_(city.coordinator), signed_in(city.coordinator)
    answer = coordinator.get("assessments/form/", **asked)
    assert cells(answer) == cells(page.get("/assessments/form/", asked))
    assert answer["Content-Disposition"] == 'attachment; filename="danh-gia-11443-2026-Q3.xlsx"'
    one = Assessment.objects.get()
    told = as_(city.staff).get(f"assessments/{one.pk}/workbook/")
    assert cells(told) == cells(page.get(f"/assessments/{one.pk}/workbook/"))
    assert as_(city.neighbour_staff).get(f"assessments/{one.pk}/workbook/").status_code == 404
    for odd, field in (({"period": "2026-Q9"}, "period"), ({"kind": "x"}, "kind"), ({"unit": "9"}, "unit")):
        assert list(coordinator.get("assessments/form/", **asked | odd).json()["errors"]) == [field]
    assert as_(city.staff).get("assessments/form/", **asked).status_code == 403
    assert coordinator.get("assessments/form/", **asked | {"kind": "city"}).status_code == 403
    assert as_(city.neighbour_chairperson).get("assessments/form/", **asked).status_code == 404


def test_follow_through_goes_away_as_the_page_s_table(city, as_, signed_in) -> None:
    auditor, page = as_(city.auditor), signed_in(city.auditor)
    assert cells(auditor.get("follow-through/export/"))[1:] == []
    city.closed(city.open_case("1.1"))
    for kind in ("csv", "xlsx"):
        told = cells(auditor.client.get(f"/api/v1/follow-through/export/?as={kind}&period_from=2026-Q3"))
        shown = page.get(f"/follow-through/export/?as={kind}&period_from=2026-Q3")
        assert told == cells(shown), kind
        assert len(told) > 1
    assert list(auditor.client.get("/api/v1/follow-through/export/?as=pdf").json()["errors"]) == ["as"]
    assert as_(city.staff).get("follow-through/export/").status_code == 403


def test_the_list_of_people_is_filled_in_as_csv_or_excel_and_sent_back(city, as_) -> None:
    admin = as_(city.administrator)
    assert cells(admin.get("people/template/")) == [tuple(HEADERS.values())]
    answer = admin.client.get("/api/v1/people/template/?as=xlsx")
    book = load_workbook(io.BytesIO(answer.content))
    names = [cell.value for cell in book.active[1]]
    row = {"Họ và tên": "Vũ Thị Mới", "Thư điện tử": "moi@haiphong.example", "Mã đơn vị": "11443",
           "Chức vụ": "Công chức"}  # fmt: skip
    for number, name in enumerate(names, start=1):
        book.active.cell(row=2, column=number).value = row.get(name)
    out = io.BytesIO()
    book.save(out)
    file = SimpleUploadedFile("nguoi.xlsx", out.getvalue())
    assert admin.post("people/import/", {"file": file}, format="multipart").json()["added"] == 1
    assert User.objects.get(email="moi@haiphong.example").appointments.get().unit == city.kien_an
    assert as_(city.chairperson).get("people/template/").status_code == 403
