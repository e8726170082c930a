"""A page offers each person exactly what the table lets them do, in every state of things."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.conftest import WEDNESDAY, City
from tests.tokens import token_of

from .offers import SCENES, expected, menu, of_the_case
from .table import INSIDE, OK, TABLE
from .world import PEOPLE, person, scene, settle


@pytest.mark.parametrize("name", [*SCENES, "succeeded", "dissolved"])
def test_the_page_of_a_case_offers_what_the_table_allows(city: City, time_machine, name: str) -> None:
    time_machine.move_to(WEDNESDAY, tick=False)
    settle(city)
    case = scene(city, name)
    offered, allowed = {}, {}
    for role in INSIDE:
        client = Client()
        client.force_login(person(city, PEOPLE[role][0]))
        page = client.get(case.get_absolute_url()).content.decode()
        forms = re.findall(r'<form method="post"[^>]* action="([^"]+)"|action="([^"]+)" method="post"', page)
        offered[role] = of_the_case((a or b for a, b in forms), case)
        allowed[role] = expected(case, name, role)
    assert offered == allowed


# --- The menu, and the page of a person ---------------------------------------------------------


def links(page: str) -> set[str]:
    return set(re.findall(r'href="(/[^"#?]*)', page))


@pytest.mark.parametrize("role", [*INSIDE, "former", "stranger"])
def test_the_menu_leads_where_the_table_lets_one_go_and_nowhere_else(city: City, time_machine, role) -> None:
    time_machine.move_to(WEDNESDAY, tick=False)
    settle(city)
    scene(city, "open_case")
    client = Client()
    client.force_login(person(city, PEOPLE[role][0]))
    header = client.get("/me/").content.decode().split("<main")[0]
    found, allowed = menu(links(header), role)
    assert found == allowed


@pytest.mark.parametrize("role", ["chairperson", "delegate", "administrator"])
def test_the_page_of_a_person_offers_what_the_table_allows(city: City, time_machine, role: str) -> None:
    time_machine.move_to(WEDNESDAY, tick=False)
    settle(city)
    scene(city, "in_progress")
    lead = city.staff
    token_of(lead)
    client = Client()
    client.force_login(person(city, PEOPLE[role][0]))
    page = client.get(f"/people/{lead.pk}/").content.decode()
    found = set(re.findall(r'action="(/people/[^"]+)"', page)) | links(page)
    offered = {address for address in found if address.startswith(f"/people/{lead.pk}/")}
    values = {"lead": lead.pk, "office": lead.appointments.get().pk, "unit": "11443"}
    rows = [row for row in TABLE if row.path.startswith("people/{lead}/") and row.page == "post"]
    assert offered == {"/" + row.path.format(**values) for row in rows if row.expected(role) == OK}
