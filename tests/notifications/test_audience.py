"""Who is told of what: every kind through the steps that leave it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from actions.operations import change_action, complete_action, drop_action, plan_action
from notifications.audience import AUDIENCE, people_told
from notifications.company import Company
from notifications.letters import SENTENCES
from organisations.models import Appointment, Delegation, Role, Succession, Unit
from tests.conftest import WEDNESDAY
from workflow.clock import ring_due
from workflow.models import Event, Policy
from workflow.operations import comment
from workflow.vocabulary import Kind

from .conftest import local

TODAY = date(2026, 10, 7)


def told(city, kind: Kind, *, on: date = TODAY) -> set[str]:
    """The names of those who are told of the newest event of a kind."""
    events = Event.objects.select_related("case__unit__parent", "case__policy")
    event = events.filter(kind=kind).latest("pk")
    names = {person.pk: name for name, person in city.people.items()}
    return {names[key] for key in people_told(event, Company([event], on=on))}


def an_action(city, case=None, **options):
    case = case or city.in_progress()
    options = {"by": city.staff, "owner": city.supporter, "due_on": date(2026, 10, 20)} | options
    return case, plan_action(case, description="Lập sổ theo dõi", now=WEDNESDAY, **options)


def test_every_kind_has_an_audience_and_where_anybody_is_told_a_sentence() -> None:
    assert set(AUDIENCE) == set(Kind)
    assert set(SENTENCES) == {kind for kind, whom in AUDIENCE.items() if whom}


STORIES = {
    Kind.OPENED: (lambda c: c.open_case(), {"chairperson"}),
    Kind.RATED_AGAIN: (
        lambda c: (c.assigned(), c.rate(red="1.4", period="2026-Q4")),
        {"chairperson", "staff"},
    ),
    Kind.ASSIGNED: (lambda c: c.assigned(supporters=[c.supporter]), {"staff", "supporter"}),
    Kind.DECLINED: (
        lambda c: c.take(c.assigned(supporters=[c.supporter]), "decline", c.staff, note="Nghỉ phép"),
        {"chairperson", "supporter"},
    ),
    Kind.STARTED: (lambda c: c.in_progress(), set()),
    Kind.SUBMITTED: (lambda c: c.in_verification(), {"chairperson"}),
    Kind.VERIFIED: (lambda c: c.monitored(), {"staff"}),
    Kind.SENT_BACK: (
        lambda c: c.take(c.in_verification(), "send_back", c.chairperson, note="Thiếu"),
        {"staff"},
    ),
    Kind.CONFIRMED: (lambda c: c.closed(), {"staff", "chairperson"}),
    Kind.REOPENED: (
        lambda c: c.take(c.closed(), "reopen", c.auditor, note="Chưa đạt"),
        {"staff", "chairperson"},
    ),
    Kind.EXTENSION_REQUESTED: (
        lambda c: c.take(
            c.in_progress(), "request_extension", c.staff, due_on=date(2026, 12, 1), note="Mưa bão"
        ),
        {"chairperson"},
    ),
    Kind.EXTENDED: (
        lambda c: c.take(
            c.in_progress(), "extend", c.chairperson, due_on=date(2026, 12, 1), note="Đồng ý",
            objective_cause=True,
        ),
        {"staff"},
    ),
    Kind.EXTENSION_REFUSED: (
        lambda c: c.take(
            c.take(c.in_progress(), "request_extension", c.staff, due_on=date(2026, 12, 1), note="Mưa"),
            "refuse_extension", c.chairperson, note="Không",
        ),
        {"staff"},
    ),
    Kind.CANCELLED: (
        lambda c: c.take(c.assigned(), "cancel", c.auditor, note="Nhập sai"),
        {"staff", "chairperson"},
    ),
    Kind.COMMENTED: (
        lambda c: comment(c.assigned(), by=c.chairperson, note="Cố gắng", now=WEDNESDAY),
        {"staff"},
    ),
    Kind.ANALYSIS_RECORDED: (lambda c: c.complete_file(c.in_progress()), set()),
    Kind.EVIDENCE_ADDED: (lambda c: c.complete_file(c.in_progress()), set()),
    Kind.ACTION_PLANNED: (lambda c: an_action(c), {"supporter"}),
    Kind.ACTION_CHANGED: (
        lambda c: change_action(
            (planned := an_action(c))[0], planned[1].number, by=c.staff, owner=c.other_staff, now=WEDNESDAY
        ),
        {"other_staff", "supporter"},
    ),
    Kind.ACTION_COMPLETED: (
        lambda c: complete_action(
            (planned := an_action(c))[0], planned[1].number, by=c.supporter, now=WEDNESDAY
        ),
        {"staff"},
    ),
    Kind.ACTION_DROPPED: (
        lambda c: drop_action(
            (planned := an_action(c))[0], planned[1].number, by=c.staff, note="Thừa", now=WEDNESDAY
        ),
        {"supporter"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", STORIES, ids=str)
def test_who_is_told_of_a_step(city, kind) -> None:
    story, people = STORIES[kind]
    story(city)
    assert told(city, kind) == people


def test_a_case_that_changes_hands_is_told_to_both(city) -> None:
    case = city.assigned(supporters=[city.supporter])
    city.take(case, "assign", city.chairperson, assignee=city.other_staff)
    assert told(city, Kind.ASSIGNED) == {"other_staff", "staff", "supporter"}


def test_a_case_handed_over_is_told_in_the_new_unit(city) -> None:
    case = city.open_case()
    Succession.objects.create(predecessor=city.kien_an, successor=city.phu_lien, since=TODAY)
    city.take(case, "transfer", city.administrator, unit=city.phu_lien, note="Sắp xếp lại")
    assert told(city, Kind.TRANSFERRED) == {"neighbour_chairperson"}


# --- The clock --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "kind", "people"),
    [
        (5, Kind.DUE_SOON, {"staff"}),
        (6, Kind.DUE_TODAY, {"staff"}),
        (9, Kind.OVERDUE, {"staff", "supporter"}),
        (11, Kind.OVERDUE, {"staff", "supporter", "chairperson"}),
        (17, Kind.ESCALATED, {"staff", "supporter", "chairperson", "auditor"}),
    ],
)
def test_the_later_the_more_people_are_reminded(city, day, kind, people) -> None:
    city.assigned(supporters=[city.supporter])  # until Friday 6 November
    assert ring_due(now=local(day, month=11)) == 1
    assert told(city, kind, on=date(2026, 11, day)) == people


def test_a_corrective_action_reminds_its_owner_and_nobody_else(city) -> None:
    an_action(city, city.in_progress(supporters=[city.other_staff]))
    ring_due(now=local(29))  # seven working days late, and the case's own deadline a week off
    assert told(city, Kind.ESCALATED) == {"supporter"}


def test_where_the_assignee_has_left_the_chairperson_is_reminded(city) -> None:
    city.assigned()
    Appointment.objects.filter(user=city.staff).update(until=date(2026, 10, 20))
    ring_due(now=local(6, month=11))
    assert told(city, Kind.DUE_TODAY, on=date(2026, 11, 6)) == {"chairperson"}


def test_where_the_chair_is_empty_the_auditor_is_reminded(city) -> None:
    city.open_case()
    city.chairperson.is_active = False
    city.chairperson.save()
    ring_due(now=local(12))
    assert told(city, Kind.DUE_TODAY) == {"auditor"}


# --- Offices ----------------------------------------------------------------------------------


def test_whoever_did_the_work_is_not_asked_to_verify_it(city) -> None:
    Appointment.objects.create(user=city.supporter, unit=city.kien_an, role=Role.CHAIRPERSON, since=TODAY)
    city.in_verification(supporters=[city.supporter])
    assert told(city, Kind.SUBMITTED) == {"chairperson"}


def test_where_nobody_is_left_to_verify_the_auditor_is_asked_and_reminded(city) -> None:
    Appointment.objects.filter(user=city.chairperson).update(until=TODAY)
    Appointment.objects.create(user=city.staff, unit=city.kien_an, role=Role.CHAIRPERSON, since=TODAY)
    case = city.take(city.open_case(), "assign", city.staff, assignee=city.staff)
    case = city.take(case, "start", city.staff)
    city.take(city.complete_file(case), "submit", city.staff)
    assert told(city, Kind.SUBMITTED) == {"auditor"}
    ring_due(now=local(14))
    assert told(city, Kind.DUE_TODAY) == {"auditor"}


def test_the_policy_may_name_the_auditor(city) -> None:
    Policy.objects.update(verifier="auditor")
    city.in_verification()
    assert told(city, Kind.SUBMITTED) == {"auditor"}


def test_a_vice_chair_is_told_only_while_acting_for_the_chairperson(city) -> None:
    city.open_case()
    assert told(city, Kind.OPENED) == {"chairperson"}
    Delegation.objects.create(
        giver=city.chairperson, taker=city.vice_chair, unit=city.kien_an, since=TODAY,
        until=TODAY + timedelta(days=7),
    )  # fmt: skip
    assert told(city, Kind.OPENED) == {"chairperson", "vice_chair"}
    assert told(city, Kind.OPENED, on=TODAY + timedelta(days=7)) == {"chairperson"}


def test_a_deputy_is_told_as_well_and_of_no_other_unit(city) -> None:
    Appointment.objects.create(user=city.staff, unit=city.phu_lien, role=Role.STAFF, since=TODAY)
    Appointment.objects.create(user=city.other_staff, unit=city.phu_lien, role=Role.STAFF, since=TODAY)
    Delegation.objects.create(giver=city.staff, taker=city.other_staff, unit=city.kien_an, since=TODAY)
    city.assigned()
    assert told(city, Kind.ASSIGNED) == {"staff", "other_staff"}
    case = city.open_case("1.5", unit=city.phu_lien)
    city.take(case, "assign", city.neighbour_chairperson, assignee=city.staff)
    assert told(city, Kind.ASSIGNED) == {"staff"}
    both = list(Event.objects.filter(kind=Kind.ASSIGNED).order_by("pk"))
    company = Company(both, on=TODAY)  # as when one reading of the record brings both units
    assert [len(people_told(event, company)) for event in both] == [2, 1]


def test_a_deputy_who_sees_nothing_of_the_unit_is_not_told(city) -> None:
    Delegation.objects.create(giver=city.staff, taker=city.stranger, unit=city.kien_an, since=TODAY)
    city.assigned()
    assert told(city, Kind.ASSIGNED) == {"staff"}


def test_nobody_is_told_of_their_own_step_not_even_as_a_deputy(city) -> None:
    Delegation.objects.create(giver=city.staff, taker=city.chairperson, unit=city.kien_an, since=TODAY)
    city.assigned()
    assert told(city, Kind.ASSIGNED) == {"staff"}


def test_whose_office_has_ended_is_told_no_more(city) -> None:
    city.assigned(supporters=[city.supporter])
    Appointment.objects.filter(user=city.supporter).update(until=TODAY)
    assert told(city, Kind.ASSIGNED) == {"staff"}


def test_an_auditor_of_another_city_is_told_nothing(city) -> None:
    hue = Unit.objects.create(code="46", kind="city", name="Huế")
    city.person("auditor_of_hue", "Tôn Nữ Thị Hoa", Role.AUDITOR, hue)
    city.open_case()
    ring_due(now=local(21))
    assert told(city, Kind.ESCALATED) == {"chairperson", "auditor"}
