"""Whoever administers a city works off the messages that wait for a person, without losing the place."""

from __future__ import annotations

import pytest

from notifications.models import Message, MessageState
from notifications.telling import tell
from organisations.models import Appointment, Role, Unit
from tests.conftest import WEDNESDAY

FILTERED = "/dispatches/?outcome=in_doubt"


@pytest.fixture
def doubtful(city, django_capture_on_commit_callbacks) -> list[Message]:
    """Three mails, of which nobody knows whether they went."""
    case = city.assigned()
    city.take(case, "start", city.staff)
    city.open_case("1.1", unit=city.phu_lien)
    tell(now=WEDNESDAY)
    Message.objects.update(state=MessageState.IN_DOUBT)
    return list(Message.objects.order_by("pk"))


def states() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("state", flat=True))


def test_several_are_settled_at_once_and_the_filter_is_kept(city, signed_in, doubtful) -> None:
    reader = signed_in(city.administrator)
    page = reader.get(FILTERED).content.decode()
    assert page.count('name="message"') >= 2
    assert 'name="next" value="/dispatches/?outcome=in_doubt"' in page
    asked = {"message": [doubtful[0].pk, doubtful[1].pk], "settlement": "again", "next": FILTERED}
    answer = reader.post("/dispatches/settle/", asked)
    assert (answer.status_code, answer["Location"]) == (302, FILTERED)
    assert states()[:2] == ["pending", "pending"]
    assert set(states()[2:]) == {"in_doubt"}
    assert "Đã ghi 2 thư." in reader.get(FILTERED).content.decode()
    assert 'name="message"' not in reader.get("/dispatches/?outcome=waiting").content.decode()


def test_one_is_settled_from_the_page_of_its_case_and_leads_back_to_it(city, signed_in, doubtful) -> None:
    reader = signed_in(city.administrator)
    address = doubtful[0].dispatches.first().notification.case.get_absolute_url()
    assert f'name="next" value="{address}"' in reader.get(address).content.decode()
    asked = {"settlement": "arrived", "next": address}
    assert reader.post(f"/dispatches/messages/{doubtful[0].pk}/settle/", asked)["Location"] == address
    assert states()[0] == "sent"


@pytest.mark.parametrize(
    "elsewhere", ["https://example.com/", "//example.com/", "/\\example.com", "javascript:alert(1)", "x", ""]
)
def test_nobody_is_led_elsewhere(city, signed_in, doubtful, elsewhere) -> None:
    asked = {"message": doubtful[0].pk, "settlement": "again", "next": elsewhere}
    assert signed_in(city.administrator).post("/dispatches/settle/", asked)["Location"] == "/dispatches/"


def test_one_refused_holds_back_no_other(city, signed_in, doubtful) -> None:
    Message.objects.filter(pk=doubtful[0].pk).update(state=MessageState.SENT)
    asked = {"message": [m.pk for m in doubtful[:2]], "settlement": "again", "next": FILTERED}
    page = signed_in(city.administrator).post("/dispatches/settle/", asked, follow=True)
    assert states()[:2] == ["sent", "pending"]
    assert "không còn chờ ai xác định" in page.content.decode()
    assert "Đã ghi 1 thư." in page.content.decode()


@pytest.mark.parametrize(
    ("who", "given", "status", "said"),
    [
        ("administrator", {"settlement": "perhaps"}, 400, "Chưa ghi được"),
        ("auditor", {"settlement": "again"}, 403, "Chỉ quản trị"),
        ("stranger", {"settlement": "again"}, 302, ""),
        ("administrator", {"settlement": "again", "message": "x"}, 302, ""),
        ("administrator", {"settlement": "again", "message": "9" * 30}, 302, ""),
    ],
)
def test_what_is_refused_is_said_where_the_reader_was(
    city, signed_in, doubtful, who, given, status, said
) -> None:
    asked = {"message": doubtful[0].pk, "next": FILTERED} | given
    answer = signed_in(getattr(city, who)).post("/dispatches/settle/", asked)
    assert answer.status_code == status
    assert said in answer.content.decode()
    assert set(states()) == {"in_doubt"}
    if status != 302:
        assert '<option value="in_doubt" selected>' in answer.content.decode()


@pytest.fixture
def guest(city):
    """Administers another city, and works in a ward of this one."""
    other = Unit.objects.create(code="01", kind="city", name="Hà Nội")
    guest = city.person("guest", "Tạ Văn Khách", Role.ADMINISTRATOR, other)
    Appointment.objects.create(user=guest, unit=city.kien_an, role=Role.STAFF, since="2025-07-01")
    return guest


def test_the_administrator_of_another_city_is_offered_and_told_nothing(
    city, signed_in, doubtful, guest
) -> None:
    reader = signed_in(guest)
    page = reader.get(FILTERED).content.decode()
    assert "Chưa rõ đã đến hay chưa</strong>" in page
    assert 'name="message"' not in page
    assert 'name="settlement"' not in page
    assert "thư không gửi được" not in reader.get("/").content.decode()
    asked = {"message": doubtful[0].pk, "settlement": "again"}
    assert reader.post("/dispatches/settle/", asked).status_code == 403


def test_what_is_given_up_troubles_nobody_any_more(city, signed_in, doubtful) -> None:
    reader = signed_in(city.administrator)
    Message.objects.exclude(pk=doubtful[0].pk).update(state=MessageState.FAILED)
    asked = {"message": [m.pk for m in doubtful], "settlement": "given_up", "next": FILTERED}
    assert reader.post("/dispatches/settle/", asked)["Location"] == FILTERED
    for outcome in ("in_doubt", "failed"):
        assert "Không có dòng nào khớp." in reader.get(f"/dispatches/?outcome={outcome}").content.decode()
    page = reader.get("/dispatches/?outcome=given_up").content.decode()
    assert page.count("<strong>Thôi không gửi</strong>") == page.count('data-label="Báo lúc"') > 1
    assert 'name="message"' not in page
    assert "thư không gửi được" not in reader.get("/").content.decode()


def test_the_first_page_counts_no_further_than_a_hundred(city, signed_in, doubtful, monkeypatch) -> None:
    reader, count = signed_in(city.administrator), len(doubtful)
    assert f"{count} thư không gửi được" in reader.get("/").content.decode()
    monkeypatch.setattr("web.views.home.TROUBLED", count - 1)
    assert f"Hơn {count - 1} thư không gửi được" in reader.get("/").content.decode()
    monkeypatch.setattr("web.views.home.TROUBLED", count)
    assert "Hơn" not in reader.get("/").content.decode()


def test_offering_asks_nothing_for_each_line(
    city, signed_in, doubtful, django_assert_max_num_queries
) -> None:
    reader = signed_in(city.administrator)
    with django_assert_max_num_queries(12):
        reader.get(FILTERED)
