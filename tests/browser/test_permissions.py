"""Each role signs in as a new user would, and is offered in every case exactly what the table allows."""

from __future__ import annotations

import pytest

from tests.conftest import PASSWORD, WEDNESDAY
from tests.permissions.offers import SCENES, expected, menu, of_the_case
from tests.permissions.table import INSIDE, OUTSIDE
from tests.permissions.world import PEOPLE, person, scene, settle

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FORMS = "[...document.querySelectorAll('main form[method=post]')].map(f => f.getAttribute('action'))"
PRESSED = """[...document.querySelectorAll('main form[method=post]')]
    .filter(f => f.querySelector('button').checkVisibility()).map(f => f.getAttribute('action'))"""
LISTED = "[...document.querySelectorAll('main .row a')].map(a => a.getAttribute('href'))"
MENU = "[...document.querySelectorAll('header a')].map(a => a.getAttribute('href'))"
#: One indicator for each state of things, so that all stand side by side.
CODES = "1.1 1.2 1.3 1.4 1.5 1.6 1.7 1.8 2.1 2.2 2.3 2.4 2.5 2.6".split()


@pytest.fixture
def cases(city, time_machine):
    time_machine.move_to(WEDNESDAY, tick=True)
    settle(city)
    for each in city.people.values():
        each.set_password(PASSWORD)
        each.save()
    return {name: scene(city, name, code) for name, code in zip(SCENES, CODES, strict=True)}


def test_every_role_in_the_browser(city, cases, reader):
    for role in INSIDE:
        one = reader().sign_in(person(city, PEOPLE[role][0]), PASSWORD)
        one.reads("Việc của tôi")
        found, allowed = menu(one.page.evaluate(MENU), role)
        assert found == allowed, role
        one.page.get_by_role("link", name="Hồ sơ", exact=True).click()
        one.page.wait_for_url("**/cases/")
        listed = set(one.page.evaluate(LISTED))
        assert {case.get_absolute_url() for case in cases.values()} <= listed
        for name, case in cases.items():
            one.open(case.get_absolute_url())
            one.reads("Việc tiếp theo")
            offered = of_the_case(one.page.evaluate(FORMS), case)
            assert offered == expected(case, name, role), (role, name)
            # What is offered can be opened and sent.
            one.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            assert set(offered) <= set(one.page.evaluate(PRESSED)), (role, name)
        assert one.complaints == []


def test_whoever_is_outside_finds_no_case(city, cases, reader):
    for role in OUTSIDE:
        one = reader().sign_in(person(city, PEOPLE[role][0]), PASSWORD)
        one.reads("Việc của tôi")
        one.open("/cases/")
        one.reads("Không có hồ sơ nào khớp.")
        for case in cases.values():
            one.open(case.get_absolute_url())
            one.reads("Không tìm thấy")
