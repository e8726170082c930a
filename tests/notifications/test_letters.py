"""Letters: in the reader's language, with links and days, and without what a case contains."""

from __future__ import annotations

import re

import pytest
from django.utils.translation import override

from notifications.letters import LINES, SENTENCES, TOLD_APART, address, compose, sentence
from notifications.models import Dispatch, Message, Notification
from notifications.telling import tell
from tests.conftest import WEDNESDAY
from workflow.clock import ring_due
from workflow.operations import comment

from .conftest import local

SECRET = "Ông Nguyễn Văn Bí Mật, số 12 Trần Phú"


@pytest.fixture(autouse=True)
def _site(settings) -> None:
    settings.SITE_URL = "https://ve-xanh.example.vn"


def letter(person, **which):
    """The newest mail to a person as it would go now: subject, text and page."""
    message = Message.objects.filter(recipient=person, **which).select_related("recipient").latest("pk")
    return compose(message, list(Notification.objects.filter(dispatches__message=message).order_by("pk")))


def test_a_letter_says_what_happened_and_leads_there(city) -> None:
    case = city.assigned()
    tell(now=WEDNESDAY)
    mail = letter(city.staff)
    assert mail.subject == f"Về Xanh: {case.number}: Hồ sơ được phân công"
    assert mail.to == ["staff@haiphong.example"]
    assert "Kính gửi Ông/Bà," in mail.body
    assert f"https://ve-xanh.example.vn/cases/{case.number}/" in mail.body
    page = mail.alternatives[0][0]
    assert f'<a href="https://ve-xanh.example.vn/cases/{case.number}/">' in page
    assert '<html lang="vi">' in page


def test_a_letter_is_in_the_language_of_its_reader_whatever_the_sender_speaks(city) -> None:
    city.chairperson.language = "en"
    city.chairperson.save()
    city.rate(red="1.1 1.2")
    tell(now=WEDNESDAY)
    with override("vi"):
        mail = letter(city.chairperson)
    assert "Ward Kiến An" in mail.subject
    assert "Dear Sir or Madam," in mail.body
    vietnamese = re.compile("[ạảấầẩậắằẳặẹẻẽềểệỉịọỏốồổộớờởợụủứừửữựỵỷỹđ]", re.IGNORECASE)
    without_names = re.sub("Về Xanh|Kiến An", "", mail.subject + mail.body)
    assert not vietnamese.search(without_names), without_names


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_sentence_is_said_in_both_languages(language) -> None:
    words = {**SENTENCES, **TOLD_APART}
    with override(language):
        said = {key: str(value) for key, value in words.items()}
    with override("vi"):
        vietnamese = {key: str(value) for key, value in words.items()}
    assert all(said.values())
    same = {key for key in said if said[key] == vietnamese[key]}
    assert same == (set(words) if language == "vi" else set())


def test_nothing_of_a_case_and_nobodys_data_stands_in_a_letter(city) -> None:
    case = city.assigned(supporters=[city.supporter], product=SECRET, authority=SECRET, note=SECRET)
    comment(case, by=city.chairperson, note=SECRET, now=WEDNESDAY)
    tell(now=WEDNESDAY)
    ring_due(now=local(6, month=11))
    tell(now=local(6, month=11))
    for digest in (True, False):
        mail = letter(city.staff, digest_on__isnull=not digest)
        content = mail.subject + mail.body + mail.alternatives[0][0]
        assert SECRET not in content
        for person in city.people.values():
            assert person.full_name not in content
            assert person.email not in content
        assert case.indicator.title not in content


def test_a_digest_names_the_day_of_every_deadline(city) -> None:
    case = city.assigned()
    ring_due(now=local(9, month=11))
    tell(now=local(9, month=11))
    mail = letter(city.staff, digest_on__isnull=False)
    assert mail.subject == "Về Xanh: nhắc việc, 1 hồ sơ"
    assert "Những việc đến hạn hoặc quá hạn:" in mail.body
    assert f"- {case.number}: Đã quá hạn: hạn 06/11/2026\n" in mail.body


def test_a_long_letter_ends_with_how_much_more_there_is(city) -> None:
    case = city.assigned()
    tell(now=WEDNESDAY)
    message = Message.objects.get(recipient=city.staff)
    more = Notification.objects.bulk_create(
        Notification(
            recipient=city.staff, kind="commented", key=f"event x{n}", unit=case.unit, case=case,
            created_at=WEDNESDAY,
        )
        for n in range(LINES + 6)
    )  # fmt: skip
    Dispatch.objects.bulk_create(Dispatch(notification=n, channel="mail", message=message) for n in more)
    mail = letter(city.staff)
    assert mail.body.count(f"/cases/{case.number}/") == LINES
    assert "- và 7 việc khác" in mail.body
    assert "<li>và 7 việc khác</li>" in mail.alternatives[0][0]


def test_a_group_is_counted_and_leads_to_the_list_of_its_unit(city) -> None:
    city.rate(red="1.1 1.2 1.3")
    tell(now=WEDNESDAY)
    (told,) = Notification.objects.all()
    assert sentence(told) == "Hồ sơ mới mở, chờ phân công: 3 hồ sơ – Phường Kiến An"
    assert address(told) == "/cases/?unit=11443&state=open"


def test_what_is_told_apart_is_said_apart(city) -> None:
    city.rate(yellow="1.1 1.2")
    tell(now=WEDNESDAY)
    city.rate(red="1.1", yellow="1.2", period="2026-Q4")
    tell(now=WEDNESDAY)
    said = [sentence(n) for n in Notification.objects.order_by("pk")][1:]
    assert any("Đánh giá mới xấu đi, từ vàng sang đỏ" in words for words in said)


def test_a_name_cannot_break_out_of_the_page(city) -> None:
    city.staff.full_name = "<script>alert(1)</script>"
    city.staff.save()
    city.assigned()
    tell(now=WEDNESDAY)
    assert "<script>" not in letter(city.staff).alternatives[0][0]


def test_a_letter_says_that_a_machine_wrote_it_and_keeps_its_number(city) -> None:
    city.assigned()
    tell(now=WEDNESDAY)
    message = Message.objects.get(recipient=city.staff)
    sent = letter(city.staff).message()
    assert sent["Message-ID"] == message.message_id
    assert sent["Auto-Submitted"] == "auto-generated"
