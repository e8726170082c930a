"""Every arrow of the contract: who takes it, when it is refused, and what it leaves."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from organisations.models import Appointment, Delegation, Role, Succession
from tests.conftest import WEDNESDAY
from workflow.arrows import arrow_for, arrows
from workflow.models import Case, Timer
from workflow.operations import take_step
from workflow.refusals import Invalid, NotNow, NotYours, Stale
from workflow.vocabulary import LIVE, TURNS, Kind, State, Step

TODAY = WEDNESDAY.date()


def last_event(case):
    return case.events.latest("seq")


def test_the_chairperson_assigns_and_the_deadline_follows_the_policy(city) -> None:
    case = city.assigned(supporters=[city.supporter], product="Sổ theo dõi", authority="Ký thừa lệnh")
    assert case.state == State.ASSIGNED
    # 30 days from 7 October end on Friday 6 November.
    assert case.due_on == case.original_due_on == case.turn_due_on == date(2026, 11, 6)
    assert [p.user for p in case.supporters] == [city.supporter]
    event = last_event(case)
    assert (event.kind, event.actor) == (Kind.ASSIGNED, city.chairperson)
    assert event.changes["assignee"] == [None, city.staff.pk]
    assert event.changes["supporters"] == [[], [city.supporter.pk]]
    assert event.changes["due_on"] == [None, "2026-11-06"]


def test_a_date_chosen_on_a_rest_day_moves_to_the_next_working_day(city) -> None:
    assert city.assigned(due_on=date(2026, 10, 17)).due_on == date(2026, 10, 19)


def test_a_date_in_the_past_is_invalid(city) -> None:
    with pytest.raises(Invalid) as refusal:
        city.assigned(due_on=TODAY - timedelta(days=1))
    assert "due_on" in refusal.value.errors


def test_nobody_without_a_current_office_in_the_unit_is_given_a_case(city) -> None:
    case = city.open_case()
    for person in (city.neighbour_staff, city.former_staff, city.stranger):
        with pytest.raises(NotNow, match="không giữ chức vụ"):
            city.take(case, "assign", city.chairperson, assignee=person)


def test_assigning_again_keeps_the_original_deadline_and_ends_the_former_part(city) -> None:
    case = city.assigned(supporters=[city.supporter])
    case = city.take(case, "assign", city.chairperson, assignee=city.other_staff, due_on=date(2026, 10, 30))
    assert (case.due_on, case.original_due_on) == (date(2026, 10, 30), date(2026, 11, 6))
    now_in = case.participations.filter(ended_at=None)
    assert list(now_in.values_list("user", "part")) == [(city.other_staff.pk, "lead")]
    assert case.participations.count() == 3


def test_the_assignee_declines_with_a_reason_and_the_chairperson_is_on_again(city) -> None:
    case = city.assigned()
    with pytest.raises(Invalid):
        city.take(case, "decline", city.staff)
    case = city.take(case, "decline", city.staff, note="Đang nghỉ thai sản")
    assert (case.state, case.assignee, case.due_on) == (State.OPEN, None, date(2026, 11, 6))
    assert case.turn_due_on == case.assign_by == date(2026, 10, 12)
    assert case.original_due_on == date(2026, 11, 6)


def test_submit_names_everything_that_is_missing(city) -> None:
    case = city.in_progress()
    with pytest.raises(NotNow) as refusal:
        city.take(case, "submit", city.staff)
    assert refusal.value.sentences == [
        "Chưa ghi việc xử lý ngay.",
        "Chưa ghi nguyên nhân gốc.",
        "Chưa rà soát trường hợp tương tự: có hay không, đã xem ở đâu.",
        "Chưa nêu tiêu chí đánh giá hiệu lực.",
        "Chưa có hành động khắc phục nào hoàn thành.",
        "Chưa có minh chứng nào.",
    ]


def test_a_complete_file_goes_to_the_verifier(city) -> None:
    case = city.in_verification()
    assert (case.state, case.verify_by) == (State.IN_VERIFICATION, date(2026, 10, 14))
    assert last_event(case).changes["verifier"] == ["chairperson", "chairperson"]


def test_verified_work_is_watched_until_the_check(city) -> None:
    case = city.monitored()
    assert (case.state, case.check_on) == (State.MONITORING, date(2026, 12, 7))


def test_work_sent_back_keeps_its_old_deadline_unless_given_a_new_one(city) -> None:
    case = city.take(city.in_verification(), "send_back", city.chairperson, note="Thiếu ảnh")
    assert (case.state, case.due_on) == (State.IN_PROGRESS, date(2026, 11, 6))
    assert case.turn_due_on == case.due_on


def test_effectiveness_is_not_confirmed_before_the_check_is_due(city) -> None:
    case = city.monitored()
    with pytest.raises(NotNow, match="07/12/2026"):
        city.take(case, "confirm", city.chairperson)
    on_the_day = WEDNESDAY.replace(month=12, day=7)
    case = city.take(case, "confirm", city.chairperson, now=on_the_day, note="Đã kiểm tra")
    assert (case.state, case.turn_due_on) == (State.CLOSED, None)
    assert not Timer.objects.filter(case=case).exclude(next_at=None).exists()


def test_only_the_auditor_reopens_a_closed_case(city) -> None:
    case = city.closed()
    with pytest.raises(NotYours):
        city.take(case, "reopen", city.chairperson, note="Chưa ổn")
    case = city.take(case, "reopen", city.auditor, note="Kiểm tra thấy chưa đạt")
    assert (case.state, case.reopening_count) == (State.IN_PROGRESS, 1)
    assert Timer.objects.get(case=case, corrective_action_number=0).next_at


def test_a_closed_case_is_not_reopened_beside_a_live_one(city) -> None:
    closed = city.closed()
    city.open_case(period="2027-Q1")
    with pytest.raises(NotNow, match="đã có hồ sơ đang xử lý"):
        city.take(closed, "reopen", city.auditor, note="Chưa đạt")


def test_an_extension_is_asked_for_granted_and_counted(city) -> None:
    case = city.in_progress()
    later = date(2026, 11, 20)
    case = city.take(case, "request_extension", city.staff, due_on=later, note="Chờ kinh phí")
    assert (case.state, case.requested_due_on, case.due_on) == (
        State.IN_PROGRESS, later, date(2026, 11, 6),
    )  # fmt: skip
    with pytest.raises(NotNow):
        city.take(case, "request_extension", city.staff, due_on=later, note="Nhắc lại")
    case = city.take(case, "extend", city.chairperson, due_on=later, note="Đồng ý", objective_cause=False)
    assert (case.due_on, case.original_due_on) == (later, date(2026, 11, 6))
    assert (case.extension_count, case.requested_due_on) == (1, None)
    assert last_event(case).changes["objective_cause"] == [None, False]


def test_an_extension_must_be_later_and_say_whether_the_cause_was_objective(city) -> None:
    case = city.in_progress()
    with pytest.raises(Invalid) as refusal:
        city.take(case, "extend", city.chairperson, due_on=date(2026, 12, 1), note="Đồng ý")
    assert "objective_cause" in refusal.value.errors
    with pytest.raises(NotNow, match="phải sau hạn hiện nay"):
        city.take(case, "extend", city.chairperson, due_on=date(2026, 11, 6), note="x", objective_cause=True)


def test_an_extension_can_be_refused_only_when_asked_for(city) -> None:
    case = city.in_progress()
    with pytest.raises(NotNow):
        city.take(case, "refuse_extension", city.chairperson, note="Không")
    case = city.take(case, "request_extension", city.staff, due_on=date(2026, 12, 1), note="x")
    case = city.take(case, "refuse_extension", city.chairperson, note="Vẫn kịp")
    assert (case.requested_due_on, case.due_on) == (None, date(2026, 11, 6))


def test_the_auditor_cancels_any_live_case(city) -> None:
    case = city.take(city.in_verification(), "cancel", city.auditor, note="Đánh giá nhầm")
    assert (case.state, case.turn_due_on) == (State.CANCELLED, None)


def test_a_case_goes_to_a_successor_of_its_unit_and_nowhere_else(city) -> None:
    case = city.assigned()
    asked = {"unit": city.phu_lien, "note": "Sắp xếp đơn vị"}
    with pytest.raises(NotNow, match="không phải đơn vị kế thừa"):
        city.take(case, "transfer", city.administrator, **asked)
    Succession.objects.create(predecessor=city.kien_an, successor=city.phu_lien, since=TODAY)
    case = city.take(case, "transfer", city.administrator, **asked)
    assert (case.unit, case.state) == (city.phu_lien, State.ASSIGNED)
    assert last_event(case).changes["unit"] == [city.kien_an.pk, city.phu_lien.pk]


# --- Who -----------------------------------------------------------------------------------------


def test_whoever_did_the_work_never_verifies_it(city) -> None:
    Appointment.objects.create(user=city.supporter, unit=city.kien_an, role=Role.CHAIRPERSON, since=TODAY)
    case = city.in_verification(supporters=[city.supporter])
    with pytest.raises(NotYours):
        city.take(case, "verify", city.supporter)
    assert city.take(case, "verify", city.chairperson).state == State.MONITORING


def test_where_nobody_is_left_in_the_unit_the_auditor_verifies_and_the_record_says_so(city) -> None:
    case = city.open_case()
    case = city.take(case, "assign", city.chairperson, assignee=city.chairperson)
    case = city.take(case, "start", city.chairperson)
    case = city.take(city.complete_file(case, by=city.chairperson), "submit", city.chairperson)
    assert last_event(case).changes["verifier"] == ["chairperson", "auditor"]
    assert list(Case.objects.awaiting(city.auditor)) == [case]
    assert list(Case.objects.awaiting(city.chairperson)) == []
    with pytest.raises(NotYours):
        city.take(case, "verify", city.chairperson)
    assert city.take(case, "verify", city.auditor).state == State.MONITORING


def test_the_auditor_does_not_verify_while_the_unit_can(city) -> None:
    with pytest.raises(NotYours):
        city.take(city.in_verification(), "verify", city.auditor)


def test_a_vice_chair_assigns_only_with_a_current_delegation(city) -> None:
    case = city.open_case()
    with pytest.raises(NotYours):
        city.take(case, "assign", city.vice_chair, assignee=city.staff)
    Delegation.objects.create(giver=city.chairperson, taker=city.vice_chair, unit=city.kien_an, since=TODAY)
    assert city.take(case, "assign", city.vice_chair, assignee=city.staff).state == State.ASSIGNED


def test_leaving_an_office_takes_the_right_away_the_same_day(city) -> None:
    case = city.assigned()
    Appointment.objects.filter(user=city.staff).update(until=TODAY)
    with pytest.raises(NotYours):
        city.take(case, "start", city.staff)


def test_the_administrator_and_superusers_take_no_step(city) -> None:
    city.administrator.is_superuser = True
    city.administrator.save()
    with pytest.raises(NotYours):
        city.take(city.open_case(), "assign", city.administrator, assignee=city.staff)


# --- The door ------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("state", State)
def test_a_step_without_an_arrow_from_here_is_not_now(city, step: Step, state: State) -> None:
    if arrow_for(step, state):
        return
    case = city.open_case()
    Case.objects.filter(pk=case.pk).update(state=state)
    with pytest.raises(NotNow, match=str(state.label)):
        take_step(case, step, by=city.chairperson)


def test_a_person_who_looked_at_an_older_state_of_things_is_told(city) -> None:
    case = city.open_case()
    seen = case.version
    city.assigned(case)
    with pytest.raises(Stale, match="đã thay đổi"):
        city.take(case, "assign", city.chairperson, assignee=city.other_staff, version=seen)


def test_a_refused_step_leaves_nothing_behind(city) -> None:
    case = city.in_progress()
    with pytest.raises(NotNow):
        city.take(case, "submit", city.staff)
    fresh = Case.objects.get(pk=case.pk)
    assert (fresh.state, fresh.version) == (case.state, case.version)
    assert fresh.events.count() == fresh.version


def test_what_a_step_does_not_ask_for_is_refused(city) -> None:
    with pytest.raises(Invalid) as refusal:
        city.take(city.assigned(), "start", city.staff, due_on=TODAY)
    assert list(refusal.value.errors) == ["due_on"]


def test_every_state_of_a_life_has_its_timer(city) -> None:
    case = city.monitored()
    city.rate(red="1.4", period="2026-Q4")
    case = Case.objects.get(pk=case.pk)
    timer = Timer.objects.get(case=case, corrective_action_number=0)
    assert (case.state, timer.due_on) == (State.IN_PROGRESS, case.turn_due_on)
    assert timer.revision > 3


def test_every_arrow_names_its_owner_and_its_trace() -> None:
    assert {arrow.step for arrow in arrows()} == set(Step)
    for arrow in arrows():
        assert arrow.by
        assert arrow.leaves in Kind
        assert set(arrow.sources) <= set(LIVE) | {State.CLOSED}
    assert set(TURNS) == set(State)


def test_one_live_case_a_unit_and_indicator_is_kept_by_the_database(city) -> None:
    case = city.open_case()
    twin = Case.objects.get(pk=case.pk)
    twin.pk, twin.number = None, "2026-999999"
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.bulk_create([twin])
