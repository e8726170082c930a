"""The auditor notes what she saw, in any case of her city; everybody of the case reads it."""

import pytest

from audits.operations import note_audit
from notifications.models import Notification
from notifications.telling import tell
from workflow.calendar import working_days
from workflow.checking import Checked
from workflow.lateness import stages
from workflow.refusals import Invalid, NotYours
from workflow.vocabulary import Kind


def test_a_note_moves_nothing_and_is_told_to_those_who_work_on_the_case(city):
    case = city.in_progress()
    told = [stage._replace(days_late=0) for stage in _stages(case)]
    event = note_audit(case, by=city.auditor, note=" Sổ có thật, chưa đủ quý III. ", verdict="unclear")
    case.refresh_from_db()
    assert (case.state, event.kind, event.note) == (
        "in_progress", Kind.AUDIT_NOTED, "Sổ có thật, chưa đủ quý III.",
    )  # fmt: skip
    assert event.changes == {"verdict": [None, "unclear"]}
    assert [stage._replace(days_late=0) for stage in _stages(case)] == told
    assert list(Checked().breaks()) == []
    tell()
    noted = Notification.objects.filter(kind=Kind.AUDIT_NOTED)
    assert {n.recipient for n in noted} == {city.staff, city.chairperson}


def test_only_a_current_auditor_of_the_city_notes_and_never_nothing(city):
    case = city.closed()
    for person in (city.chairperson, city.staff, city.administrator, city.stranger):
        with pytest.raises(NotYours):
            note_audit(case, by=person, note="Đã xem")
    with pytest.raises(Invalid) as refused:
        note_audit(case, by=city.auditor, note="  ", verdict="maybe")
    assert set(refused.value.errors) == {"note", "verdict"}
    assert note_audit(case, by=city.auditor, note="Đã xem lại sau khi đóng").changes == {}
    case.refresh_from_db()
    assert case.state == "closed"


def test_through_the_page_and_the_api(city, signed_in):
    case = city.open_case()
    auditor, chairperson = signed_in(city.auditor), signed_in(city.chairperson)
    address = f"{case.get_absolute_url()}audit-notes/"
    answer = auditor.post(address, {"note": "  ", "verdict": "fails"})
    assert answer.status_code == 400
    assert "Không để trống." in answer.content.decode()
    auditor.post(address, {"note": "Số liệu không khớp\nvới sổ", "verdict": "fails"})
    api = f"/api/v1/cases/{case.number}/audit-notes/"
    answer = auditor.post(api, {"note": "Đã nhận bản sửa", "verdict": "holds"}, "application/json")
    assert (answer.status_code, answer.json()["kind"]) == (201, "audit_noted")
    assert auditor.post(api, {"note": "x", "verdict": "maybe"}, "application/json").status_code == 400
    read = chairperson.get(case.get_absolute_url()).content.decode()
    assert read.count("Bà Vũ Thanh Mai ghi nhận kiểm tra: không đạt.") == 2, "in the record and on its own"
    assert "Số liệu không khớp<br>với sổ" in read
    assert 'action="' + address not in read
    assert 'action="' + address in auditor.get(case.get_absolute_url()).content.decode()


def _stages(case):
    return stages(case.events.order_by("seq"), on=case.turn_began_on, days=working_days())
