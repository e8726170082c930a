"""The page of a case: who sees it, what it says, what it offers to whom."""

import pytest

from actions.models import Evidence


def read(client, case):
    response = client.get(case.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("person", ["neighbour_chairperson", "neighbour_staff", "stranger", "former_staff"])
def test_a_stranger_finds_nothing(city, signed_in, person, time_machine_to):
    time_machine_to("2026-10-07T03:00Z")
    case = city.in_verification()
    evidence = Evidence.objects.get()
    client, address = signed_in(getattr(city, person)), case.get_absolute_url()
    assert client.get(address).status_code == 404
    assert client.get(f"{address}evidence/{evidence.pk}/file/").status_code == 404
    for place in (
        "steps/verify/", "comments/", "analysis/", "corrective-actions/",
        "corrective-actions/1/", "corrective-actions/1/complete/", "corrective-actions/1/drop/",
        "evidence/", f"evidence/{evidence.pk}/withdraw/",
    ):  # fmt: skip
        assert client.post(address + place).status_code == 404, place
    case.refresh_from_db()
    assert case.state == "in_verification"


@pytest.mark.parametrize(
    ("person", "offered", "not_offered"),
    [
        ("chairperson", ["assign"], ["start", "submit", "cancel", "transfer"]),
        ("staff", [], ["assign", "start"]),
        ("auditor", ["cancel"], ["assign"]),
        ("administrator", [], ["assign", "cancel", "transfer", "finish"]),
    ],
)
def test_only_the_steps_of_the_reader_are_drawn(city, signed_in, person, offered, not_offered):
    case = city.open_case()
    page = read(signed_in(getattr(city, person)), case)
    assert all(f"/steps/{step}/" in page for step in offered)
    assert not any(f"/steps/{step}/" in page for step in not_offered)


def test_the_assignee_reads_what_is_missing_until_it_is_there(city, signed_in):
    case = city.in_progress()
    page = read(signed_in(city.staff), case)
    assert "Chưa thể “Báo cáo hoàn thành”" in page
    assert "Chưa ghi nguyên nhân gốc." in page
    assert "/steps/submit/" not in page
    city.complete_file(case)
    page = read(signed_in(city.staff), case)
    assert "/steps/submit/" in page
    assert "Chưa ghi nguyên nhân gốc." not in page


def test_the_record_reads_as_sentences(city, signed_in):
    case = city.monitored()
    page = read(signed_in(city.chairperson), case)
    assert "Hệ thống mở hồ sơ vì chỉ số được đánh giá Đỏ; hạn phân công 12/10/2026." in page
    assert "Bà Trần Thị Hạnh giao việc cho ông Phạm Quốc Tuấn, hạn 06/11/2026." in page
    assert "Ông Phạm Quốc Tuấn bắt đầu thực hiện." in page
    assert "Ông Phạm Quốc Tuấn thêm minh chứng “so-theo-doi.pdf”." in page
    assert (
        "lập hành động khắc phục 1: Lập sổ theo dõi điện tử. — ông Phạm Quốc Tuấn làm, hạn 20/10/2026."
        in page
    )
    assert "Bà Trần Thị Hạnh xác nhận kết quả; đánh giá hiệu lực ngày" in page


def test_the_original_deadline_stays_in_sight(city, signed_in):
    from datetime import date

    case = city.in_progress()
    city.take(
        case, "extend", city.chairperson, due_on=date(2026, 11, 20), note="Chờ kinh phí", objective_cause=True
    )
    page = read(signed_in(city.staff), case)
    assert "Hạn ban đầu: 06/11/2026" in page
    assert "gia hạn 1 lần" in page
    assert "gia hạn đến 20/11/2026; nguyên nhân khách quan: có." in page


def test_two_raters_who_differ_are_both_shown(city, signed_in):
    case = city.open_case("1.4", colour="yellow")
    page = read(signed_in(city.auditor), case)
    assert "Hai bên đánh giá khác nhau." not in page
    city.rate(red="1.4", kind="city")
    page = read(signed_in(city.auditor), case)
    assert "Hai bên đánh giá khác nhau." in page
    assert "Thành phố đánh giá" in page
    assert "Đơn vị tự đánh giá" in page


def test_a_recurrence_leads_back_to_the_closed_case(city, signed_in):
    closed = city.closed()
    again = city.open_case("1.4", period="2027-Q1")
    page = read(signed_in(city.chairperson), again)
    assert "Tái diễn của" in page
    assert closed.get_absolute_url() in page


def test_what_will_be_said_and_when(city, signed_in, time_machine_to):
    time_machine_to("2026-10-07T03:00Z")
    case = city.open_case()
    page = read(signed_in(city.chairperson), case)
    assert "Nhắc việc sắp tới" in page
    assert "12/10/2026 07:30" in page


def test_in_english_the_same_case_reads_in_english(city, signed_in):
    case = city.assigned()
    city.chairperson.language = "en"
    city.chairperson.save()
    page = read(signed_in(city.chairperson), case)
    assert "Mrs Trần Thị Hạnh gave the work to Mr Phạm Quốc Tuấn, due 06/11/2026." in page
    assert 'lang="en"' in page


def test_the_record_tells_what_changed_and_not_what_is_spent(city, signed_in):
    page = read(signed_in(city.chairperson), city.monitored())
    assert "Nguyên nhân gốc: Phân công theo nhóm Zalo" in page
    assert "Trường hợp tương tự: Đã rà soát ba tổ dân phố" in page
    assert "→ —" not in page
