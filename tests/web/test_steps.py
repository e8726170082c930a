"""Steps from a page: taken, or refused with a sentence, the status it stands for, and nothing typed lost."""

from datetime import date
from itertools import product

import pytest
from django.db import transaction

from organisations.hands import Hand
from organisations.models import Succession
from web.forms.steps import StepForm
from workflow.arrows import arrows
from workflow.models import Case
from workflow.offers import steps_for
from workflow.operations import take_step
from workflow.refusals import NotNow, NotYours
from workflow.vocabulary import Step


def post(client, case, step, **given):
    return client.post(f"{case.get_absolute_url()}steps/{step}/", given)


def test_the_chairperson_assigns(city, signed_in):
    case = city.open_case()
    response = post(
        signed_in(city.chairperson), case, "assign",
        assignee=city.staff.pk, supporters=[city.supporter.pk], due_on="2030-01-10",
        product="Báo cáo", authority="Yêu cầu số liệu", note="Gấp", version=case.version,
    )  # fmt: skip
    assert response.status_code == 302
    case = Case.objects.get(pk=case.pk)
    assert (case.state, case.assignee, case.product) == ("assigned", city.staff, "Báo cáo")
    assert [part.user for part in case.supporters] == [city.supporter]
    page = signed_in(city.chairperson).get(response["Location"]).content.decode()
    assert "giao việc cho ông Phạm Quốc Tuấn, hạn 10/01/2030" in page


def test_a_date_may_be_typed_as_officials_write_it(city, signed_in):
    case = city.open_case()
    post(signed_in(city.chairperson), case, "assign", assignee=city.staff.pk, due_on="10/01/2030")
    assert Case.objects.get(pk=case.pk).due_on.isoformat() == "2030-01-10"


def test_what_is_missing_is_said_beside_the_field_and_what_was_typed_is_kept(city, signed_in):
    case = city.open_case()
    response = post(signed_in(city.chairperson), case, "assign", product="Danh mục đã trả lời")
    page = response.content.decode()
    assert response.status_code == 400
    assert "Cần nhập: Chủ trì (rõ người)." in page
    assert "Danh mục đã trả lời" in page
    assert 'aria-describedby="assign-assignee_error"' in page
    assert 'aria-invalid="true"' in page


def test_a_step_of_somebody_else_is_theirs(city, signed_in):
    case = city.assigned()
    response = post(signed_in(city.supporter), case, "start")
    assert response.status_code == 403
    assert "không thuộc quyền" in response.content.decode()


def test_a_step_that_is_not_possible_now_says_why(city, signed_in):
    case = city.open_case()
    response = post(signed_in(city.chairperson), case, "verify", note="Đạt")
    assert response.status_code == 409
    assert "Không thể xác nhận kết quả khi hồ sơ ở trạng thái Mới mở." in response.content.decode()


def test_a_decision_on_an_older_state_of_things_is_asked_again(city, signed_in):
    case = city.in_verification()
    seen = case.version
    city.take(case, "send_back", city.chairperson, note="Thiếu số liệu")
    city.take(case, "submit", city.staff)
    response = post(signed_in(city.chairperson), case, "verify", note="Đạt", version=seen)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Hồ sơ đã thay đổi từ lúc bạn mở trang" in page
    assert "Đạt" in page
    case = Case.objects.get(pk=case.pk)
    assert case.state == "in_verification"
    assert f'name="version" value="{case.version}"' in page


def test_whoever_did_the_work_does_not_verify_it(city, signed_in):
    case = city.open_case()
    case = city.take(case, "assign", city.chairperson, assignee=city.staff, supporters=[city.chairperson])
    case = city.take(case, "start", city.staff)
    case = city.take(city.complete_file(case), "submit", city.staff)
    reader = signed_in(city.chairperson)
    assert "/steps/verify/" not in reader.get(case.get_absolute_url()).content.decode()
    assert post(reader, case, "verify").status_code == 403
    assert "/steps/verify/" in signed_in(city.auditor).get(case.get_absolute_url()).content.decode()


def test_an_unknown_step_is_no_page(city, signed_in):
    case = city.open_case()
    assert post(signed_in(city.chairperson), case, "delete").status_code == 404


def test_coming_back_after_signing_in_leads_to_the_case(city, signed_in):
    case = city.open_case()
    response = signed_in(city.chairperson).get(f"{case.get_absolute_url()}steps/assign/")
    assert response["Location"] == case.get_absolute_url()


def test_a_stranger_cannot_be_given_a_case(city, signed_in):
    case = city.open_case()
    response = post(signed_in(city.chairperson), case, "assign", assignee=city.neighbour_staff.pk)
    assert response.status_code == 400
    assert Case.objects.get(pk=case.pk).state == "open"


def test_a_requested_extension_is_waiting_with_its_date(city, signed_in):
    case = city.in_progress()
    response = post(
        signed_in(city.staff), case, "request_extension", due_on="2030-01-10", note="Chờ kinh phí"
    )
    assert response.status_code == 302
    page = signed_in(city.chairperson).get(case.get_absolute_url()).content.decode()
    assert "Đang đề nghị gia hạn đến 10/01/2030." in page
    assert 'value="2030-01-10"' in page
    response = post(
        signed_in(city.chairperson), case, "extend", due_on="2030-01-10", note="Đồng ý", objective_cause="no"
    )
    assert response.status_code == 302
    assert Case.objects.get(pk=case.pk).extension_count == 1


@pytest.mark.parametrize("step", Step.values)
def test_every_step_has_its_form(city, step):
    """No name that an arrow asks for is left without a field."""
    case = city.assigned()
    for arrow in arrows():
        if arrow.step == step:
            form = StepForm(case, arrow, on=case.opened_at.date())
            assert set(arrow.asked_names) <= set(form.fields)


def test_what_is_offered_is_what_the_door_lets_through(city):
    """Every state, every person, every step: the offer and the door say the same."""
    made = [
        city.open_case("1.1"),
        city.assigned(city.open_case("1.2")),
        city.in_progress(city.open_case("1.3")),
        city.complete_file(city.in_progress(city.open_case("2.1"))),
        city.in_verification(city.open_case("1.4")),
        city.monitored(city.open_case("1.5")),
        city.take(city.open_case("1.6"), "cancel", city.auditor, note="Đánh giá nhầm"),
        city.handed_up(city.assigned(city.open_case("2.2"))),
        city.with_city(city.open_case("2.3")),
    ]
    Succession.objects.create(predecessor=city.kien_an, successor=city.phu_lien, since=date(2026, 1, 1))
    given = {
        "from_person": city.staff,
        "assignee": city.supporter,
        "unit": city.phu_lien,
        "due_on": date(2030, 1, 10),
        "objective_cause": True,
        "note": "Có lý do",
    }
    people = [city.chairperson, city.staff, city.auditor, city.administrator, city.supporter]
    for case, person in product(made, people):
        for offer in steps_for(Case.objects.get(pk=case.pk), Hand(person)):
            assert (offer.is_mine, offer.possible) == tried(case, offer, person, given), (case, offer, person)


def tried(case, offer, person, given):
    """Whether the door finds a step the person's own, and possible; taken back either way."""
    asked = {name: given[name] for name in offer.arrow.required_names} if offer.arrow else {}
    try:
        with transaction.atomic():
            take_step(case, offer.step, by=person, **asked)
            transaction.set_rollback(True)
    except NotYours:
        return False, False
    except NotNow:
        return offer.arrow is not None, False
    return True, True
