"""The workbook through the pages: out, filled in, in with a preview, recorded on confirmation."""

import io
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from openpyxl import load_workbook

from indicators.models import Rating
from organisations.models import Unit
from tests.web.workbooks import filled_in, uploaded
from web import uploads
from workflow.models import Case


def send(reader, content, *, period="2026-Q4", unit="11443", kind="self", name="phieu.xlsx"):
    given = {"file": uploaded(content, name), "period": period, "unit": unit, "kind": kind}
    return reader.post("/assessments/upload/", given, follow=True)


@pytest.fixture
def coordinator(city, signed_in):
    return signed_in(city.coordinator)


def test_the_workbook_comes_as_a_file_with_39_indicators(city, coordinator):
    response = coordinator.get("/assessments/form/?unit=11443&period=2026-Q4")
    assert response["Content-Disposition"] == 'attachment; filename="danh-gia-11443-2026-Q4.xlsx"'
    sheet = load_workbook(io.BytesIO(response.content)).active
    assert sum(str(cell.value or "")[:2] in ("1.", "2.", "3.", "4.") for cell in sheet["A"]) >= 39


def test_a_preview_says_what_would_happen_and_stores_nothing(city, coordinator):
    page = send(coordinator, filled_in(city.kien_an, "2026-Q4", Đỏ="1.4 2.3", vàng="4.1", X="1.1 1.2"))
    text = page.content.decode()
    assert "39 đánh giá của 1 đơn vị: 2 đỏ, 1 vàng, 2 xanh, 34 khác." in text
    assert "3 hồ sơ mới, 0 tái diễn" in text
    assert text.count("Mở hồ sơ mới") == 3
    assert "Phát hiện ở chỉ số 1.4" in text
    assert not Rating.objects.exists()
    assert not Case.objects.exists()


def test_confirming_records_it_once(city, coordinator):
    send(coordinator, filled_in(city.kien_an, "2026-Q4", Đỏ="1.4"))
    page = coordinator.post("/assessments/confirm/", follow=True).content.decode()
    assert "1 hồ sơ mới" in page
    case = Case.objects.get()
    assert case.number in page
    assert Rating.objects.first().intake.source_name == "phieu.xlsx"
    again = coordinator.post("/assessments/confirm/", follow=True)
    assert "Phiếu chờ xác nhận không còn nữa." in again.content.decode()
    assert Case.objects.count() == 1
    assert default_storage.listdir(uploads.FOLDER)[1] == []


def test_the_preview_tells_live_cases_and_recurrences_apart(city, coordinator):
    city.closed(city.open_case("1.4"))
    live = city.open_case("2.3", period="2026-Q4")
    text = send(coordinator, filled_in(city.kien_an, "2027-Q1", Đỏ="1.4 2.3 3.1"), period="2027-Q1")
    text = text.content.decode()
    assert "1 hồ sơ mới, 1 tái diễn, 1 đã có hồ sơ" in text
    assert "Tái diễn: mở hồ sơ mới" in text
    assert live.get_absolute_url() in text
    page = coordinator.get("/assessments/preview/")
    lines = {line.indicator.code: line for line in page.context["preview"].lines}
    assert len(lines) == 39
    assert (lines["1.4"].before, lines["1.4"].change, lines["1.4"].effect) == ("green", "worse", "recurrence")
    assert (lines["2.3"].before, lines["2.3"].change, lines["2.3"].case) == ("red", "same", live)
    assert (lines["2.1"].before, lines["2.1"].effect) == ("", "recorded")
    chosen = coordinator.get("/assessments/preview/?effect=recurrence").context["preview"]
    assert [line.indicator.code for line in chosen.lines] == ["1.4"]
    counts = {choice.effect: choice.ratings for choice in chosen.choices}
    assert counts == {"opened": 1, "recurrence": 1, "rated_again": 1, "recorded": 36}
    assert (
        len(coordinator.get("/assessments/preview/?effect=%00&page=9999999").context["preview"].lines) == 39
    )


def test_faults_are_named_by_cell_and_nothing_waits(city, coordinator):
    page = send(coordinator, filled_in(city.kien_an, "2026-Q4", Đỏ="1.4", Tím="1.5", Không_áp_dụng="1.6"))
    text = page.content.decode()
    assert page.status_code == 400
    assert "Chưa ghi gì từ tệp phieu.xlsx" in text
    assert "Không hiểu mức đánh giá “Tím”" in text
    place = next(place for place in page.context["places"] if "Tím" in place.sentence)
    assert (place.where, place.column, place.stands) == ("C9", "Mức đánh giá", "Tím")
    letters, header, rows = page.context["excerpt"]
    assert (letters[0], header[2]) == ("A", "Mức đánh giá")
    assert [(number, [c.text for c in cells if c.is_wrong]) for number, cells in rows] == [(9, ["Tím"])]
    assert not Case.objects.exists()
    assert (
        "Phiếu chờ xác nhận không còn nữa."
        in coordinator.get("/assessments/preview/", follow=True).content.decode()
    )


def test_what_is_no_workbook_is_refused(city, coordinator):
    page = send(coordinator, b"\x00\x01 not a workbook")
    assert page.status_code == 400
    assert "Không mở được tệp." in page.content.decode()


@pytest.mark.parametrize(
    ("person", "unit", "kind", "status"),
    [
        ("coordinator", "11446", "self", 400),  # a neighbour's unit is not among the choices
        ("coordinator", "11443", "city", 400),
        ("auditor", "11446", "city", 200),
        ("auditor", "11446", "self", 400),
        ("administrator", "11446", "self", 200),
        ("chairperson", "11443", "self", 200),
        ("staff", "11443", "self", 403),
        ("stranger", "11443", "self", 403),
    ],
)
def test_who_may_record_what(city, signed_in, person, unit, kind, status):
    reader = signed_in(getattr(city, person))
    content = filled_in(Unit.objects.get(code=unit), "2026-Q4", Đỏ="1.4")
    assert send(reader, content, unit=unit, kind=kind).status_code == status


def test_a_preview_waits_for_an_hour_and_no_longer(city, coordinator, time_machine_to):
    send(coordinator, filled_in(city.kien_an, "2026-Q4", Đỏ="1.4"))
    later = timezone.now() + uploads.WAITS + timedelta(minutes=1)
    time_machine_to(later.isoformat())
    page = coordinator.post("/assessments/confirm/", follow=True).content.decode()
    assert "Phiếu chờ xác nhận không còn nữa." in page
    assert not Case.objects.exists()


def test_a_file_changed_on_the_way_is_not_recorded(city, coordinator):
    send(coordinator, filled_in(city.kien_an, "2026-Q4", Đỏ="1.4"))
    name = default_storage.listdir(uploads.FOLDER)[1][0]
    with open(default_storage.path(f"{uploads.FOLDER}/{name}"), "ab") as file:
        file.write(b"x")
    coordinator.post("/assessments/confirm/")
    assert not Case.objects.exists()


def test_what_waits_belongs_to_who_sent_it(city, coordinator, signed_in):
    send(coordinator, filled_in(city.kien_an, "2026-Q4", Đỏ="1.4"))
    page = signed_in(city.chairperson).post("/assessments/confirm/", follow=True)
    assert "Phiếu chờ xác nhận không còn nữa." in page.content.decode()
    assert not Case.objects.exists()
