"""manage.py run_clock: one round of the clock by hand."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from notifications.models import Message, Notification

from .conftest import local


def run(*words: str) -> list[str]:
    output = StringIO()
    call_command("run_clock", *words, stdout=output)
    return output.getvalue().splitlines()


def test_a_rehearsal_rings_tells_and_sends_without_waiting(city, mailoutbox) -> None:
    city.open_case(now=local(7))
    assert run("--at", "2026-10-12T08:00") == [
        "Nhắc hạn: 1 mốc.",
        "Báo tin: đã đọc 2 sự kiện.",
        "Gửi thư: 2 thư đã gửi, 0 thư còn chờ.",
    ]
    assert {m.to[0] for m in mailoutbox} == {city.chairperson.email}
    assert run("--at", "2026-10-12T08:00")[0] == "Nhắc hạn: 0 mốc."
    assert len(mailoutbox) == 2
    assert Notification.objects.filter(kind="due_today").count() == 1


def test_outside_office_hours_it_says_so_and_rings_nothing(city, mailoutbox) -> None:
    city.open_case(now=local(7))
    said = run("--at", "2026-10-11T08:00")
    assert said[0] == "Ngoài giờ làm việc: chưa nhắc hạn, thư nhắc chờ đến giờ làm việc."
    assert said[1] == "Nhắc hạn: 0 mốc."
    assert len(mailoutbox) == 1  # of the opening, which waits for no office


def test_without_a_moment_it_is_now(city) -> None:
    city.open_case()
    assert any("Báo tin: đã đọc" in line for line in run())
    assert Message.objects.filter(state="sent", digest_on=None).count() == 1


@pytest.mark.parametrize("text", ["hôm nay", "2026-13-01", "2026-02-30T08:00", "0001-01-01T00:00"])
def test_a_bad_moment_is_one_line(db, text) -> None:
    with pytest.raises(CommandError, match=f"“{text}” không phải thời điểm"):
        run("--at", text)
