"""The pages of webhooks: what is kept, one more, its secret told once, its log, its end."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from standardwebhooks import Webhook as Verifier

from notifications.hooks import disable_webhook, end_webhook, make_webhook
from notifications.models import Message, Webhook
from notifications.posting import deliver_webhooks
from notifications.signing import secret_of
from notifications.telling import tell
from tests.conftest import WEDNESDAY
from tests.notifications.receiver import Receiver
from web.forms.webhooks import groups
from workflow.vocabulary import Kind


@pytest.fixture(autouse=True)
def _here(settings: Any, time_machine: Any) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = [ipaddress.ip_network("127.0.0.0/8")]
    time_machine.move_to(WEDNESDAY, tick=False)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


def html(answer: Any) -> str:
    return answer.content.decode()


def hook(city: Any, url: str = "https://8.8.8.8/hook", **given: Any) -> Webhook:
    return make_webhook(url, unit=given.pop("unit", city.kien_an), by=city.administrator, **given)


def of(webhook: Webhook, rest: str = "") -> str:
    return f"/webhooks/{webhook.pk}/{rest}"


def pinged(client: Any, webhook: Webhook, count: int) -> None:
    """Tried many times, each once the one before has arrived."""
    for _ in range(count):
        assert client.post(of(webhook, "ping/")).status_code == 302
        Message.objects.filter(delivery__event=None).update(state="sent", sent_at=WEDNESDAY)


def test_from_the_empty_page_to_the_first_event(city, signed_in, receiver) -> None:
    chair = signed_in(city.chairperson)
    assert "Chưa có webhook nào" in html(chair.get("/webhooks/"))
    given = {
        "url": receiver.url(),
        "unit": city.kien_an.pk,
        "steps": ["opened", "assigned"],
        "clock": ["overdue"],
    }
    made = chair.post("/webhooks/add/", given)
    webhook = Webhook.objects.get()
    assert (made.status_code, made["Location"]) == (302, of(webhook))
    shown = chair.get(of(webhook))
    assert (secret_of(webhook) in html(shown), shown["Cache-Control"]) == (True, "private, no-store")
    assert "Đã lập webhook" in html(shown)
    assert (webhook.owner, webhook.kinds) == (city.chairperson, ["opened", "assigned", "overdue"])
    page = html(chair.get(of(webhook)))
    assert "whsec_" not in page
    assert "Chưa gửi gì" in page
    assert "Mở hồ sơ, Phân công, Quá hạn" in page
    assert "Đã gửi thử" in html(chair.post(of(webhook, "ping/"), follow=True))
    case = city.in_progress()
    tell(now=WEDNESDAY)
    assert deliver_webhooks(now=WEDNESDAY) == 3
    Verifier(secret_of(webhook)).verify(receiver.got[0].body, receiver.got[0].headers)
    page = html(chair.get(of(webhook)))
    assert page.count("nhận lúc 07/10/2026 09:00") == 3
    assert case.get_absolute_url() in page
    assert "Bắt đầu thực hiện" not in page
    assert "Lần gửi gần đây: 07/10/2026 09:00" in html(chair.get("/webhooks/"))


def test_every_kind_is_offered_once() -> None:
    offered = [kind for kinds in groups().values() for kind in kinds]
    assert sorted(offered) == sorted(Kind)


def test_what_is_wrong_stands_beside_its_field_as_typed(city, signed_in) -> None:
    chair = signed_in(city.chairperson)
    given = {"url": "https://10.0.0.1/", "unit": city.kien_an.pk, "work": ["commented"]}
    wrong = chair.post("/webhooks/add/", given)
    assert (wrong.status_code, "mạng nội bộ" in html(wrong)) == (400, True)
    assert 'value="https://10.0.0.1/"' in html(wrong)
    assert 'value="commented" id="webhook-work_0" checked' in html(wrong)
    assert chair.post("/webhooks/add/", given | {"unit": city.phu_lien.pk}).status_code == 400
    assert chair.post("/webhooks/add/", {}).status_code == 400
    assert chair.get("/webhooks/add/")["Location"] == "/webhooks/"
    assert not Webhook.objects.exists()


def test_an_administrator_chooses_among_the_city_and_its_units(city, signed_in) -> None:
    admin, page = signed_in(city.administrator), html(signed_in(city.administrator).get("/webhooks/"))
    for unit in (city.unit, city.kien_an, city.phu_lien):
        assert f'value="{unit.pk}">{unit}</option>' in page
    made = admin.post("/webhooks/add/", {"url": "https://8.8.8.8/", "unit": city.unit.pk})
    assert (made.status_code, Webhook.objects.get().unit) == (302, city.unit)


def test_a_new_secret_is_told_once_and_says_how_long_both_hold(city, signed_in) -> None:
    webhook, chair = hook(city), signed_in(city.chairperson)
    old = secret_of(webhook)
    done = chair.post(of(webhook, "secret/"))
    assert (done.status_code, done["Location"]) == (302, of(webhook))
    webhook.refresh_from_db()
    assert secret_of(webhook) not in str(dict(chair.session))
    answer = chair.get(of(webhook))
    assert answer["Cache-Control"] == "private, no-store"
    assert secret_of(webhook) in html(answer)
    assert old not in html(answer)
    assert "Khóa cũ và khóa mới cùng dùng được đến 08/10/2026 09:00" in html(answer)
    assert "whsec_" not in html(chair.get(of(webhook)))


def test_a_secret_that_somebody_else_made_meanwhile_is_theirs_to_read(city, signed_in) -> None:
    webhook, chair, coordinator = hook(city), signed_in(city.chairperson), signed_in(city.coordinator)
    chair.post(of(webhook, "secret/"))
    coordinator.post(of(webhook, "secret/"))
    assert "whsec_" not in html(chair.get(of(webhook)))
    webhook.refresh_from_db()
    assert secret_of(webhook) in html(coordinator.get(of(webhook)))


def test_whoever_presses_twice_makes_one_webhook_and_still_reads_its_secret(city, signed_in) -> None:
    chair, given = signed_in(city.chairperson), {"url": "https://8.8.8.8/", "unit": city.kien_an.pk}
    chair.post("/webhooks/add/", given)
    again = chair.post("/webhooks/add/", given)
    assert (again.status_code, "đã có webhook tới địa chỉ này" in html(again)) == (409, True)
    assert secret_of(Webhook.objects.get()) in html(chair.get(of(Webhook.objects.get())))


def test_a_second_ping_waits_for_the_first(city, signed_in) -> None:
    webhook, chair = hook(city), signed_in(city.chairperson)
    assert chair.post(of(webhook, "ping/")).status_code == 302
    again = chair.post(of(webhook, "ping/"))
    assert (again.status_code, "Lần gửi thử trước chưa xong" in html(again)) == (409, True)
    assert webhook.deliveries.count() == 1


def test_one_that_was_switched_off_says_why_and_is_switched_on_and_tried_again(
    city, signed_in, receiver
) -> None:
    webhook, chair = hook(city, receiver.url()), signed_in(city.chairperson)
    city.open_case()
    tell(now=WEDNESDAY)
    Message.objects.filter(channel="webhook").update(state="failed", last_error="HTTP 503", attempts=30)
    disable_webhook(webhook, because="HTTP 503", now=WEDNESDAY)
    assert "HTTP 503" in html(chair.get("/webhooks/"))
    page = html(chair.get(of(webhook)))
    assert "Tự tắt lúc 07/10/2026 09:00 vì không gửi được: HTTP 503" in page
    assert "30 lần chưa được: HTTP 503" in page
    assert ("Bật lại" in page, "Gửi lại" in page, "Gửi thử</button>" in page) == (True, False, False)
    resend = of(webhook, f"deliveries/{webhook.deliveries.get().pk}/resend/")
    assert chair.post(resend).status_code == 409
    assert "Đã bật lại" in html(chair.post(of(webhook, "enable/"), follow=True))
    assert chair.post(of(webhook, "enable/")).status_code == 409
    assert resend in html(chair.get(of(webhook)))
    assert "Đã xếp hàng gửi lại" in html(chair.post(resend, follow=True))
    assert "gửi tiếp lúc 07/10/2026 09:00" in html(chair.get(of(webhook)))
    assert deliver_webhooks(now=WEDNESDAY) == 1
    assert "nhận lúc" in html(chair.get(of(webhook)))


def test_what_waits_for_one_that_is_off_says_so_till_when_and_at_last_why_it_did_not_go(
    city, signed_in, receiver, time_machine
) -> None:
    webhook, chair = hook(city, receiver.url()), signed_in(city.chairperson)
    disable_webhook(webhook, because="HTTP 503", now=WEDNESDAY)
    city.open_case()
    tell(now=WEDNESDAY)
    assert deliver_webhooks(now=WEDNESDAY) == 0
    page = html(chair.get(of(webhook)))
    assert "chờ webhook được bật lại, đến 12/10/2026 09:00" in page
    assert "Diễn biến trong 5 ngày gần nhất được giữ lại" in page
    assert "gửi tiếp lúc" not in page
    late = WEDNESDAY + timedelta(days=5, hours=1)
    time_machine.move_to(late, tick=False)
    deliver_webhooks(now=late)
    page = html(signed_in(city.chairperson).get(of(webhook)))
    assert "Không gửi: webhook đã tắt, chờ quá 5 ngày." in page
    assert "chờ webhook được bật lại" not in page
    assert "lần chưa được" not in page


def test_one_whose_owner_left_says_so_and_is_taken_over(city, signed_in) -> None:
    webhook, coordinator = make_webhook(
        "https://8.8.8.8/", unit=city.kien_an, by=city.chairperson
    ), signed_in(city.coordinator)  # fmt: skip
    city.chairperson.appointments.update(until=WEDNESDAY.date())
    assert "Người đứng tên không còn chức vụ" in html(coordinator.get("/webhooks/"))
    coordinator.post(of(webhook, "enable/"))
    assert "Nguyễn Đức Long" in html(coordinator.get(of(webhook)))


def test_the_end_is_asked_for_first_and_the_log_stays(city, signed_in) -> None:
    webhook, chair = hook(city), signed_in(city.chairperson)
    chair.post(of(webhook, "ping/"))
    assert "Không mở lại được" in html(chair.get(of(webhook, "end/")))
    assert Webhook.objects.get().ended_at is None
    done = html(chair.post(of(webhook, "end/"), follow=True))
    assert ("Đã kết thúc webhook" in done, of(webhook) in done) == (True, True)
    page = html(chair.get(of(webhook)))
    assert ("Gửi thử" in page, "Kết thúc…" in page) == (True, False)
    for rest in ("end/", "ping/", "secret/", "enable/"):
        assert chair.post(of(webhook, rest)).status_code == 409, rest
    assert deliver_webhooks(now=WEDNESDAY) == 0


def test_who_follows_an_address_finds_the_webhook_and_a_stranger_nothing(city, signed_in) -> None:
    webhook, chair = hook(city), signed_in(city.chairperson)
    for rest in ("secret/", "ping/", "enable/", "deliveries/1/resend/"):
        assert chair.get(of(webhook, rest))["Location"] == of(webhook)
        assert signed_in(city.neighbour_chairperson).post(of(webhook, rest)).status_code == 404
    assert chair.get("/webhooks/99999999999999999999/").status_code == 404
    assert chair.post(of(webhook, "deliveries/999/resend/")).status_code == 404
    assert chair.get(of(webhook) + "?after=%00&after=9999999999999999999999").status_code == 200


def test_the_log_goes_on_page_by_page(city, signed_in) -> None:
    webhook, chair = hook(city), signed_in(city.chairperson)
    pinged(chair, webhook, 60)
    first = chair.get(of(webhook))
    rest = chair.get(f"{of(webhook)}?after={first.context['next']}")
    keys = [row.pk for page in (first, rest) for row in page.context["deliveries"]]
    assert keys == list(webhook.deliveries.values_list("pk", flat=True))
    assert (len(first.context["deliveries"]), rest.context["next"]) == (50, None)


def test_pages_ask_a_fixed_number_of_questions(city, signed_in) -> None:
    webhook, chair, counts = hook(city), signed_in(city.chairperson), []
    ended = hook(city, "https://8.8.8.8/ended")
    end_webhook(ended, by=city.chairperson)
    for count in (1, 3, 50):
        Webhook.objects.bulk_create(
            Webhook(owner=city.staff, unit=city.kien_an, url="https://8.8.8.8/", created_at=WEDNESDAY)
            for _ in range(count)
        )
        city.open_case(f"1.{len(counts) + 1}")
        pinged(chair, webhook, count)
        tell(now=WEDNESDAY)
        chair.get("/webhooks/")
        with CaptureQueriesContext(connection) as queries:
            assert chair.get("/webhooks/").status_code == 200
            assert chair.get(of(webhook)).status_code == 200
        counts.append(len(queries))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= 22


def test_the_first_page_says_that_a_webhook_was_switched_off_to_whoever_keeps_it(city, signed_in) -> None:
    webhook = make_webhook("https://8.8.8.8/hook", unit=city.kien_an, by=city.coordinator)
    disable_webhook(webhook, because="HTTP 503", now=WEDNESDAY)
    for person, sees in ((city.coordinator, True), (city.chairperson, True), (city.staff, False)):
        page = signed_in(person).get("/").content.decode()
        assert ("1 webhook đã tắt vì không gửi được." in page) == sees
