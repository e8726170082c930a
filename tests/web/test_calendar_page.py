"""The administrator's pages of time: the calendar with its preview, the deadlines in versions."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from organisations.models import Role, Unit
from tests.conftest import WEDNESDAY
from workflow.models import CalendarDay, Case, Policy

STORM = {"what": "rest", "first": "2026-10-09", "name": "Nghỉ bão", "source": "CĐ 05", "is_certain": "on"}


@pytest.fixture
def today(time_machine) -> None:
    time_machine.move_to(WEDNESDAY, tick=False)


def html(answer: Any) -> str:
    return answer.content.decode()


def hidden(answer: Any) -> dict[str, str]:
    """What the confirmation of a preview sends back."""
    form = re.search(
        r'<form method="post" action="/(?:calendar|policies)/change/".*?</form>', html(answer), re.S
    )
    found = re.findall(r'name="(\w+)" value="([^"]*)"', form[0])
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


ADDRESSES = ["/calendar/", "/calendar/preview/", "/calendar/change/", "/policies/", "/policies/preview/",
             "/policies/change/"]  # fmt: skip


@pytest.mark.parametrize("who", ["chairperson", "auditor", "staff", "stranger"])
def test_only_administrators_keep_time(city, signed_in, who) -> None:
    reader = signed_in(getattr(city, who))
    for address in ADDRESSES:
        assert reader.get(address).status_code == reader.post(address, STORM).status_code == 403
    assert 'href="/calendar/"' not in html(reader.get("/"))


def test_an_address_of_a_change_that_is_only_followed_leads_to_the_page(city, signed_in) -> None:
    admin = signed_in(city.administrator)
    assert {admin.get(a).status_code for a in ADDRESSES} == {200, 302}
    assert 'href="/calendar/"' in html(admin.get("/"))


def test_an_administrator_of_elsewhere_reads_them_and_is_told_why_no_more(city, signed_in, today) -> None:
    hanoi = Unit.objects.create(code="01", kind="city", name="Hà Nội")
    far = signed_in(city.person("far", "Mai Thị Xa", Role.ADMINISTRATOR, hanoi))
    assert "Khai hoặc sửa ngày" in html(far.get("/calendar/"))
    case = city.in_progress()
    for address in ("/calendar/", "/policies/"):
        page = html(far.get(address))
        assert ("dùng chung cho mọi thành phố" in page, "Xem trước" in page) == (True, False)
    storm = STORM | {"first": "2026-11-06"}
    for address in ("/calendar/preview/", "/calendar/change/"):
        refused = far.post(address, storm)
        assert (refused.status_code, case.number in html(refused)) == (403, False)


# --- The calendar -----------------------------------------------------------------------------


def test_a_year_shows_what_is_declared_and_what_is_only_known(city, signed_in, today) -> None:
    admin = signed_in(city.administrator)
    page = html(admin.get("/calendar/"))
    for words in ("Lịch làm việc năm 2026", "Làm bù cho 31/08/2026", "chờ văn bản", "12729/VPCP-KGVX"):
        assert words in page
    assert "mặc định, chưa khai" in html(admin.get("/calendar/?year=2029"))
    for odd in ("9999", "0", "x", "²", "20266"):
        assert admin.get(f"/calendar/?year={odd}").status_code == 200
    assert admin.get("/calendar/?day=2026-02-31").status_code == 200


def test_a_day_is_changed_after_a_preview_that_stores_nothing(city, signed_in, today) -> None:
    case = city.open_case()
    admin = signed_in(city.administrator)
    seen = admin.post("/calendar/preview/", STORM)
    page = html(seen)
    assert seen.status_code == 200
    for words in ("1 hồ sơ sẽ đổi hạn", case.number, "12/10/2026", "13/10/2026", "Bà Trần Thị Hạnh"):
        assert words in page
    assert not CalendarDay.objects.filter(on=date(2026, 10, 9)).exists()
    done = admin.post("/calendar/change/", hidden(seen), follow=True)
    assert done.redirect_chain == [("/calendar/?year=2026", 302)]
    assert "1 hồ sơ đổi hạn" in html(done)
    assert "Nghỉ bão" in html(done)
    assert Case.objects.get(pk=case.pk).assign_by == date(2026, 10, 13)
    assert "dời hạn phân công đến 13/10/2026" in html(
        signed_in(city.chairperson).get(case.get_absolute_url())
    )


def test_a_preview_that_no_longer_holds_is_shown_again(city, signed_in, today) -> None:
    admin = signed_in(city.administrator)
    confirmation = hidden(admin.post("/calendar/preview/", STORM))
    case = city.open_case()
    again = admin.post("/calendar/change/", confirmation)
    assert (again.status_code, Case.objects.get(pk=case.pk).assign_by) == (409, date(2026, 10, 12))
    assert "Từ lúc xem trước đã có thay đổi" in html(again)
    assert admin.post("/calendar/change/", hidden(again)).status_code == 302
    assert Case.objects.get(pk=case.pk).assign_by == date(2026, 10, 13)


def test_several_days_name_only_those_that_are_not_so_already(city, signed_in, today) -> None:
    admin = signed_in(city.administrator)
    seen = admin.post("/calendar/preview/", STORM | {"last": "2026-10-13"})
    admin.post("/calendar/change/", hidden(seen))
    days = CalendarDay.objects.filter(name="Nghỉ bão").values_list("on", flat=True)
    assert [day.day for day in days] == [9, 12, 13]  # the weekend is no exception


def test_a_declared_day_is_taken_back(city, signed_in, today) -> None:
    admin = signed_in(city.administrator)
    assert 'value="Ngày Văn hóa Việt Nam"' in html(admin.get("/calendar/?day=2026-11-24"))
    seen = admin.post("/calendar/preview/", {"what": "taken_back", "first": "2026-11-24"})
    assert "như lịch chung" in html(seen)
    admin.post("/calendar/change/", hidden(seen))
    assert not CalendarDay.objects.filter(on=date(2026, 11, 24)).exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": ""}, "Hãy nêu lý do"),
        ({"last": "2026-10-01"}, "Ngày cuối phải sau ngày đầu"),
        ({"last": "2028-10-01"}, "không quá 400 ngày"),
        ({"first": "2226-10-09"}, "hãy xem lại năm"),
        ({"first": ""}, "errorlist"),
        ({"what": "party"}, "errorlist"),
        ({"what": "worked"}, "đã như vậy trong lịch"),
        ({"first": "2026-10-10", "last": "2026-10-11"}, "đã như vậy trong lịch"),
        ({"name": "\0"}, "errorlist"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(city, signed_in, today, given, words) -> None:
    answer = signed_in(city.administrator).post("/calendar/preview/", STORM | given)
    assert answer.status_code == 400
    assert words in html(answer)


# --- The deadlines ----------------------------------------------------------------------------

TERMS = {
    "colour": "red", "valid_from": "2026-10-08", "assign_within_working_days": "4",
    "complete_within_days": "45", "verify_within_working_days": "5", "check_after_days": "60",
    "answer_within_working_days": "5", "extension_limit": "2", "verifier": "chairperson",
}  # fmt: skip


def test_new_terms_are_set_after_a_preview(city, signed_in, today) -> None:
    city.open_case()
    admin = signed_in(city.administrator)
    assert "1 hồ sơ đang xử lý theo quy định này" in html(admin.get("/policies/"))
    seen = admin.post("/policies/preview/", TERMS)
    for words in (
        "Không hồ sơ nào đổi hạn",
        "1 hồ sơ đang xử lý giữ quy định",
        "<del>30</del>",
        "08/10/2026",
    ):
        assert words in html(seen)
    assert Policy.objects.filter(colour="red").count() == 1
    done = admin.post("/policies/change/", hidden(seen), follow=True)
    assert "sắp áp dụng" in html(done)
    new = Policy.objects.get(colour="red", valid_from=date(2026, 10, 8))
    assert (new.assign_within_working_days, new.complete_within_days) == (4, 45)


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"assign_within_working_days": "0"}, 400),
        ({"verifier": "nobody"}, 400),
        ({"valid_from": "2026-10-06"}, 400),
        ({"valid_from": ""}, 400),
        ({"colour": "green"}, 400),
        ({"assign_within_working_days": "3", "complete_within_days": "30"}, 409),
    ],
)
def test_terms_that_cannot_be_are_refused_by_field(city, signed_in, today, given, status) -> None:
    admin = signed_in(city.administrator)
    for address in ("/policies/preview/", "/policies/change/"):
        answer = admin.post(address, TERMS | given)
        assert answer.status_code == status
        assert "message-error" in html(answer)
    assert Policy.objects.count() == 2
