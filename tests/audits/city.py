"""A city with something to count: cases on time and late, at every post, over two periods."""

from datetime import timedelta

from tests.conftest import WEDNESDAY
from workflow.models import Case


def followed_through(city):
    """Five cases of Kiến An in 2026-Q3, one of Phù Liễn in Q4, read eight weeks on.

    1.1 was reported complete in time, 1.2 a month late, 1.3 is late with its assignee, 1.4 waits for
    the chair, 2.1 was handed up to the city; 4.1 of Phù Liễn was opened by Q4.
    """
    city.rate(red="1.1 1.2 1.3 1.4 2.1", yellow="2.2", green="4.8")
    cases = {case.indicator.code: case for case in Case.objects.select_related("indicator")}
    for code, weeks in (("1.1", 2), ("1.2", 8)):
        case = city.complete_file(city.in_progress(cases[code]))
        city.take(case, "submit", city.staff, now=WEDNESDAY + timedelta(weeks=weeks))
    later = WEDNESDAY + timedelta(weeks=3)
    city.take(Case.objects.get(pk=cases["1.1"].pk), "verify", city.chairperson, now=later)
    city.in_progress(cases["1.3"])
    city.take(cases["2.1"], "hand_up", city.chairperson, note="Cần vốn")
    city.rate(red="4.1", green="1.1", period="2026-Q4", unit=city.phu_lien, now=later)
    city.rate(red="2.2", kind="city", now=later)
    return cases
