"""Work that comes back, and whoever judges it: the reason stands where the next deed is done."""

from __future__ import annotations

import re

import pytest

from workflow.models import Event

pytestmark = pytest.mark.django_db


def read(client, address: str) -> str:
    return client.get(address).content.decode()


def test_why_it_was_sent_back_stands_above_the_next_step_until_it_is_handed_in_again(city, signed_in):
    case = city.in_verification()
    city.take(case, "send_back", city.chairperson, note="Thiếu chữ ký của tổ trưởng")
    steps = read(signed_in(city.staff), case.get_absolute_url()).split('id="steps"')[1].split("</section>")[0]
    assert "Bà Trần Thị Hạnh trả lại để bổ sung." in steps
    assert "Thiếu chữ ký của tổ trưởng" in steps
    city.take(case, "submit", city.staff, note="Đã bổ sung")
    steps = read(signed_in(city.staff), case.get_absolute_url()).split('id="steps"')[1].split("</section>")[0]
    assert "Thiếu chữ ký của tổ trưởng" not in steps


def test_whoever_decides_on_more_time_reads_why_it_is_asked_for(city, signed_in):
    case = city.assigned()
    later = case.due_on.replace(year=2027)
    city.take(case, "request_extension", city.staff, due_on=later, note="Chờ cấp kinh phí")
    page = read(signed_in(city.chairperson), case.get_absolute_url())
    assert "Chờ cấp kinh phí" in page.split('id="steps"')[1].split("</section>")[0]


@pytest.mark.parametrize(
    ("person", "offered"), [("chairperson", ["verify", "send_back"]), ("staff", []), ("auditor", [])]
)
def test_the_evidence_is_judged_beside_what_it_proves(city, signed_in, person, offered):
    case = city.in_verification()
    evidence = case.evidence.get()
    page = read(signed_in(getattr(city, person)), f"{case.get_absolute_url()}evidence/{evidence.pk}/")
    assert re.findall(r"/steps/(\w+)/", page) == offered


def test_an_analysis_that_says_nothing_is_not_taken_for_one(city, signed_in):
    case = city.in_progress()
    before = Event.objects.count()
    answer = signed_in(city.staff).post(f"{case.get_absolute_url()}analysis/", {"correction": " "})
    assert answer.status_code == 400
    assert "Chưa có gì để ghi" in answer.content.decode()
    assert Event.objects.count() == before
