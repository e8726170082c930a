"""Every address of the service, walked by those who should see nothing of a case there."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from notifications.models import Notification
from notifications.telling import tell
from organisations.models import Appointment, Role
from tests.conftest import WEDNESDAY, City
from tests.tokens import token_of

METHODS = ["get", "post", "put", "patch", "delete"]
OUTSIDERS = ["stranger", "neighbour_chairperson", "gone", "other_city_auditor"]
#: Opens by a key of its own, to whoever has it; without it nothing is there.
BY_KEY = "api/v1/me/calendar.ics"
#: Public on purpose: the signing in, whether the service is well, and the schema of the API.
PUBLIC = ("accounts/", "healthz", "readyz", "me/language/", "api/v1/schema/", "api/v1/docs/")


def addresses(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    """The route of every address, the admin's apart."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if not route.startswith("admin/"):
                yield from addresses(pattern.url_patterns, route)
        elif route != "api/v1/" or "nowhere" not in str(pattern.callback):
            yield route


ROUTES = sorted(set(addresses(get_resolver().url_patterns)))
OF_A_CASE = [route for route in ROUTES if "number>" in route or "pk>" in route]
OTHERS = [route for route in ROUTES if "<" not in route and not route.startswith((*PUBLIC, BY_KEY))]


@pytest.fixture
def world(city, time_machine) -> City:
    time_machine.move_to(WEDNESDAY, tick=False)
    city.rate(red="1.4")
    city.in_verification(city.open_case("2.1", period="2026-Q2"))
    tell(now=WEDNESDAY)
    today = timezone.localdate()
    city.person("gone", "Lê Thị Nghỉ", Role.CHAIRPERSON, until=today)
    city.person("soon", "Lê Văn Sắp", Role.CHAIRPERSON, since=today + timedelta(days=1))
    other = type(city.unit).objects.create(code="01", kind="city", name="Hà Nội")
    city.person("other_city_auditor", "Mai Văn Xa", Role.AUDITOR, other, since=date(2025, 7, 1))
    return city


def filled(route: str, city: City) -> str:
    """A route with what is really there in place of its variables."""
    case = city.kien_an.cases.exclude(evidence=None).get()
    values = {
        "number": case.number, "step": "verify", "action": 1, "key": case.evidence.get().pk, "page": 1,
        "code": city.kien_an.code, "pk": city.kien_an.assessments.first().pk,
    }  # fmt: skip
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found[1]]), route)


def caller(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def says_nothing(answer, path: str = "") -> bool:
    """Nothing of a case but the path that was asked for, which the page gives back."""
    sent = b"".join(answer) if answer.streaming else answer.content
    if sent.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(sent)) as book:
            sent = b"".join(book.read(name) for name in book.namelist())
    said = sent.decode()
    said = said.replace(path, "") if path else said
    return not any(word in said for word in ("2026-000001", "2026-000002", "Phát hiện ở", "so-theo-doi"))


@pytest.mark.parametrize("who", [*OUTSIDERS, "soon"])
def test_of_a_foreign_case_nothing_is_there(world, who) -> None:
    client = caller(getattr(world, who))
    for path, method in product([filled(route, world) for route in OF_A_CASE], METHODS):
        answer = getattr(client, method)(path, {} if method == "post" else None)
        goes_to_the_case = answer.status_code == 302 and answer["Location"] == f"/cases/{path.split('/')[2]}/"
        assert answer.status_code in (404, 405) or goes_to_the_case, (method, path)
        assert goes_to_the_case or says_nothing(answer, path), (method, path)


@pytest.mark.parametrize("who", OUTSIDERS)
def test_lists_and_pages_tell_an_outsider_nothing_of_the_unit(world, who) -> None:
    client = caller(getattr(world, who))
    for route in OTHERS:
        assert says_nothing(client.get(f"/{route}")), route
    for asked in (
        "cases/?search=1.4+2.1",
        "cases/?search=kien+an",
        "cases/?unit=11443",
        "cases/export/?as=csv",
    ):
        for door in ("", "api/v1/"):
            assert says_nothing(client.get(f"/{door}{asked}")), asked


def is_asked_to_sign_in(client: Client, path: str) -> bool:
    for answer in (client.get(path), client.post(path)):
        sent_away = answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")
        right = answer.status_code == 401 if path.startswith("/api/") else sent_away
        if not (right or (answer.status_code == 405 and not path.startswith("/api/"))):
            return False
        assert says_nothing(answer)
    return True


def test_whoever_is_not_signed_in_is_asked_to(world) -> None:
    for path in (filled(route, world) for route in (*OF_A_CASE, *OTHERS)):
        assert is_asked_to_sign_in(Client(), path), path


@pytest.mark.parametrize("key", ["", "?key=", "?key=wrong"])
def test_without_its_key_a_calendar_is_not_there_for_anybody(world, key) -> None:
    for client in (Client(), caller(world.chairperson)):
        answer = client.get(f"/{BY_KEY}{key}")
        assert (answer.status_code, says_nothing(answer)) == (404, True)


def test_the_session_and_the_token_of_a_deactivated_person_are_none(world) -> None:
    browser = caller(world.chairperson)
    token = token_of(world.chairperson)
    machine = Client(headers={"authorization": f"Bearer {token}"})
    assert browser.get("/cases/").status_code == machine.get("/api/v1/cases/").status_code == 200
    world.chairperson.is_active = False
    world.chairperson.save()
    for path in (filled(route, world) for route in (*OF_A_CASE, *OTHERS)):
        assert is_asked_to_sign_in(machine if path.startswith("/api/") else browser, path), path


def test_an_office_that_ends_takes_the_sight_along_but_not_what_was_told(world) -> None:
    client, case = caller(world.chairperson), world.kien_an.cases.first()
    assert client.get(case.get_absolute_url()).status_code == 200
    assert not says_nothing(client.get("/notifications/"))
    Appointment.objects.filter(user=world.chairperson).update(until=timezone.localdate())
    assert client.get(case.get_absolute_url()).status_code == 404
    assert case.number not in client.get("/cases/").content.decode()
    assert Notification.objects.filter(recipient=world.chairperson).exists()
    for page in ("/", "/notifications/", "/api/v1/notifications/"):
        assert says_nothing(client.get(page)), page


@pytest.mark.parametrize("who", ["auditor", "administrator", "chairperson"])
@pytest.mark.parametrize("is_staff", [False, True])
@pytest.mark.parametrize(
    "page", ["", "workflow/case/", "workflow/event/", "organisations/user/", "autocomplete/"]
)
def test_the_admin_is_for_superusers(world, who, is_staff, page) -> None:
    user = getattr(world, who)
    user.is_staff = is_staff
    user.save()
    answer = caller(user).get(f"/admin/{page}")
    assert answer.status_code in (302, 403) or (page == "" and is_staff)
    assert says_nothing(answer)
