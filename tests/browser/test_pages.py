"""Every page for everybody's eyes: accessible in light and dark, and never wider than the screen."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from notifications.deliveries import ping
from notifications.hooks import make_webhook
from notifications.letters import unsubscribe_link
from notifications.models import Message, MessageState
from notifications.telling import tell
from organisations.access import AccessToken
from organisations.models import User
from organisations.people import deactivate
from tests.conftest import PASSWORD
from tests.tokens import token_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
CONTRAST = {"runOnly": ["color-contrast"]}
#: How a page is looked at. Another language makes other words, no other structure and no other colours:
#: on a phone it is enough to look at what light and width make of them.
LOOKS = {
    "vi": ((1280, "light", RULES), (390, "dark", RULES)),
    "en": ((1280, "light", RULES), (390, "dark", CONTRAST)),
}
LOCALES = {"vi": "vi-VN", "en": "en-GB"}
#: Bytes of style and script that a page may bring along, unpacked.
HEAVIEST = 100_000
WEIGHT = """performance.getEntriesByType("resource").filter(one => /\\.(css|js)(\\?|$)/.test(one.name))
    .reduce((sum, one) => sum + one.decodedBodySize, 0)"""
#: Text that does not fit where it stands and is cut off; what is there only to be heard is not seen anyway.
CUT = """[...document.querySelectorAll("body *")].filter(one => {
    const style = getComputedStyle(one);
    return style.clipPath === "none" && one.clientWidth > 1 && one.scrollWidth > one.clientWidth + 1
        && ["hidden", "clip"].includes(style.overflowX) && one.textContent.trim();
}).map(one => one.textContent.trim().slice(0, 60))"""


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
    for person in (city.coordinator, city.staff):
        token_of(person, name="Phần mềm quản lý văn bản và điều hành của Ủy ban nhân dân")
        token_of(person, expiry=timezone.now())
    token = AccessToken.objects.filter(user=city.coordinator).first()
    tell()
    Message.objects.filter(recipient=city.staff).update(state=MessageState.IN_DOUBT)
    assessment = f"/assessments/{working.rating.assessment_id}/"
    edit = "/assessments/edit/?unit=11443&period=2026-Q3&kind=self"
    staff, gone = f"/people/{city.staff.pk}/", f"/people/{city.other_staff.pk}/"
    deactivate(city.other_staff, by=city.administrator)
    return city, {
        city.chairperson: ["/", "/cases/", "/assessments/", "/notifications/", "/me/", "/no-such-page/",
                           opened.get_absolute_url(), verifying.get_absolute_url(), "/people/", staff,
                           "/follow-through/", "/board/", f"/cases/assign/?case={opened.number}",
                           f"{verifying.get_absolute_url()}evidence/{verifying.evidence.get().pk}/"],
        city.administrator: ["/", "/people/", staff, gone, f"{staff}deactivate/", f"{gone}pseudonymise/",
                             "/calendar/", "/policies/", "/reorganisations/",
                             "/units/", "/units/11443/", "/catalogue/", "/people/import/",
                             "/rehearsal/", "/dispatches/", "/dispatches/?outcome=failed"],
        city.coordinator: ["/webhooks/", f"/webhooks/{webhook.pk}/", f"/webhooks/{webhook.pk}/end/", "/me/",
                           f"/me/tokens/{token.pk}/end/",
                           assessment, edit],
        city.staff: ["/", working.get_absolute_url(), assigned.get_absolute_url(), "/assessments/"],
        city.auditor: ["/", "/cases/?search=kien+an&state=live", "/assessments/", working.get_absolute_url(),
                       "/overview/", "/overview/?size=wide&colour=problem", "/follow-through/",
                       "/overview/ratings/?colour=problem", "/cases/?held=chair&done=late&unit_kind=ward"],
        city.stranger: ["/", "/cases/", "/notifications/", "/me/",
                        "/accounts/password/change/", "/accounts/logout/"],
    }  # fmt: skip


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page(pages, reader, language):
    city, addresses = pages
    User.objects.update(language=language)
    found = []
    anonymous = reader(locale=LOCALES[language])
    unsubscribe = unsubscribe_link(Message(recipient=city.staff, channel="mail"))
    for address in (
        "/accounts/login/", "/accounts/password/reset/", "/accounts/signup/",
        unsubscribe[unsubscribe.index("/unsubscribe/") :],
    ):  # fmt: skip
        found += wrong(anonymous, address)
    for person, theirs in addresses.items():
        one = reader(locale=LOCALES[language]).sign_in(person, PASSWORD)
        for address in theirs:
            found += wrong(one, address)
        assert one.page.locator("html").get_attribute("lang") == language
    assert found == []


def wrong(reader, address):
    """What is wrong with a page as it stands, with all that unfolds unfolded: on a desk and on a phone,
    in light and in the dark."""
    reader.open(address)
    return faults(reader, address)


def faults(reader, address):
    """The same of the page that is open: of one that only a form leads to."""
    page = reader.page
    page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
    found = []
    if (weight := page.evaluate(WEIGHT)) > HEAVIEST:
        found.append(f"{address}: {weight} bytes of style and script")
    for width, scheme, rules in LOOKS[page.locator("html").get_attribute("lang")]:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
            found.append(f"{address}: {wide} px wide where there are {width}")
        found += [f"{address}: cut at {width} px: {text}" for text in page.evaluate(CUT)]
        found += [f"{address} at {width} px, {scheme}: {said}" for said in violations(page, rules)]
    return found


def inaccessible(reader, address):
    """What axe finds in the page that is open."""
    return [f"{address}: {said}" for said in violations(reader.page, RULES)]


def violations(page, rules):
    return [
        f"{violation['id']} at {[node['target'][0] for node in violation['nodes']][:3]}"
        for violation in Axe().run(page, options=rules).response["violations"]
    ]
