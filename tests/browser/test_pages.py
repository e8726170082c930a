"""Every page for everybody's eyes: accessible in light and dark, and never wider than the screen."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from notifications.deliveries import ping
from notifications.hooks import make_webhook
from notifications.letters import unsubscribe_link
from notifications.models import Message, MessageState
from notifications.telling import tell
from organisations.people import deactivate
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}


@pytest.fixture
def pages(city):
    """(person, address) of every page, each with something on it."""
    for person in city.people.values():
        person.set_password(PASSWORD)
        person.save()
    working = city.complete_file(city.in_progress(city.open_case("1.4")))
    verifying = city.in_verification(city.open_case("2.3", colour="yellow"))
    assigned = city.assigned(city.open_case("3.1"))
    city.rate(yellow="1.4", kind="city")
    opened = city.open_case("4.1", colour="yellow")
    webhook = make_webhook("https://8.8.8.8/hook", unit=city.kien_an, by=city.coordinator)
    ping(webhook, by=city.coordinator)
    tell()
    Message.objects.filter(recipient=city.staff).update(state=MessageState.IN_DOUBT)
    assessment = f"/assessments/{working.rating.assessment_id}/"
    edit = "/assessments/edit/?unit=11443&period=2026-Q3&kind=self"
    staff, gone = f"/people/{city.staff.pk}/", f"/people/{city.other_staff.pk}/"
    deactivate(city.other_staff, by=city.administrator)
    return city, {
        city.chairperson: ["/", "/cases/", "/assessments/", "/notifications/", "/me/", "/no-such-page/",
                           opened.get_absolute_url(), verifying.get_absolute_url(), "/people/", staff],
        city.administrator: ["/", "/people/", staff, gone, f"{staff}deactivate/", f"{gone}pseudonymise/",
                             "/calendar/", "/policies/", "/reorganisations/",
                             "/units/", "/units/11443/", "/catalogue/", "/people/import/",
                             "/rehearsal/", "/dispatches/", "/dispatches/?outcome=failed"],
        city.coordinator: ["/webhooks/", f"/webhooks/{webhook.pk}/", f"/webhooks/{webhook.pk}/end/", "/me/",
                           assessment, edit],
        city.staff: ["/", working.get_absolute_url(), assigned.get_absolute_url(), "/assessments/"],
        city.auditor: ["/", "/cases/?search=kien+an&state=live", "/assessments/", working.get_absolute_url()],
        city.stranger: ["/", "/cases/", "/notifications/", "/me/",
                        "/accounts/password/change/", "/accounts/logout/"],
    }  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_every_page(pages, reader, scheme, width):
    _city, addresses = pages
    found = []
    anonymous = reader(width, scheme)
    unsubscribe = unsubscribe_link(Message(recipient=_city.staff, channel="mail"))
    for address in (
        "/accounts/login/", "/accounts/password/reset/", "/accounts/signup/",
        unsubscribe[unsubscribe.index("/unsubscribe/") :],
    ):  # fmt: skip
        found += wrong(anonymous, address, width)
    for person, theirs in addresses.items():
        one = reader(width, scheme).sign_in(person, PASSWORD)
        for address in theirs:
            found += wrong(one, address, width)
    assert found == []


def wrong(reader, address, width):
    """What is wrong with a page as it stands, with all that unfolds unfolded."""
    reader.open(address)
    page = reader.page
    page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
    found = []
    if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
        found.append(f"{address}: {wide} px wide")
    return found + inaccessible(reader, address)


def inaccessible(reader, address):
    """What axe finds in the page that is open."""
    page, found = reader.page, []
    for violation in Axe().run(page, options=RULES).response["violations"]:
        places = [node["target"][0] for node in violation["nodes"]][:3]
        found.append(f"{address}: {violation['id']} at {places}")
    return found
