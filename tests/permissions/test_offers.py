"""A page offers each person exactly what the table lets them do, in every state of things."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.conftest import WEDNESDAY, City

from .offers import SCENES, expected, of_the_case
from .table import INSIDE
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
