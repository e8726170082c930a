"""Extensions: asked for and decided, counted, with the first deadline kept; a limit for the unit."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from organisations.models import Delegation
from tests.conftest import WEDNESDAY, City
from workflow.models import Case, Policy
from workflow.refusals import Invalid, NotNow, NotYours
from workflow.vocabulary import Kind

LATER = date(2026, 12, 1)
TODAY = WEDNESDAY.date()
GRANT = {"note": "Đồng ý", "objective_cause": True}


def extended(city: City, case: Case, *, times: int, by=None) -> Case:
    for _ in range(times):
        due_on = case.due_on + timedelta(days=7)
        case = city.take(case, "extend", by or city.chairperson, due_on=due_on, **GRANT)
    return case


def requested(city: City, case: Case | None = None, due_on: date = LATER) -> Case:
    case = case or city.in_progress()
    return city.take(case, "request_extension", city.staff, due_on=due_on, note="Chờ vốn")


def test_a_request_waits_for_whoever_decides_and_both_sides_see_it(city: City, signed_in) -> None:
    case = requested(city)
    assert case in Case.objects.awaiting(city.chairperson, on=TODAY)
    assert case in Case.objects.awaiting(city.staff, on=TODAY), "the work goes on meanwhile"
    for person in (city.staff, city.chairperson):
        page = signed_in(person).get(case.get_absolute_url()).content.decode()
        assert "Đang đề nghị gia hạn đến 01/12/2026" in page
        assert "đề nghị gia hạn đến 01/12/2026" in signed_in(person).get("/cases/").content.decode()


def test_one_request_at_a_time_and_a_refusal_says_why(city: City) -> None:
    case = requested(city)
    with pytest.raises(NotNow, match="Đang có một đề nghị"):
        requested(city, case)
    with pytest.raises(Invalid):
        city.take(case, "refuse_extension", city.chairperson)
    case = city.take(case, "refuse_extension", city.chairperson, note="Đủ thời gian")
    assert (case.requested_due_on, case.due_on, case.extension_count) == (None, date(2026, 11, 6), 0)
    event = case.events.latest("seq")
    assert (event.kind, event.note, event.actor) == (Kind.EXTENSION_REFUSED, "Đủ thời gian", city.chairperson)
    assert case not in Case.objects.awaiting(city.chairperson, on=TODAY)
    requested(city, case)


def test_the_first_deadline_and_the_count_stand_on_every_list(
    city: City, signed_in, as_, time_machine
) -> None:
    time_machine.move_to(WEDNESDAY, tick=False)
    case = extended(city, city.in_progress(), times=2)
    assert (case.extension_count, case.original_due_on) == (2, date(2026, 11, 6))
    client = signed_in(city.staff)
    for page in ("/", "/cases/", case.get_absolute_url()):
        said = client.get(page).content.decode()
        assert "gia hạn 2 lần" in said, page
        assert "06/11/2026" in said, page
    pages = {
        city.chairperson: f"/people/{city.staff.pk}/",
        city.administrator: f"/people/{city.staff.pk}/",
    }
    for person, page in pages.items():
        said = signed_in(person).get(page).content.decode()
        assert ("gia hạn 2 lần" in said, "06/11/2026" in said) == (True, True), page
    rest = {"what": "rest", "first": case.due_on.isoformat(), "name": "Nghỉ bão"}
    preview = signed_in(city.administrator).post("/calendar/preview/", rest).content.decode()
    assert "gia hạn 2 lần, hạn ban đầu 06/11/2026" in preview
    hand = {"to": city.supporter.pk}
    address = f"/people/{city.staff.pk}/units/11443/hand-over/"
    preview = signed_in(city.chairperson).post(address, hand).content.decode()
    assert "gia hạn 2 lần, hạn ban đầu 06/11/2026" in preview
    listed = as_(city.staff).get("cases/").json()["results"][0]
    assert (listed["extension_count"], listed["original_due_on"]) == (2, "2026-11-06")


@pytest.mark.parametrize("limit", [0, 1, 2])
def test_past_the_limit_of_the_policy_only_the_auditor_grants(city: City, limit: int) -> None:
    Policy.objects.update(extension_limit=limit)
    case = extended(city, city.in_progress(), times=limit)
    with pytest.raises(NotYours):
        extended(city, case, times=1)
    case = requested(city, case)
    assert case in Case.objects.awaiting(city.auditor, on=TODAY)
    assert case not in Case.objects.awaiting(city.chairperson, on=TODAY)
    case = extended(city, case, times=1, by=city.auditor)
    assert (case.extension_count, case.requested_due_on) == (limit + 1, None)
    assert case.original_due_on == date(2026, 11, 6)


def test_within_the_limit_the_auditor_does_not_grant_and_past_it_the_chairperson_still_refuses(
    city: City,
) -> None:
    case = requested(city)
    for step, asked in (("extend", {"due_on": LATER, **GRANT}), ("refuse_extension", {"note": "Không"})):
        with pytest.raises(NotYours):
            city.take(case, step, city.auditor, **asked)
    Policy.objects.update(extension_limit=0)
    assert city.take(case, "refuse_extension", city.chairperson, note="Vẫn kịp").requested_due_on is None


def test_a_case_keeps_the_limit_of_the_policy_it_was_opened_under(city: City) -> None:
    case = city.in_progress()
    old = Policy.objects.get(pk=case.policy_id)
    old.pk, old.valid_from, old.extension_limit = None, TODAY, 0
    old.save()
    assert extended(city, case, times=2).extension_count == 2
    newer = city.in_progress(city.open_case("2.1"))
    with pytest.raises(NotYours):
        extended(city, newer, times=1)


def test_a_delegate_grants_within_the_limit_too(city: City) -> None:
    Delegation.objects.create(giver=city.chairperson, taker=city.vice_chair, unit=city.kien_an, since=TODAY)
    assert extended(city, city.in_progress(), times=1, by=city.vice_chair).extension_count == 1


# --- No way around ------------------------------------------------------------------------------


def test_giving_the_case_to_somebody_else_makes_it_no_later(city: City) -> None:
    case = city.in_progress()
    with pytest.raises(NotNow, match="Gia hạn"):
        city.take(case, "assign", city.chairperson, assignee=city.other_staff, due_on=LATER)
    same = city.take(case, "assign", city.chairperson, assignee=city.other_staff, due_on=case.due_on)
    assert (same.due_on, same.extension_count) == (case.due_on, 0)


def test_declining_and_assigning_again_gives_no_new_time(city: City) -> None:
    case = city.take(city.assigned(), "decline", city.staff, note="Đang nghỉ")
    after = WEDNESDAY + timedelta(days=20)
    case = city.take(case, "assign", city.chairperson, assignee=city.other_staff, now=after)
    assert case.due_on == case.original_due_on == date(2026, 11, 6)


def test_a_later_date_given_when_sending_back_is_counted_and_bound_by_the_limit(city: City) -> None:
    case = city.in_verification()
    case = city.take(case, "send_back", city.chairperson, note="Thiếu số liệu", due_on=LATER)
    assert (case.due_on, case.extension_count) == (LATER, 1)
    Policy.objects.update(extension_limit=1)
    case = city.take(case, "submit", city.staff)
    with pytest.raises(NotNow, match="Đã hết số lần gia hạn"):
        city.take(case, "send_back", city.chairperson, note="Thiếu", due_on=LATER + timedelta(days=7))
    case = city.take(case, "send_back", city.chairperson, note="Thiếu")
    assert (case.due_on, case.extension_count) == (LATER, 1)


def test_nobody_grants_themselves_more_time(city: City) -> None:
    case = city.take(city.open_case(), "assign", city.chairperson, assignee=city.chairperson)
    case = city.take(case, "request_extension", city.chairperson, due_on=LATER, note="Chờ vốn")
    with pytest.raises(NotYours):
        city.take(case, "extend", city.chairperson, due_on=LATER, **GRANT)
    assert case in Case.objects.awaiting(city.auditor, on=TODAY), "nobody else chairs the unit"
    Delegation.objects.create(giver=city.chairperson, taker=city.vice_chair, unit=city.kien_an, since=TODAY)
    assert case not in Case.objects.awaiting(city.auditor, on=TODAY)
    assert case in Case.objects.awaiting(city.vice_chair, on=TODAY)
    with pytest.raises(NotYours):
        city.take(case, "extend", city.auditor, due_on=LATER, **GRANT)
    assert city.take(case, "extend", city.vice_chair, due_on=LATER, **GRANT).due_on == LATER
