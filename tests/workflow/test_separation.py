"""Whoever did the work never verifies it: on every path, whatever offices they hold."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from actions.operations import add_evidence, complete_action, plan_action
from organisations.hands import Hand
from organisations.models import Appointment, Delegation, Role, User
from tests.conftest import A_PDF, WEDNESDAY, City
from workflow.checking import Checked
from workflow.models import Case, Policy
from workflow.offers import steps_for
from workflow.refusals import NotYours
from workflow.vocabulary import State, Step

TODAY = WEDNESDAY.date()
CHECK = WEDNESDAY + timedelta(days=61)
PDF = SimpleUploadedFile("anh.pdf", A_PDF)


def appoint(user: User, role: Role, unit) -> None:
    Appointment.objects.create(user=user, unit=unit, role=role, since=TODAY)


def did(what: str, city: City, person: User) -> Case:
    """A case in verification in which a person did one part of the work, and nothing else."""
    case = city.open_case()
    if what == "led, then replaced":
        city.take(case, "assign", city.chairperson, assignee=person)
        return city.in_verification(Case.objects.get(pk=case.pk))
    if what == "led":
        city.take(case, "assign", city.chairperson, assignee=person)
        city.take(case, "start", person)
        return city.take(city.complete_file(case, by=person), "submit", person)
    support = [person] if what == "supported" else []
    case = city.complete_file(city.in_progress(case, supporters=support))
    if what == "completed an action":
        plan = {"description": "Rà soát", "owner": person, "due_on": date(2026, 10, 20)}
        number = plan_action(case, by=city.staff, now=WEDNESDAY, **plan).number
        complete_action(case, number, by=person, now=WEDNESDAY)
    if what == "took over":
        asked = {"from_person": city.staff, "assignee": person}
        city.take(case, "hand_over", city.chairperson, **asked)
        return city.take(case, "submit", person)
    if what == "handed over":
        city.take(case, "hand_over", city.chairperson, from_person=city.staff, assignee=person)
        city.take(case, "hand_over", city.chairperson, from_person=person, assignee=city.staff)
    if what == "added evidence":
        plan = {"description": "Chụp ảnh", "owner": person, "due_on": date(2026, 10, 20)}
        number = plan_action(case, by=city.staff, now=WEDNESDAY, **plan).number
        PDF.seek(0)
        add_evidence(case, by=person, upload=PDF, now=WEDNESDAY)
        complete_action(case, number, by=city.staff, now=WEDNESDAY)
    return city.take(case, "submit", city.staff)


WORK = [
    "led", "led, then replaced", "supported", "completed an action", "added evidence", "took over",
    "handed over",
]  # fmt: skip


@pytest.mark.parametrize("what", WORK)
@pytest.mark.parametrize("second_office", ["chairperson", "delegate", "auditor"])
def test_a_second_office_does_not_get_around_it(city: City, what: str, second_office: str, as_) -> None:
    person = city.supporter
    if second_office == "chairperson":
        appoint(person, Role.CHAIRPERSON, city.kien_an)
    elif second_office == "delegate":
        appoint(person, Role.VICE_CHAIR, city.kien_an)
        Delegation.objects.create(giver=city.chairperson, taker=person, unit=city.kien_an, since=TODAY)
    else:
        appoint(person, Role.AUDITOR, city.unit)
        Policy.objects.update(verifier="auditor")
    case = did(what, city, person)
    for step, asked in (("verify", {}), ("send_back", {"note": "Thiếu"})):
        with pytest.raises(NotYours):
            city.take(case, step, person, **asked)
    several = as_(person).post("cases/steps/verify/", {"cases": [case.number]}).json()["results"]
    assert [result["status"] for result in several] == [403]
    assert case not in Case.objects.awaiting(person, on=TODAY)
    verifier = city.auditor if second_office == "auditor" else city.chairperson
    case = city.take(case, "verify", verifier)
    for step, asked in (("confirm", {}), ("reopen", {"note": "Chưa đạt"})):
        if step == "reopen" and second_office == "auditor":
            continue  # whoever audits may always reopen what is not right, their own work included
        with pytest.raises(NotYours):
            city.take(case, step, person, now=CHECK, **asked)
    assert city.take(case, "confirm", verifier, now=CHECK).state == State.CLOSED
    assert not list(Checked().breaks())


def test_the_delegate_of_a_barred_chairperson_is_judged_for_themselves(city: City) -> None:
    Delegation.objects.create(giver=city.chairperson, taker=city.vice_chair, unit=city.kien_an, since=TODAY)
    case = did("led", city, city.chairperson)
    assert case.verifier == "chairperson"
    with pytest.raises(NotYours):
        city.take(case, "verify", city.chairperson)
    with pytest.raises(NotYours):
        city.take(case, "verify", city.auditor)
    assert city.take(case, "verify", city.vice_chair).state == State.MONITORING


def test_when_the_last_who_could_verify_leaves_the_auditor_does_and_the_record_says_so(city: City) -> None:
    Delegation.objects.create(giver=city.chairperson, taker=city.vice_chair, unit=city.kien_an, since=TODAY)
    case = did("led", city, city.chairperson)
    assert case.events.latest("seq").changes.get("verifier") == ["chairperson", "chairperson"]
    Delegation.objects.update(until=TODAY)
    assert list(Case.objects.awaiting(city.auditor, on=TODAY)) == [case]
    case = city.take(case, "verify", city.auditor)
    assert case.events.latest("seq").changes["verifier"] == ["chairperson", "auditor"]


def test_when_somebody_free_comes_the_unit_verifies_again_and_the_record_says_so(city: City) -> None:
    case = did("led", city, city.chairperson)
    assert case.verifier == "auditor"
    city.person("new_chair", "Lê Thị Tân", Role.CHAIRPERSON, since=TODAY)
    assert not Case.objects.awaiting(city.auditor, on=TODAY).exists()
    with pytest.raises(NotYours):
        city.take(case, "verify", city.auditor)
    case = city.take(case, "verify", city.new_chair)
    assert case.events.latest("seq").changes["verifier"] == ["auditor", "chairperson"]


def test_what_waits_for_a_person_is_what_the_door_lets_them_do(city: City) -> None:
    """The list of my work and the rules say the same, asked in SQL and in Python."""
    Delegation.objects.create(giver=city.chairperson, taker=city.vice_chair, unit=city.kien_an, since=TODAY)
    appoint(city.supporter, Role.AUDITOR, city.unit)
    turns = {
        State.OPEN: {Step.ASSIGN}, State.ASSIGNED: {Step.START}, State.IN_PROGRESS: {Step.SUBMIT},
        State.IN_VERIFICATION: {Step.VERIFY}, State.MONITORING: {Step.CONFIRM},
        State.HANDED_UP: {Step.ACCEPT}, State.WITH_CITY: {Step.RESOLVE},
    }  # fmt: skip
    codes = iter("1.1 1.2 1.3 1.5 1.6 1.7 1.8 2.1 2.2 2.3 2.4 2.5 2.6 2.7 2.8 3.1".split())
    made = []
    for lead in (city.staff, city.chairperson, city.supporter, city.vice_chair):
        case = city.take(city.open_case(next(codes)), "assign", city.chairperson, assignee=lead)
        case = city.take(case, "start", lead)
        made.append(city.take(city.complete_file(case, by=lead), "submit", lead))
    made += [city.open_case(next(codes)), city.assigned(city.open_case(next(codes)))]
    made += [city.in_progress(city.open_case(next(codes))), city.monitored(city.open_case(next(codes)))]
    made += [city.handed_up(city.open_case(next(codes))), city.with_city(city.open_case(next(codes)))]
    for person in city.people.values():
        hand = Hand(person, on=TODAY)
        waiting = set(Case.objects.awaiting(person, on=TODAY).values_list("pk", flat=True))
        for case in made:
            mine = {o.step for o in steps_for(Case.objects.get(pk=case.pk), hand) if o.is_mine}
            assert (case.pk in waiting) == bool(mine & turns[case.state]), (person, case.state, mine)


# --- Ratings are a path too -----------------------------------------------------------------------


def rate_green(city: City, by: User, *, period: str = "2026-Q4", kind: str = "self") -> Case:
    report = city.rate(green="1.4", period=period, kind=kind, by=by)
    assert report.effects
    return Case.objects.get(number=report.effects[0].case)


@pytest.mark.parametrize("what", WORK)
def test_whoever_did_the_work_closes_it_by_no_rating_of_their_own(city: City, what: str) -> None:
    appoint(city.supporter, Role.COORDINATOR, city.kien_an)
    case = city.take(did(what, city, city.supporter), "verify", city.chairperson)
    case = rate_green(city, city.supporter)
    assert (case.state, case.events.latest("seq").kind) == (State.MONITORING, "rated_again")
    # The green is there; who verifies need not wait for the day of the check.
    assert city.take(case, "confirm", city.chairperson).state == State.CLOSED


def test_a_green_of_somebody_else_closes_it(city: City) -> None:
    city.take(did("led", city, city.supporter), "verify", city.chairperson)
    assert rate_green(city, city.coordinator).state == State.CLOSED


def test_an_auditor_does_not_close_what_they_resolved_by_rating_it(city: City) -> None:
    city.take(city.with_city(), "resolve", city.auditor, note="Đã xong")
    assert rate_green(city, city.auditor, kind="city").state == State.MONITORING


def test_a_correction_of_the_same_period_is_no_later_rating(city: City) -> None:
    city.monitored()
    assert rate_green(city, city.coordinator, period="2026-Q3").state == State.MONITORING


@pytest.mark.parametrize(("first", "second"), [("city", "self"), ("self", "city")])
def test_a_green_that_the_other_rater_denies_closes_nothing_by_itself(city: City, first, second) -> None:
    case = city.in_verification()
    raters = {"self": city.coordinator, "city": city.auditor}
    city.rate(red="1.4", period="2026-Q4", kind=first, by=raters[first])
    case = city.take(Case.objects.get(pk=case.pk), "verify", city.chairperson)
    assert rate_green(city, raters[second], kind=second).state == State.MONITORING
    assert city.rate(green="1.4", period="2026-Q4", kind=first, by=raters[first]).cases("confirmed")


def test_evidence_of_separation_stands_when_a_file_is_imported(city: City, tmp_path) -> None:
    """By command as well: the person who imports is the one who is judged."""
    appoint(city.supporter, Role.COORDINATOR, city.kien_an)
    city.take(did("led", city, city.supporter), "verify", city.chairperson)
    table = tmp_path / "danh-gia.csv"
    table.write_text("Mã chỉ số,Mức đánh giá\n1.4,Xanh\n", encoding="utf-8")
    command = ("import_assessments", str(table), "--period", "2026-Q4", "--unit", "11443")
    call_command(*command, "--by", city.supporter.email)
    assert Case.objects.get().state == State.MONITORING


def test_a_step_by_delegation_says_in_whose_place(city: City, signed_in) -> None:
    Delegation.objects.create(giver=city.chairperson, taker=city.vice_chair, unit=city.kien_an, since=TODAY)
    case = city.take(city.open_case(), "assign", city.vice_chair, assignee=city.staff)
    assert case.events.latest("seq").changes["in_place_of"] == [None, city.chairperson.pk]
    page = signed_in(city.auditor).get(case.get_absolute_url()).content.decode()
    assert "Theo ủy quyền của: bà Trần Thị Hạnh" in page
    case = city.take(case, "assign", city.chairperson, assignee=city.vice_chair)
    assert "in_place_of" not in case.events.latest("seq").changes, "the chair's own step"
    case = city.take(case, "start", city.vice_chair)
    assert "in_place_of" not in case.events.latest("seq").changes, "the assignee's own step"
