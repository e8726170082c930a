"""Webhooks: who keeps them, in whose name they hear, and how their secret changes."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from standardwebhooks import Webhook as Receiver
from standardwebhooks.webhooks import WebhookVerificationError

from notifications.hooks import (
    MAX_PER_UNIT,
    disable_webhook,
    enable_webhook,
    end_webhook,
    make_webhook,
    rotate_secret,
)
from notifications.keepers import MOST_COUNTED, hears, subscribed, switched_off, units_kept, webhooks_kept
from notifications.models import Webhook
from notifications.signing import secret_of, signed_headers
from organisations.hands import Hand
from organisations.models import Delegation, Role, Unit
from organisations.refusals import Invalid, NotNow, NotYours
from tests.conftest import WEDNESDAY
from workflow.models import Event
from workflow.vocabulary import Kind

TODAY = WEDNESDAY.date()
#: A place that needs no name server to be found.
SOMEWHERE = "https://8.8.8.8/hook"
_numbers = count()


@pytest.fixture(autouse=True)
def _today(time_machine) -> None:
    time_machine.move_to(WEDNESDAY, tick=False)


def hook(city: Any, by: str = "administrator", unit: Unit | None = None, **given: Any) -> Webhook:
    """A new webhook, each to an address of its own."""
    return make_webhook(
        f"{SOMEWHERE}?{next(_numbers)}", unit=unit or city.kien_an, by=getattr(city, by), **given
    )


def heard(*webhooks: Webhook) -> dict[int, list[str]]:
    """What each would be told today of everything in the record."""
    hearing = set(Webhook.objects.live().filter(hears(TODAY)))
    return {pk: kinds if Webhook(pk=pk) in hearing else [] for pk, kinds in kept_for(*webhooks).items()}


def kept_for(*webhooks: Webhook) -> dict[int, list[str]]:
    """What is kept for each, whether it hears it today or some other day."""
    pairs = subscribed(list(Event.objects.select_related("case__unit__parent").order_by("pk")))
    return {w.pk: [event.kind for webhook, event in pairs if webhook == w] for w in webhooks}


# --- Who keeps them -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "for_the_ward", "for_the_city"),
    [
        ("chairperson", True, False),
        ("delegate", True, False),
        ("coordinator", True, False),
        ("administrator", True, True),
        ("vice_chair", False, False),
        ("staff", False, False),
        ("auditor", False, False),
        ("neighbour_chairperson", False, False),
        ("stranger", False, False),
        ("far", False, False),
    ],
)
def test_who_keeps_the_webhooks_of_a_ward_and_of_a_city(city, who, for_the_ward, for_the_city) -> None:
    city.person("delegate", "Trịnh Văn Quyền", Role.VICE_CHAIR)
    Delegation.objects.create(
        giver=city.chairperson, taker=city.delegate, unit=city.kien_an, since=date(2026, 10, 1)
    )
    hanoi = Unit.objects.create(code="01", kind="city", name="Hà Nội")
    city.person("far", "Mai Văn Xa", Role.ADMINISTRATOR, hanoi)
    of_the_ward, of_the_city = hook(city), hook(city, unit=city.unit)
    person = getattr(city, who)
    kept = set(webhooks_kept(Hand(person)))
    assert (of_the_ward in kept, of_the_city in kept) == (for_the_ward, for_the_city)
    units = set(units_kept(Hand(person)))
    assert (city.kien_an in units, city.unit in units) == (for_the_ward, for_the_city)
    for unit, webhook, may in (
        (city.kien_an, of_the_ward, for_the_ward),
        (city.unit, of_the_city, for_the_city),
    ):
        if may:
            assert make_webhook(f"{SOMEWHERE}/mine", unit=unit, by=person).owner == person
            assert rotate_secret(webhook, by=person).generation == 2
            continue
        for do in (rotate_secret, enable_webhook, end_webhook):
            with pytest.raises(NotYours):
                do(webhook, by=person)
        with pytest.raises(NotYours):
            make_webhook(SOMEWHERE, unit=unit, by=person)


def test_what_is_wrong_is_said_beside_it_and_nothing_is_kept(city) -> None:
    for url, kinds, where in (
        ("http://8.8.8.8/", (), "url"),
        ("https://127.0.0.1/", (), "url"),
        ("https://8.8.8.8/" + "x" * 500, (), "url"),
        (SOMEWHERE, ["submitted", "exploded"], "kinds"),
    ):
        with pytest.raises(Invalid) as refusal:
            make_webhook(url, unit=city.kien_an, kinds=kinds, by=city.chairperson)
        assert list(refusal.value.errors) == [where], url
    assert not Webhook.objects.exists()


def test_a_unit_has_ten_at_a_time_and_one_that_is_no_more_none(city) -> None:
    made = [hook(city) for _ in range(MAX_PER_UNIT)]
    with pytest.raises(NotNow):
        hook(city)
    end_webhook(made[0], by=city.chairperson)
    assert hook(city)
    city.phu_lien.dissolved_on = TODAY
    city.phu_lien.save()
    with pytest.raises(NotNow):
        hook(city, unit=city.phu_lien)


def test_whoever_presses_twice_makes_one(city) -> None:
    made = make_webhook(SOMEWHERE, unit=city.kien_an, by=city.chairperson)
    for by in (city.chairperson, city.administrator):
        with pytest.raises(NotNow, match="đã có webhook tới địa chỉ này"):
            make_webhook(f" {SOMEWHERE} ", unit=city.kien_an, kinds=[Kind.OVERDUE], by=by)
    disable_webhook(made, because="HTTP 503", now=WEDNESDAY)
    with pytest.raises(NotNow, match="đã có webhook tới địa chỉ này"):
        make_webhook(SOMEWHERE, unit=city.kien_an, by=city.chairperson)
    assert make_webhook(SOMEWHERE, unit=city.phu_lien, by=city.administrator)
    end_webhook(made, by=city.chairperson)
    assert make_webhook(SOMEWHERE, unit=city.kien_an, by=city.chairperson)


def test_who_did_it_stands_in_the_ledger_and_the_address_does_not(city) -> None:
    webhook = hook(city, kinds=["submitted", "overdue"])
    rotate_secret(webhook, by=city.chairperson)
    end_webhook(webhook, by=city.coordinator)
    entries = list(LogEntry.objects.order_by("pk").values_list("user", "change_message"))
    assert entries == [
        (city.administrator.pk, "11443: submitted overdue"),
        (city.chairperson.pk, "secret 2"),
        (city.coordinator.pk, "ended"),
    ]


# --- What they hear -----------------------------------------------------------------------------


def test_a_ward_hears_of_its_own_and_a_city_of_all_of_its_units(city) -> None:
    ward, neighbour = hook(city), hook(city, unit=city.phu_lien)
    whole, chosen = hook(city, unit=city.unit), hook(city, unit=city.unit, kinds=[Kind.ASSIGNED])
    city.assigned(city.open_case("1.1"))
    city.open_case("1.2", unit=city.phu_lien)
    assert heard(ward, neighbour, whole, chosen) == {
        ward.pk: ["opened", "assigned"],
        neighbour.pk: ["opened"],
        whole.pk: ["opened", "assigned", "opened"],
        chosen.pk: ["assigned"],
    }


def test_only_what_goes_on_hears(city) -> None:
    ended, disabled, live = hook(city), hook(city), hook(city)
    end_webhook(ended, by=city.administrator)
    assert disable_webhook(disabled, because="HTTP 410", now=WEDNESDAY)
    assert not disable_webhook(disabled, because="again", now=WEDNESDAY)
    city.open_case()
    assert heard(ended, disabled, live) == {ended.pk: [], disabled.pk: [], live.pk: ["opened"]}
    again = enable_webhook(disabled, by=city.chairperson)
    assert (again.disabled_because, heard(again)[again.pk]) == ("", ["opened"])
    for webhook in (again, live):
        with pytest.raises(NotNow):
            enable_webhook(webhook, by=city.chairperson)
    for do in (enable_webhook, rotate_secret, end_webhook):
        with pytest.raises(NotNow):
            do(ended, by=city.chairperson)


def test_for_one_that_does_not_hear_it_is_kept_unless_it_has_ended(city) -> None:
    ended, disabled, nobodys, kinds = (
        hook(city), hook(city), hook(city, "chairperson"), hook(city, kinds=[Kind.OVERDUE])
    )  # fmt: skip
    end_webhook(ended, by=city.administrator)
    disable_webhook(disabled, because="HTTP 410", now=WEDNESDAY)
    city.chairperson.appointments.update(until=TODAY)
    city.open_case()
    assert kept_for(ended, disabled, nobodys, kinds) == {
        ended.pk: [],
        disabled.pk: ["opened"],
        nobodys.pk: ["opened"],
        kinds.pk: [],
    }


def test_it_hears_in_the_name_of_somebody_who_sees_the_unit_today(city) -> None:
    by_chair, by_city, whole = hook(city, "chairperson"), hook(city), hook(city, unit=city.unit)
    city.open_case()
    assert all(heard(by_chair, by_city, whole).values())
    city.administrator.appointments.update(until=TODAY)
    assert heard(by_chair, by_city, whole) == {by_chair.pk: ["opened"], by_city.pk: [], whole.pk: []}
    city.chairperson.is_active = False
    city.chairperson.save()
    assert heard(by_chair) == {by_chair.pk: []}


def test_whoever_was_of_the_city_and_is_now_of_one_ward_hears_of_that_one_only(city) -> None:
    ward, neighbour, whole = hook(city), hook(city, unit=city.phu_lien), hook(city, unit=city.unit)
    city.open_case()
    city.open_case(unit=city.phu_lien)
    city.administrator.appointments.update(until=TODAY)
    city.administrator.appointments.create(unit=city.kien_an, role=Role.STAFF, since=TODAY)
    assert heard(ward, neighbour, whole) == {ward.pk: ["opened"], neighbour.pk: [], whole.pk: []}


def test_no_other_office_at_the_city_hears_for_all_of_its_units(city) -> None:
    """No form gives such an office; a row that was put there all the same opens nothing."""
    ward, whole = hook(city), hook(city, unit=city.unit)
    city.open_case()
    city.administrator.appointments.update(role=Role.STAFF)
    assert heard(ward, whole) == {ward.pk: [], whole.pk: []}
    city.administrator.appointments.update(role=Role.AUDITOR)
    assert heard(ward, whole) == {ward.pk: ["opened"], whole.pk: ["opened"]}


def test_one_whose_owner_left_is_taken_over_by_whoever_switches_it_on(city) -> None:
    webhook = hook(city, "chairperson")
    city.chairperson.appointments.update(until=TODAY)
    city.open_case()
    assert heard(webhook) == {webhook.pk: []}
    assert enable_webhook(webhook, by=city.coordinator).owner == city.coordinator
    assert heard(webhook) == {webhook.pk: ["opened"]}


@pytest.mark.parametrize(
    ("who", "count"),
    [
        ("chairperson", 2),
        ("coordinator", 2),
        ("administrator", 4),
        ("staff", 0),
        ("neighbour_chairperson", 1),
    ],
)
def test_how_many_that_a_person_keeps_were_switched_off(city, who, count) -> None:
    nobodys, ended, live = hook(city, "chairperson"), hook(city), hook(city)
    off = [hook(city), hook(city), hook(city, unit=city.phu_lien), hook(city, unit=city.unit)]
    for webhook in (*off, ended):
        disable_webhook(webhook, because="HTTP 503", now=WEDNESDAY)
    end_webhook(ended, by=city.administrator)
    assert {nobodys, live} <= set(webhooks_kept(Hand(city.administrator)).filter(disabled_at=None))
    hand = Hand(getattr(city, who))
    assert hand.offices
    with CaptureQueriesContext(connection) as queries:
        assert switched_off(hand) == count
    assert len(queries) <= 1


def test_of_very_many_no_more_are_counted_than_anybody_reads(city) -> None:
    Webhook.objects.bulk_create(
        Webhook(owner=city.chairperson, unit=city.kien_an, url=SOMEWHERE, created_at=WEDNESDAY,
                disabled_at=WEDNESDAY)
        for _ in range(MOST_COUNTED + 2)
    )  # fmt: skip
    assert switched_off(Hand(city.chairperson)) == MOST_COUNTED


def test_one_question_for_all_webhooks_and_events(city) -> None:
    counts = []
    for number in (1, 3, 50):
        Webhook.objects.bulk_create(
            Webhook(owner=city.administrator, unit=city.unit, url=SOMEWHERE, created_at=WEDNESDAY)
            for _ in range(number)
        )
        city.open_case(f"1.{len(counts) + 1}")
        events = list(Event.objects.select_related("case__unit__parent"))
        with CaptureQueriesContext(connection) as queries:
            assert len(subscribed(events)) == Webhook.objects.count() * len(events)
        counts.append(len(queries) - 1)  # the count itself
    assert counts == [1, 1, 1]


# --- The secret ---------------------------------------------------------------------------------


def signed(webhook: Webhook, now=WEDNESDAY) -> tuple[str, dict[str, str]]:
    body = '{"type":"ping"}'
    return body, signed_headers(webhook, message_id="msg_1", body=body, now=now)


def test_a_receiver_recognises_it_by_the_reference_library(city) -> None:
    webhook, other = hook(city), hook(city)
    secret = secret_of(webhook)
    assert secret.startswith("whsec_")
    assert len(Receiver(secret)._whsecret) == 32
    body, headers = signed(webhook)
    assert Receiver(secret).verify(body, headers) == {"type": "ping"}
    for wrong in (secret_of(other), "whsec_" + "A" * 43):
        with pytest.raises(WebhookVerificationError):
            Receiver(wrong).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Receiver(secret).verify(body.replace("ping", "pong"), headers)


def test_for_a_day_after_a_rotation_both_secrets_hold(city, time_machine) -> None:
    webhook = hook(city)
    old = secret_of(webhook)
    webhook = rotate_secret(webhook, by=city.chairperson)
    new = secret_of(webhook)
    assert new != old
    for minutes, holds in ((0, True), (24 * 60 - 1, True), (24 * 60, False)):
        at = WEDNESDAY + timedelta(minutes=minutes)
        time_machine.move_to(at, tick=False)
        body, headers = signed(webhook, at)
        Receiver(new).verify(body, headers)
        assert len(headers["webhook-signature"].split()) == 1 + holds
        if holds:
            Receiver(old).verify(body, headers)
        else:
            with pytest.raises(WebhookVerificationError):
                Receiver(old).verify(body, headers)


def test_rotated_twice_the_oldest_holds_no_more(city) -> None:
    webhook = hook(city)
    oldest = secret_of(webhook)
    webhook = rotate_secret(rotate_secret(webhook, by=city.chairperson), by=city.chairperson)
    with pytest.raises(WebhookVerificationError):
        Receiver(oldest).verify(*signed(webhook))


def test_no_row_holds_the_secret_and_another_key_of_the_service_gives_another(city, settings) -> None:
    webhook = hook(city)
    secret = secret_of(webhook)
    assert secret.removeprefix("whsec_") not in str(Webhook.objects.values().get())
    settings.SECRET_KEY = django_settings.SECRET_KEY + "x"
    assert secret_of(webhook) != secret
