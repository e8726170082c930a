"""The list of cases in the order that is asked, page by page without a gap, kept and taken away as seen."""

from __future__ import annotations

import io
import re

import pytest
from openpyxl import load_workbook

from web.ordering import CHOICES, after, order_of, ordered
from workflow.models import Case, SavedFilter

pytestmark = pytest.mark.django_db


@pytest.fixture
def cases(city):
    city.rate(red="1.4 2.3 3.1", yellow="4.1 1.1")
    city.rate(red="2.1 1.4", yellow="2.3", unit=city.phu_lien)
    city.assigned(Case.objects.get(unit=city.kien_an, indicator__code="2.3"))
    city.take(Case.objects.get(unit=city.kien_an, indicator__code="3.1"), "cancel", city.auditor, note="Nhầm")
    return Case.objects.all()


@pytest.mark.parametrize("name", CHOICES)
def test_pages_follow_each_other_without_a_gap(cases, name):
    order = order_of(name)
    whole = list(ordered(cases, order))
    walked, last = [], None
    while page := list(ordered(after(Case.objects.all(), order, last), order)[:2]):
        walked += page
        last = page[-1]
    assert [case.number for case in walked] == [case.number for case in whole]
    assert len(walked) == 8
    if order.column.name == "due":
        assert whole[-1].state == "cancelled", "what has no deadline comes last, either way"


def numbers(page: str) -> list[str]:
    return re.findall(r'<span class="number">([\d-]+)</span>', page)


def test_the_heading_turns_the_list_and_the_file_is_what_was_seen(city, cases, signed_in):
    reader = signed_in(city.auditor)
    page = reader.get("/cases/?ordering=unit&state=live").content.decode()
    assert '?ordering=-unit&state=live" aria-current="true"' in page.replace("&amp;", "&")
    seen = numbers(page)
    file = reader.get("/cases/export/?ordering=unit&state=live&as=xlsx")
    rows = list(load_workbook(io.BytesIO(file.content)).active.values)[1:]
    assert [row[0] for row in rows] == seen
    assert len(seen) == 7
    assert numbers(reader.get("/cases/?ordering=nonsense").content.decode()) == [
        case.number for case in Case.objects.order_by("-id")
    ]


def test_a_list_is_kept_under_a_name_of_ones_own(city, cases, signed_in):
    reader = signed_in(city.auditor)
    query = "state=live&ordering=due&after=3&unknown=1&colour="
    assert reader.post("/cases/filters/", {"name": "  Đang  xử lý ", "query": query}).status_code == 302
    saved = SavedFilter.objects.get()
    assert (saved.name, saved.query) == ("Đang xử lý", "state=live&ordering=due")
    reader.post("/cases/filters/", {"name": "Đang xử lý", "query": "overdue=on"})
    assert SavedFilter.objects.get().query == "overdue=on"
    assert '?overdue=on">Đang xử lý</a>' in reader.get("/cases/").content.decode()
    other = signed_in(city.chairperson)
    assert "Đang xử lý</a>" not in other.get("/cases/").content.decode()
    assert other.post(f"/cases/filters/{saved.pk}/end/").status_code == 404
    assert reader.post("/cases/filters/", {"name": " ", "query": ""}).status_code == 302
    assert SavedFilter.objects.count() == 1
    for odd in ({"name": "a\0b", "query": ""}, {"name": "Dài", "query": "search=" + "đ" * 900}):
        assert reader.post("/cases/filters/", odd).status_code == 302
    assert set(SavedFilter.objects.values_list("name", flat=True)) == {"Đang xử lý", "ab"}
    for n in range(25):
        reader.post("/cases/filters/", {"name": f"Số {n}", "query": ""})
    assert SavedFilter.objects.count() == 20
    reader.post(f"/cases/filters/{saved.pk}/end/")
    assert not SavedFilter.objects.filter(pk=saved.pk).exists()
