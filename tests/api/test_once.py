"""A POST sent again with its Idempotency-Key: the same answer, one effect, whoever is how quick."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from actions.models import Evidence
from api import once
from api.models import Answer
from tests.conftest import A_PDF, WEDNESDAY
from workflow.models import Case, Event

KEY = {"HTTP_IDEMPOTENCY_KEY": "8e03978e-40d5-43dd-bc93-6894a57f9324"}


def said(case) -> int:
    return Event.objects.filter(case=case, kind="commented").count()


def test_the_same_again_is_answered_again_and_done_once(city, as_, time_machine) -> None:
    time_machine.move_to(WEDNESDAY, tick=False)
    case, staff = city.open_case(), as_(city.staff)
    path, words = f"cases/{case.number}/comments/", {"note": "Đã xem"}
    first = staff.post(path, words, **KEY)
    time_machine.move_to(WEDNESDAY + timedelta(hours=23), tick=False)
    again = staff.post(path, dict(words), **KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.content, again["ETag"], again["Content-Type"]) == (
        first.content, first["ETag"], first["Content-Type"]
    )  # fmt: skip
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert said(case) == 1
    for other_path, other in ((path, {"note": "Khác"}), ("cases/steps/start/", {"cases": [case.number]})):
        refused = staff.post(other_path, other, **KEY)
        assert refused.status_code == 422
        assert refused.json()["type"] == "urn:ve-xanh:problem:key-used"
    assert as_(city.supporter).post(path, words, **KEY).status_code == 201, "a key is of the person"
    time_machine.move_to(WEDNESDAY + timedelta(hours=25), tick=False)
    assert staff.post(path, {"note": "Hôm sau"}, **KEY).status_code == 201
    assert said(case) == 3
    assert once.forget() == 0
    time_machine.move_to(WEDNESDAY + timedelta(hours=50), tick=False)
    assert once.forget() == 2
    assert not Answer.objects.exists()


def test_what_was_refused_is_refused_again_with_the_same_words(city, as_) -> None:
    case, chair = city.open_case(), as_(city.chairperson)
    path = f"cases/{case.number}/steps/verify/"
    first = chair.post(path, {}, **KEY)
    city.in_verification(case)
    again = chair.post(path, {}, **KEY)
    assert (first.status_code, again.status_code, again.content) == (409, 409, first.content)
    assert again["Content-Type"] == "application/problem+json"
    assert Case.objects.get().state == "in_verification"
    other_version = chair.post(path, {}, HTTP_IF_MATCH='"1"', **KEY)
    assert other_version.status_code == 422, "another version is another request"
    in_english = chair.post(path, {}, HTTP_ACCEPT_LANGUAGE="en", **KEY)
    assert (in_english.content, in_english["Content-Language"]) == (first.content, "vi")
    assert chair.post(path, {}, HTTP_IDEMPOTENCY_KEY="new").status_code == 200


def test_an_answer_that_can_no_longer_be_read_is_not_made_anew(city, as_, settings) -> None:
    case, staff = city.open_case(), as_(city.staff)
    path = f"cases/{case.number}/comments/"
    assert staff.post(path, {"note": "Một"}, **KEY).status_code == 201
    settings.SECRET_KEY = "another key of the service, as after a change"
    answer = staff.post(path, {"note": "Một"}, **KEY)
    assert (answer.status_code, answer.json()["detail"][:23]) == (422, "Việc của khóa này đã là")
    assert said(case) == 1


def test_a_fault_of_ours_leaves_neither_deed_nor_answer(city, as_, monkeypatch) -> None:
    case, staff = city.open_case(), as_(city.staff)
    staff.client.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr("api.views.cases.version_of", lambda *_: 1 / 0)  # after the deed
        assert staff.post(f"cases/{case.number}/comments/", {"note": "Một"}, **KEY).status_code == 500
    assert (said(case), Answer.objects.count()) == (0, 0)
    assert staff.post(f"cases/{case.number}/comments/", {"note": "Một"}, **KEY).status_code == 201
    assert said(case) == 1


def test_a_file_is_known_by_its_content_whatever_stands_between_the_parts(city, as_) -> None:
    case, staff = city.in_progress(), as_(city.staff)

    def send(content: bytes, boundary: str):
        body = (
            (
                f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="sổ.pdf"\r\n'
                f"Content-Type: application/pdf\r\n\r\n"
            ).encode()
            + content
            + f"\r\n--{boundary}--\r\n".encode()
        )
        kind = f"multipart/form-data; boundary={boundary}"
        path = f"cases/{case.number}/evidence/"
        return staff.post(path, body, format=None, content_type=kind, **KEY)

    first, again, other = send(A_PDF, "x1"), send(A_PDF, "x2"), send(A_PDF + b" ", "x3")
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert again.content == first.content
    assert Evidence.objects.get().file.read() == A_PDF


def test_several_cases_at_once_are_one_deed(city, as_) -> None:
    city.rate(red="1.1 1.2 1.3")
    numbers = [f"2026-00000{n}" for n in (3, 1, 2)]
    body = {"cases": [*numbers, "2026-999999"], "assignee": city.staff.pk}
    chair = as_(city.chairperson)
    first, again = (chair.post("cases/steps/assign/", body, **KEY) for _time in range(2))
    results = first.json()["results"]
    assert [(r["case"], r["status"]) for r in results] == [
        *((number, 200) for number in numbers), ("2026-999999", 404)
    ]  # fmt: skip
    assert again.content == first.content
    assert Event.objects.filter(kind="assigned").count() == 3


def test_a_secret_told_once_lies_in_no_table(city, as_) -> None:
    first, again = (as_(city.staff).post("me/calendar-key/", **KEY) for _time in range(2))
    assert first.content == again.content
    assert again["Cache-Control"] == first["Cache-Control"] == "private, no-store"
    secret = first.json()["url"].split("key=")[1]
    assert secret.encode() not in bytes(Answer.objects.get().body)
    assert as_(city.staff).get("me/calendar.ics", key=secret).status_code == 200


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "khóa", "a\tb", "a b"])
def test_a_key_that_is_none_is_refused(city, as_, key) -> None:
    case = city.open_case()
    answer = as_(city.staff).post(f"cases/{case.number}/comments/", {"note": "x"}, HTTP_IDEMPOTENCY_KEY=key)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["Idempotency-Key"])
    assert said(case) == 0


@pytest.mark.skipif(connection.vendor != "postgresql", reason="in memory, SQLite has one connection")
@pytest.mark.django_db(transaction=True)
def test_two_that_arrive_at_once_are_one(city, as_) -> None:
    case, together, answers = city.in_progress(), Barrier(4), []
    callers = [as_(city.staff) for _one in range(4)]

    def send(caller) -> None:
        together.wait(10)
        plan = {"description": "Lập sổ", "owner": city.staff.email, "due_on": "2027-02-01"}
        answers.append(caller.post(f"cases/{case.number}/corrective-actions/", plan, **KEY))
        connection.close()

    threads = [Thread(target=send, args=(caller,)) for caller in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer for answer in answers) == 3
    assert case.corrective_actions.count() == 1
    assert Event.objects.filter(kind="action_planned").count() == 1


def test_a_file_sent_with_a_key_and_refused_leaves_nothing(city, as_, settings) -> None:
    case, staff = city.in_progress(), as_(city.staff)
    body = {"file": SimpleUploadedFile("a.pdf", b"no pdf")}
    assert staff.post(f"cases/{case.number}/evidence/", body, format="multipart", **KEY).status_code == 400
    assert not Evidence.objects.exists()
    assert not list(settings.MEDIA_ROOT.rglob("evidence/*"))
