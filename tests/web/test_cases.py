"""The list: filters in the address, words without tones, pages by key."""

import pytest
from django.test import Client

from workflow.models import Case


@pytest.fixture
def three(city):
    """A red and a yellow case in Kiến An, a red one next door."""
    city.rate(red="1.4", yellow="4.1")
    city.rate(red="2.3", unit=city.phu_lien)
    return city


def numbers(client: Client, query: str) -> set[str]:
    page = client.get(f"/cases/{query}").content.decode()
    return {c.indicator.code for c in Case.objects.select_related("indicator") if c.number in page}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"1.4", "4.1", "2.3"}),
        ("?colour=yellow", {"4.1"}),
        ("?state=open", {"1.4", "4.1", "2.3"}),
        ("?state=closed", set()),
        ("?state=live", {"1.4", "4.1", "2.3"}),
        ("?unit=phu+lien", {"2.3"}),
        ("?unit=11443+Phường+Kiến+An", {"1.4", "4.1"}),
        ("?indicator=4.1", {"4.1"}),
        ("?search=khong+khi", {"4.1"}),
        ("?search=Kiến+An", {"1.4", "4.1"}),
        ("?overdue=on", {"1.4", "4.1", "2.3"}),
        ("?mine=on", set()),
        ("?state=nonsense&indicator=9.9&after=x", {"1.4", "4.1", "2.3"}),
    ],
)
def test_the_auditor_narrows_the_list(three, signed_in, query, found, time_machine_to):
    time_machine_to("2026-11-20T02:00Z")
    assert numbers(signed_in(three.auditor), query) == found


def test_a_chairperson_sees_their_own_unit_only(three, signed_in):
    assert numbers(signed_in(three.chairperson), "") == {"1.4", "4.1"}
    assert numbers(signed_in(three.neighbour_chairperson), "") == {"2.3"}
    assert numbers(signed_in(three.stranger), "") == set()


def test_fifty_a_page_and_the_rest_after_the_last_key(city, signed_in):
    from indicators.models import Indicator

    codes = " ".join(Indicator.objects.values_list("code", flat=True))
    city.rate(red=codes)
    city.rate(red=codes, unit=city.phu_lien)
    reader = signed_in(city.auditor)
    first = reader.get("/cases/?colour=red")
    assert len(first.context["cases"]) == 50
    second = reader.get("/cases/" + first.context["next"])
    assert len(second.context["cases"]) == 28
    assert not {c.pk for c in first.context["cases"]} & {c.pk for c in second.context["cases"]}
    assert "Trang sau" not in second.content.decode()
