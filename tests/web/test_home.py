"""My work: what waits for whom, and what an empty page says."""

import pytest
from django.utils import timezone

from workflow.operations import moment_now


def test_the_chairperson_finds_new_cases_with_the_days_left(city, signed_in):
    city.rate(red="1.4", now=timezone.now())
    page = signed_in(city.chairperson).get("/").content.decode()
    assert "2026-000001" in page or "-000001" in page
    assert "còn 3 ngày làm việc" in page


def test_what_is_late_is_said_in_words(city, signed_in, time_machine_to):
    city.open_case("1.4")
    time_machine_to("2026-10-15T02:00Z")
    page = signed_in(city.chairperson).get("/").content.decode()
    assert "quá hạn 3 ngày làm việc" in page


def test_the_assignee_finds_the_case_and_the_chairperson_no_longer(city, signed_in, time_machine_to):
    time_machine_to("2026-10-08T02:00Z")
    case = city.assigned()
    assert case.number in signed_in(city.staff).get("/").content.decode()
    assert case.number not in signed_in(city.chairperson).get("/").content.decode()


def test_the_auditor_finds_what_is_late_in_the_city(city, signed_in, time_machine_to):
    case = city.open_case()
    time_machine_to("2026-10-20T02:00Z")
    page = signed_in(city.auditor).get("/").content.decode()
    assert "Quá hạn trong thành phố" in page
    assert case.number in page


@pytest.mark.parametrize(
    ("person", "next_thing"),
    [
        ("coordinator", "Nạp phiếu đánh giá của kỳ này"),
        ("staff", "Xem hồ sơ của đơn vị"),
        ("stranger", "Hiện không giữ chức vụ nào"),
    ],
)
def test_an_empty_page_says_what_to_do_next(city, signed_in, person, next_thing):
    assert next_thing in signed_in(getattr(city, person)).get("/").content.decode()


def test_nobody_reads_without_signing_in(client, db):
    response = client.get("/")
    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=/"


def test_titles_not_compared_with_the_standard_are_marked_until_they_are(city, signed_in):
    from indicators.models import Catalogue

    reader = signed_in(city.chairperson)
    assert "chưa đối chiếu với TCVN" in reader.get("/").content.decode()
    Catalogue.objects.update(compared_on=moment_now().today)
    assert "chưa đối chiếu với TCVN" not in reader.get("/").content.decode()
