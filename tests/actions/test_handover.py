"""Everything a person has in hand goes to another at once, and neither of them verifies it afterwards."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db.models.signals import pre_save

from actions.handover import HandedOver, hand_over_all, in_hand
from actions.operations import plan_action
from organisations.models import Appointment, Role, User
from tests.conftest import WEDNESDAY
from tests.workflow.test_clock import at, rung
from workflow import clock
from workflow.checking import Checked
from workflow.models import Case, Event, Timer
from workflow.refusals import Invalid, NotNow, NotYours
from workflow.rules import who_did_the_work
from workflow.vocabulary import LIVE, Kind, State


def hand_over(city: Any, giver: str = "staff", to: str = "other_staff", **given: Any) -> HandedOver:
    by = given.pop("by", city.chairperson)
    giving, taking = getattr(city, giver), getattr(city, to)
    return hand_over_all(giving, to=taking, unit=city.kien_an, by=by, now=WEDNESDAY, **given)


def handed_up(city: Any, code: str) -> Case:
    case = city.in_progress(city.open_case(code))
    return city.take(case, "hand_up", city.chairperson, note="Vượt thẩm quyền")


#: A case of the person in every state in which it can be theirs.
REACHED = {
    State.ASSIGNED: lambda city: city.assigned(city.open_case("1.1")),
    State.IN_PROGRESS: lambda city: city.in_progress(city.open_case("1.2")),
    State.IN_VERIFICATION: lambda city: city.in_verification(city.open_case("1.3")),
    State.MONITORING: lambda city: city.monitored(city.open_case("1.4")),
    State.HANDED_UP: lambda city: handed_up(city, "2.1"),
    State.WITH_CITY: lambda city: city.take(handed_up(city, "2.2"), "accept", city.auditor),
}


def supported(city: Any, code: str) -> Case:
    """A case that somebody else leads, with the person beside them."""
    return city.take(
        city.open_case(code), "assign", city.chairperson,
        assignee=city.supporter, supporters=[city.staff, city.coordinator],
    )  # fmt: skip


def test_every_state_is_named_here() -> None:
    assert set(REACHED) == set(LIVE) - {State.OPEN}


@pytest.mark.parametrize("state", REACHED)
def test_a_case_goes_over_in_every_state_without_moving_or_changing_its_days(city, state) -> None:
    case = REACHED[state](city)
    before = Case.objects.values("state", "due_on", "turn_due_on").get(pk=case.pk)
    timers = list(Timer.objects.filter(corrective_action_number=0).values())
    assert hand_over(city, note="Luân chuyển công tác") == HandedOver([case.number], 0)
    after = Case.objects.get(pk=case.pk)
    assert Case.objects.values("state", "due_on", "turn_due_on").get(pk=case.pk) == before
    assert after.assignee == city.other_staff
    assert list(Timer.objects.filter(corrective_action_number=0).values()) == timers
    event = case.events.latest("seq")
    assert (event.kind, event.actor, event.note) == (
        Kind.HANDED_OVER, city.chairperson, "Luân chuyển công tác",
    )  # fmt: skip
    assert event.changes["from_person"][1] == city.staff.pk
    assert not in_hand(city.staff, city.kien_an).exists()


@pytest.mark.parametrize("state", [State.IN_PROGRESS, State.IN_VERIFICATION, State.MONITORING])
def test_neither_giver_nor_receiver_verifies_afterwards(city, state) -> None:
    case = REACHED[state](city)
    hand_over(city)
    case = Case.objects.get(pk=case.pk)
    assert {city.staff.pk, city.other_staff.pk} <= who_did_the_work(case)
    if state == State.IN_PROGRESS:
        case = city.take(city.complete_file(case, by=city.other_staff), "submit", city.other_staff)
    for person in (city.staff, city.other_staff):
        Appointment.objects.create(
            user=person, unit=city.kien_an, role=Role.CHAIRPERSON, since=date(2026, 10, 1)
        )
        step = "reopen" if state == State.MONITORING else "send_back"
        with pytest.raises(NotYours):
            city.take(case, step, person, note="Chưa đạt")
    assert city.take(case, step, city.chairperson, note="Chưa đạt")


def test_who_supported_is_replaced_beside_the_others(city) -> None:
    case = supported(city, "1.1")
    hand_over(city)
    case = Case.objects.get(pk=case.pk)
    assert case.assignee == city.supporter
    assert {part.user for part in case.supporters} == {city.coordinator, city.other_staff}


def test_a_receiver_who_led_or_supported_already_has_one_part(city) -> None:
    led, beside = supported(city, "1.1"), city.assigned(city.open_case("1.2"), supporters=[city.supporter])
    hand_over(city, to="supporter")
    led, beside = Case.objects.get(pk=led.pk), Case.objects.get(pk=beside.pk)
    assert (led.assignee, beside.assignee) == (city.supporter, city.supporter)
    assert [part.user for part in led.supporters] == [city.coordinator]
    assert not beside.supporters.exists()
    assert not list(Checked().breaks())


def test_corrective_actions_go_over_and_remind_their_new_owner(city) -> None:
    case = city.take(city.open_case("1.1"), "assign", city.chairperson, assignee=city.supporter)
    case = city.take(case, "start", city.supporter)
    action = plan_action(
        case, by=city.supporter, description="Lập sổ", owner=city.staff, due_on=date(2026, 10, 20),
        now=WEDNESDAY,
    )  # fmt: skip
    assert hand_over(city) == HandedOver([case.number], 1)
    action.refresh_from_db()
    assert (action.owner, action.due_on) == (city.other_staff, date(2026, 10, 20))
    assert Case.objects.get(pk=case.pk).assignee == city.supporter
    clock.ring_due(now=at(2026, 10, 20))
    assert rung(case)[-1] == (Kind.DUE_TODAY, 0)
    assert Timer.objects.get(corrective_action_number=1).owner == city.other_staff


def test_what_is_over_stays_with_who_did_it_and_what_is_elsewhere_stays_there(city) -> None:
    closed = city.closed(city.open_case("1.1"))
    Appointment.objects.create(user=city.staff, unit=city.phu_lien, role="staff", since=date(2026, 1, 1))
    elsewhere = city.open_case("1.1", unit=city.phu_lien)
    city.take(elsewhere, "assign", city.neighbour_chairperson, assignee=city.staff)
    mine = city.assigned(city.open_case("1.2"))
    assert hand_over(city).cases == [mine.number]
    assert [Case.objects.get(pk=case.pk).assignee for case in (closed, elsewhere)] == [city.staff] * 2


def test_somebody_who_has_left_gives_as_well(city) -> None:
    case = city.assigned()
    city.staff.appointments.update(until=date(2026, 10, 7))
    User.objects.filter(pk=city.staff.pk).update(is_active=False)
    assert hand_over(city).cases == [case.number]


@pytest.mark.parametrize("who", ["vice_chair", "auditor", "administrator", "neighbour_chairperson", "staff"])
def test_only_whoever_chairs_the_unit_hands_over(city, who) -> None:
    city.assigned()
    with pytest.raises(NotYours):
        hand_over(city, by=getattr(city, who))


@pytest.mark.parametrize("to", ["staff", "neighbour_staff", "former_staff", "stranger"])
def test_the_receiver_is_somebody_else_who_works_here(city, to) -> None:
    city.assigned()
    with pytest.raises(Invalid) as refusal:
        hand_over(city, to=to)
    assert set(refusal.value.errors) == {"to"}


def test_there_is_something_to_hand_over(city) -> None:
    with pytest.raises(NotNow, match="không còn hồ sơ"):
        hand_over(city)


def test_all_goes_over_or_nothing(city) -> None:
    first, second = city.assigned(city.open_case("1.1")), city.assigned(city.open_case("1.2"))
    events = Event.objects.count()

    def disk_is_full(instance: Event, **_rest: Any) -> None:
        if instance.case_id == second.pk:
            raise OSError("No space left on device")

    pre_save.connect(disk_is_full, sender=Event)
    try:
        with pytest.raises(OSError, match="No space"):
            hand_over(city)
    finally:
        pre_save.disconnect(disk_is_full, sender=Event)
    assert {Case.objects.get(pk=case.pk).assignee for case in (first, second)} == {city.staff}
    assert Event.objects.count() == events
    assert hand_over(city).cases == [first.number, second.number]
