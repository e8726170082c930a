"""The machine on the page of a case: drawn from the arrows, with where the case stands and has been."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from audits.record import Fold, folded, lines
from tests.conftest import WEDNESDAY
from web.machine import PLACES, machine_of
from workflow.arrows import arrows
from workflow.clock import ring_due
from workflow.models import Case
from workflow.vocabulary import State

pytestmark = pytest.mark.django_db


def drawn(case: Case):
    case.refresh_from_db()
    return machine_of(case, case.events.order_by("seq"))


def marks(case: Case) -> dict[str, str]:
    return {place.label: place.mark for place in drawn(case).places if place.mark}


def test_every_state_has_its_place():
    assert set(PLACES) == set(State)
    assert len(set(PLACES.values())) == len(PLACES)


def test_where_the_case_stands_and_has_been(city):
    case = city.open_case()
    assert marks(case) == {"Mới mở": "here"}
    case = city.in_verification(case)
    been = dict.fromkeys(("Mới mở", "Đã phân công", "Đang thực hiện"), "been")
    assert marks(case) == been | {"Chờ xác nhận": "here"}
    city.take(case, "send_back", city.chairperson, note="Thiếu ảnh")
    assert marks(case)["Đang thực hiện"] == "here"


def test_the_ways_onward_are_the_arrows_of_the_state(city, signed_in):
    case = city.in_verification()
    told = {(way.step, way.to) for way in drawn(case).onward}
    assert told == {
        (str(arrow.step.label), str(arrow.target.label))
        for arrow in arrows()
        if State.IN_VERIFICATION in arrow.sources and arrow.target
    }
    assert ("Xác nhận kết quả", "Theo dõi hiệu lực") in told
    page = signed_in(city.staff).get(case.get_absolute_url()).content.decode()
    here = re.search(r'machine-here"[^>]*>.*?<text[^>]*>([^<]+)</text>', page)[1]
    assert here == "● Chờ xác nhận"
    ways = re.findall(r'class="machine-way machine-way-here"', page)
    assert len(ways) == 2, "verified or sent back; that all may be cancelled is one line"


def test_reminders_in_a_row_are_folded_and_what_people_did_is_not(city):
    case = city.open_case()
    for day in range(1, 40):
        ring_due(now=WEDNESDAY + timedelta(days=day))
    case = city.take(
        case, "assign", city.chairperson, assignee=city.staff, now=WEDNESDAY + timedelta(days=41)
    )
    told = lines(list(case.events.select_related("actor").order_by("seq")))[::-1]
    short = folded(told)
    assert [type(each) is Fold for each in short] == [False, True, False]
    assert len(short[1].lines) == len(told) - 2 > 3
    assert (short[0].kind, short[2].kind) == ("assigned", "opened")
    assert short[1].oldest.at < short[1].newest.at
