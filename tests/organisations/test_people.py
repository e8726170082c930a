"""People are entered, leave, and are no longer named; the record and its hashes stay."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone

from actions.operations import plan_action
from notifications.models import Message
from notifications.telling import tell
from organisations.access import AccessToken
from organisations.deputies import delegate
from organisations.models import Appointment, Delegation, Role, Unit, User
from organisations.people import add_person, deactivate, people_of_the_cities, pseudonymise
from organisations.refusals import Invalid, NotNow, NotYours
from tests.conftest import WEDNESDAY
from tests.tokens import token_of
from workflow.checking import Checked
from workflow.models import Event, SavedFilter

TODAY = date(2026, 10, 7)


def enter(city: Any, **given: Any) -> User:
    person = {"email": "Moi@Haiphong.example ", "full_name": " Vũ  Thị Mới", "address": "mrs"}
    return add_person(**{**person, "by": city.administrator, **given})


def leave(city: Any, person: User, **given: Any) -> Any:
    return deactivate(person, **{"by": city.administrator, "now": WEDNESDAY, **given})


# --- Coming -----------------------------------------------------------------------------------


def test_a_person_is_entered_without_a_password_and_without_rights(city) -> None:
    person = enter(city)
    assert (person.email, person.full_name, person.language) == (
        "moi@haiphong.example", "Vũ Thị Mới", "vi",
    )  # fmt: skip
    assert [person.has_usable_password(), person.is_staff, person.is_superuser] == [False] * 3


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"email": "moi"}, "email"),
        ({"email": "STAFF@haiphong.example"}, "email"),
        ({"full_name": " "}, "full_name"),
        ({"full_name": "x" * 151}, "full_name"),
        ({"full_name": "Vũ\x01Mới"}, "full_name"),
        ({"full_name": "Vũ\u202eMới"}, "full_name"),
        ({"address": "dr"}, "address"),
        ({"language": "fr"}, "language"),
    ],
)
def test_what_cannot_be_a_person_is_refused_by_field(city, given, field) -> None:
    with pytest.raises(Invalid) as refusal:
        enter(city, **given)
    assert set(refusal.value.errors) == {field}


@pytest.mark.parametrize("who", ["chairperson", "auditor", "stranger"])
def test_only_an_administrator_enters_and_takes_out_people(city, who) -> None:
    by = getattr(city, who)
    with pytest.raises(NotYours):
        enter(city, by=by)
    with pytest.raises(NotYours):
        leave(city, city.staff, by=by)
    leave(city, city.staff)
    with pytest.raises(NotYours):
        pseudonymise(city.staff, by=by)


def test_an_administrator_looks_after_the_people_of_their_cities_and_of_none(city) -> None:
    from organisations.hands import Hand

    hanoi = Unit.objects.create(code="01", kind="city", name="Hà Nội")
    city.person("far", "Mai Văn Xa", Role.ADMINISTRATOR, hanoi)
    everybody = set(User.objects.all())
    assert set(people_of_the_cities(Hand(city.administrator))) == everybody - {city.far}
    assert set(people_of_the_cities(Hand(city.far))) == {city.far, city.stranger}
    assert set(people_of_the_cities(Hand(city.chairperson))) == set()


# --- Leaving ----------------------------------------------------------------------------------


def test_whoever_leaves_keeps_no_office_no_key_and_what_they_did(city) -> None:
    case, theirs = city.in_progress(city.open_case("1.1")), city.assigned(city.open_case("1.2"))
    plan_action(
        case, by=city.staff, description="x", owner=city.supporter, due_on=date(2026, 10, 20), now=WEDNESDAY
    )
    city.in_verification(city.open_case("2.1"))
    Appointment.objects.create(user=city.staff, unit=city.phu_lien, role="staff", since=date(2026, 11, 1))
    delegate(city.staff, taker=city.supporter, unit=city.kien_an, since=TODAY, until=None, by=city.staff,
             now=WEDNESDAY)  # fmt: skip
    browser, other = Client(), Client()
    browser.force_login(city.staff)
    other.force_login(city.supporter)
    token_of(city.staff)

    left = leave(city, city.staff)

    assert (left.offices, left.cases) == (1, [case.number, theirs.number, "2026-000003"])
    city.staff.refresh_from_db()
    assert not city.staff.is_active
    ends = Appointment.objects.filter(user=city.staff).order_by("since").values_list("until", flat=True)
    assert list(ends) == [TODAY, date(2026, 11, 1)]
    assert Delegation.objects.get().until == TODAY
    assert not AccessToken.objects.exists()
    assert (browser.get("/").status_code, other.get("/").status_code) == (302, 200)
    User.objects.filter(pk=city.staff.pk).update(is_active=True)
    assert browser.get("/").status_code == 302  # should they come back, they sign in anew
    case.refresh_from_db()
    assert case.assignee == city.staff
    assert leave(city, city.supporter).cases == [case.number]  # whose corrective action it is


def test_nobody_leaves_twice_or_takes_themselves_out(city) -> None:
    with pytest.raises(NotYours, match="tự làm"):
        leave(city, city.administrator)
    leave(city, city.staff)
    with pytest.raises(NotNow):
        leave(city, city.staff)


def test_whoever_takes_out_an_administrator_stays(city) -> None:
    """Somebody whose own office is over tomorrow is nobody to be left with."""
    second = city.person("second", "Hồ Văn Nhì", Role.ADMINISTRATOR, city.unit, until=date(2026, 10, 8))
    with pytest.raises(NotNow, match="ít nhất một quản trị"):
        leave(city, city.administrator, by=second)
    second.appointments.update(until=date(2026, 10, 9))
    assert leave(city, city.administrator, by=second).offices == 1


def test_who_holds_an_office_in_another_city_is_not_this_citys_to_take_out(city) -> None:
    hanoi = Unit.objects.create(code="01", kind="city", name="Hà Nội")
    Appointment.objects.create(user=city.auditor, unit=hanoi, role="auditor", since=TODAY)
    with pytest.raises(NotYours):
        leave(city, city.auditor)


def test_whoever_keeps_the_server_is_not_taken_out_by_a_city(city) -> None:
    root = User.objects.create_superuser("root@haiphong.example", full_name="Gốc")
    with pytest.raises(NotYours):
        leave(city, root)


# --- Being no longer named --------------------------------------------------------------------


def every_text() -> str:
    """All that every table of the database holds."""
    said = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            said += [str(value) for row in cursor.fetchall() for value in row]
    return "\n".join(said)


def log(by: User, about: Any, message: str) -> None:
    from django.contrib.contenttypes.models import ContentType

    LogEntry.objects.create(
        user=by, content_type=ContentType.objects.get_for_model(about), object_id=str(about.pk),
        object_repr=str(about), action_flag=CHANGE, change_message=message,
    )  # fmt: skip


def test_the_name_and_address_are_nowhere_and_every_hash_holds(city, in_the_mail) -> None:
    person = city.staff
    city.closed(city.open_case("1.1"))
    city.in_progress(city.open_case("1.2"))
    namesake = city.person("namesake", person.full_name, None)
    root = User.objects.create_superuser("root@haiphong.example", full_name="Gốc")
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    log(root, person, json.dumps([{"changed": {"object": person.full_name}}]))
    log(root, person.appointments.get(), f"Thêm cho {person.email}")
    log(root, namesake, "Thêm")
    log(root, city.other_staff, f"Thư: {city.other_staff.email}")
    in_the_mail(person)
    browser = Client()
    browser.force_login(person)
    visit = browser.session
    visit["account_authentication_methods"] = [{"method": "password", "email": person.email}]
    visit.save()
    token_of(person)
    SavedFilter.objects.create(owner=person, name=f"Của {person}", query="search=Pham+Quoc+Tuan")
    events = list(Event.objects.order_by("pk").values("hash", "note", "changes", "actor"))
    with pytest.raises(NotNow, match="ngừng sử dụng"):
        pseudonymise(person, by=city.administrator, now=WEDNESDAY)
    leave(city, person)
    assert person.email in every_text()

    former_name, former_email = person.full_name, person.email
    person = pseudonymise(person, by=city.administrator, now=WEDNESDAY)

    User.objects.filter(pk=namesake.pk).delete()
    LogEntry.objects.filter(object_id=str(namesake.pk)).delete()
    said = every_text().casefold()
    for word in (former_name, former_email, "pham quoc tuan", json.dumps(former_name)[1:-1]):
        assert not re.search(rf"(?<![\w.]){re.escape(word.casefold())}", said), word
    assert LogEntry.objects.filter(change_message=f"Thư: {city.other_staff.email}").exists()
    assert LogEntry.objects.filter(change_message="deactivated; offices ended: 1").exists()
    assert not Session.objects.exists()
    assert str(person) == f"Người đã rời cơ quan số {person.pk}"
    assert person.email.endswith(".invalid")
    assert (person.address, person.last_login, person.has_usable_password()) == ("", None, False)
    assert list(Event.objects.order_by("pk").values("hash", "note", "changes", "actor")) == events
    assert list(Checked().breaks()) == []
    with pytest.raises(NotNow):
        pseudonymise(person, by=city.administrator, now=WEDNESDAY)


@pytest.fixture
def in_the_mail(city) -> Any:
    """A mail that the server sent back, naming its address."""

    def send(person: User) -> None:
        tell(now=WEDNESDAY)
        Message.objects.filter(recipient=person).update(
            last_error=f"550 5.1.1 <{person.email}>: Recipient address rejected"
        )
        assert Message.objects.filter(recipient=person).exists()

    return send


def test_former_names_and_addresses_and_reasons_of_leave_are_gone_as_well(city) -> None:
    """Nobody knows any more what a person was called before, so nothing that could say it stays."""
    person, root = city.staff, User.objects.create_superuser("root@haiphong.example", full_name="Gốc")
    given = {"unit": city.kien_an, "until": None, "now": WEDNESDAY}
    delegate(person, taker=city.supporter, since=TODAY, by=person, reason="Ông Tuấn nghỉ ốm", **given)
    delegate(
        city.other_staff, taker=person, since=TODAY, by=city.other_staff, reason="Ông Tuấn thay", **given
    )
    delegate(city.supporter, taker=city.other_staff, since=TODAY, by=city.supporter, reason="Nghỉ", **given)
    for name, email in (
        ("Phạm Tuấn Anh", "tuan.anh@haiphong.example"),
        ("Phạm Tuấn", "tuan@haiphong.example"),
    ):
        person.full_name, person.email = name, email
        person.save()
        log(root, person, json.dumps([{"changed": {"object": name}}]))
        log(root, person.appointments.get(), f"Thêm cho {email}")
    leave(city, person)
    pseudonymise(person, by=city.administrator, now=WEDNESDAY)
    said = every_text().casefold()
    for word in ("tuấn", json.dumps("Tuấn")[1:-1].casefold(), "tuan"):
        assert word not in said
    assert set(Delegation.objects.values_list("reason", flat=True)) == {"", "Nghỉ"}
    written = LogEntry.objects.filter(user=root)
    assert (written.count(), set(written.values_list("change_message", flat=True))) == (4, {""})


def test_a_namesake_keeps_the_name(city) -> None:
    namesake = city.person("namesake", city.staff.full_name, None)
    root = User.objects.create_superuser("root@haiphong.example", full_name="Gốc")
    log(root, namesake, "Thêm")
    leave(city, city.staff)
    pseudonymise(city.staff, by=city.administrator, now=WEDNESDAY)
    namesake.refresh_from_db()
    about = LogEntry.objects.get(object_id=str(namesake.pk))
    assert namesake.full_name == about.object_repr == "Phạm Quốc Tuấn"
    assert timezone.now() >= namesake.created_at
