"""How each person wants to be told: at once, in one digest a day, or in the product only."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from notifications.delivery import deliver
from notifications.letters import unsubscribe_link
from notifications.models import Dispatch, Message, Notification, Pace, Withheld
from notifications.preferences import choose, stop_digests
from notifications.telling import tell
from organisations.refusals import Invalid
from tests.conftest import WEDNESDAY
from workflow.clock import ring_due

from .conftest import go_round, local

A_MINUTE = timedelta(minutes=1)


def ways(person) -> list[tuple[str, str, bool]]:
    """Kind, why not, and whether it is in a digest, of everything the person was told."""
    told = Dispatch.objects.filter(notification__recipient=person).select_related("message", "notification")
    return [
        (d.notification.kind, d.withheld, bool(d.message and d.message.digest_on))
        for d in told.order_by("pk")
    ]


def remind(city, case) -> None:
    """The last working day before the case of the story is due."""
    go_round(local(5, month=11))


def test_whoever_has_chosen_nothing_gets_steps_at_once_and_reminders_in_a_digest(city, post) -> None:
    remind(city, city.assigned())
    assert ways(city.staff) == [("assigned", "", False), ("due_soon", "", True)]
    assert len(post.mail_to(city.staff)) == 2


def test_steps_may_join_the_digest(city, post) -> None:
    choose(city.staff, channel="mail", steps=Pace.DIGEST, reminders=Pace.DIGEST)
    city.assigned(city.open_case("1.1"))
    city.assigned(city.open_case("2.1"))
    tell(now=WEDNESDAY)
    assert ways(city.staff) == [("assigned", "", True), ("assigned", "", True)]
    deliver(now=WEDNESDAY + A_MINUTE)
    assert post.mail_to(city.staff) == []
    deliver(now=WEDNESDAY + 3 * A_MINUTE)
    (mail,) = post.mail_to(city.staff)
    assert mail["Subject"] == "Về Xanh: tin trong ngày, 2 hồ sơ"


def test_a_step_of_the_evening_joins_the_digest_of_the_next_morning(city, post) -> None:
    choose(city.staff, channel="mail", steps=Pace.DIGEST, reminders=Pace.DIGEST)
    case = city.open_case()
    evening = local(9, 20)  # a Friday
    city.take(case, "assign", city.chairperson, assignee=city.staff, now=evening)
    tell(now=evening)
    for at in (evening + A_MINUTE * 5, local(10, 9), local(11, 9), local(12, 7, 31)):
        deliver(now=at)
        assert post.mail_to(city.staff) == []
    deliver(now=local(12, 7, 33))
    assert len(post.mail_to(city.staff)) == 1


def test_what_is_off_is_told_in_the_product_and_the_register_says_why_not_by_mail(city, post) -> None:
    choose(city.staff, channel="mail", steps=Pace.OFF, reminders=Pace.OFF)
    remind(city, city.assigned())
    assert ways(city.staff) == [
        ("assigned", Withheld.PREFERENCE, False), ("due_soon", Withheld.PREFERENCE, False),
    ]  # fmt: skip
    assert post.mail_to(city.staff) == []
    assert Notification.objects.filter(recipient=city.staff).count() == 2
    assert not Message.objects.filter(recipient=city.staff).exists()


def test_a_wish_that_makes_no_sense_is_refused_by_field(city) -> None:
    with pytest.raises(Invalid) as refused:
        choose(city.staff, channel="pigeon", steps="sometimes", reminders=Pace.IMMEDIATE)
    assert set(refused.value.errors) == {"channel", "steps", "reminders"}


# --- The link in a digest ---------------------------------------------------------------------


def the_digest(city, post):
    remind(city, city.assigned())
    return next(mail for mail in post.mail_to(city.staff) if "nhắc việc" in mail["Subject"])


def link_of(mail, settings) -> str:
    link = mail["List-Unsubscribe"].strip(" <>")
    assert link.startswith(settings.SITE_URL + "/unsubscribe/")
    return link.removeprefix(settings.SITE_URL)


def test_a_digest_can_be_left_by_one_click_of_the_mail_program(city, post, settings) -> None:
    settings.SITE_URL = "https://ve-xanh.example.vn"
    mail = the_digest(city, post)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(
        link_of(mail, settings), "List-Unsubscribe=One-Click",
        content_type="application/x-www-form-urlencoded",
    )  # fmt: skip
    assert answer.status_code == 200
    preference = city.staff.preferences.get()
    assert (preference.steps, preference.reminders) == (Pace.IMMEDIATE, Pace.OFF)
    go_round(local(9, month=11))
    assert ways(city.staff)[-1] == ("overdue", Withheld.PREFERENCE, False)


def test_a_program_that_only_looks_at_the_link_changes_nothing(city, post, settings) -> None:
    settings.SITE_URL = "https://ve-xanh.example.vn"
    link = link_of(the_digest(city, post), settings)
    page = Client().get(link)
    assert "Thôi nhận" in page.content.decode()
    assert not city.staff.preferences.exists()
    assert Client().get(link[:-2] + "x/").status_code == 404
    assert Client().put(link).status_code == 405


def test_a_mail_about_a_step_has_no_such_link(city, post) -> None:
    city.assigned()
    go_round(WEDNESDAY)
    (mail,) = post.mail_to(city.staff)
    assert mail["List-Unsubscribe"] is None


def test_whoever_has_steps_in_the_digest_leaves_both(city) -> None:
    choose(city.staff, channel="mail", steps=Pace.DIGEST, reminders=Pace.DIGEST)
    assert stop_digests(city.staff, channel="mail").steps == Pace.OFF


def test_the_link_of_one_who_has_left_leads_nowhere(city) -> None:
    link = unsubscribe_link(Message(recipient=city.staff, channel="mail"))
    city.staff.is_active = False
    city.staff.save()
    assert Client().post(link[link.index("/unsubscribe") :]).status_code == 404


# --- Page and API -----------------------------------------------------------------------------


def test_page_and_api_choose_alike(city) -> None:
    by_page, by_api = Client(), Client()
    by_page.force_login(city.staff)
    by_api.force_login(city.supporter)
    answer = by_page.post(
        "/me/preferences/", {"channel": "mail", "steps": "digest", "reminders": "off"}, follow=True
    )
    assert "Đã ghi cách nhận tin." in answer.content.decode()
    me = by_api.put(
        "/api/v1/me/",
        {
            "language": "vi",
            "preferences": [{"channel": "mail", "steps": "digest", "reminders": "off"}],
        },
        content_type="application/json",
    )
    assert me.json()["preferences"] == [{"channel": "mail", "steps": "digest", "reminders": "off"}]
    rows = [p.preferences.values("channel", "steps", "reminders").get() for p in (city.staff, city.supporter)]
    assert rows[0] == rows[1] == {"channel": "mail", "steps": "digest", "reminders": "off"}


def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_kept(city) -> None:
    reader = Client()
    reader.force_login(city.staff)
    answer = reader.post("/me/preferences/", {"channel": "mail", "steps": "never", "reminders": "off"})
    assert answer.status_code == 400
    assert 'class="errorlist"' in answer.content.decode()
    given = {"language": "en", "preferences": [{"channel": "pigeon", "steps": "off", "reminders": "off"}]}
    answer = reader.put("/api/v1/me/", given, content_type="application/json")
    assert (answer.status_code, "channel" in answer.json()["errors"]) == (400, True)
    city.staff.refresh_from_db()
    assert (city.staff.language, city.staff.preferences.count()) == ("vi", 0)


def test_ringing_goes_on_whatever_people_wish(city) -> None:
    choose(city.staff, channel="mail", steps=Pace.OFF, reminders=Pace.OFF)
    city.assigned()
    assert ring_due(now=local(6, month=11)) == 1
