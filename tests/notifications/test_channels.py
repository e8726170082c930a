"""A channel is one class: the file channel does everything that mail does, and nothing else knows it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.conf import settings

from notifications.channels import channels
from notifications.delivery import deliver
from notifications.files import FileLine, Files
from notifications.models import Dispatch, Message, MessageState, Pace, Withheld
from notifications.preferences import choose
from notifications.telling import tell
from tests.conftest import WEDNESDAY

from .conftest import go_round, local


@pytest.fixture
def outbox(settings, tmp_path) -> Path:
    """An installation with the file channel beside e-mail."""
    settings.NOTIFICATION_CHANNELS = ["notifications.mail.Mail", "notifications.files.Files"]
    settings.DATA_DIR = tmp_path
    return tmp_path / "outbox.jsonl"


def written(outbox: Path) -> list[dict]:
    return [json.loads(line) for line in outbox.read_text().splitlines()] if outbox.exists() else []


def test_e_mail_is_always_there_and_a_plug_in_is_named_in_the_settings(settings, outbox) -> None:
    assert list(channels()) == ["mail", "file"]


def test_another_channel_speaks_only_to_whoever_chose_it(city, post, outbox) -> None:
    choose(city.staff, channel="file", steps=Pace.IMMEDIATE, reminders=Pace.DIGEST)
    case = city.assigned(supporters=[city.supporter])
    go_round(WEDNESDAY)
    (line,) = written(outbox)
    assert line["to"] == city.staff.pk
    assert line["lines"] == [
        [f"{case.number}: Hồ sơ được phân công", f"http://localhost:8000/cases/{case.number}/"]
    ]
    assert len(post.mail_to(city.staff)) == len(post.mail_to(city.supporter)) == 1
    withheld = Dispatch.objects.get(notification__recipient=city.supporter, channel="file")
    assert withheld.withheld == Withheld.PREFERENCE


def test_each_channel_has_its_own_digest_and_says_a_thing_once(city, post, outbox) -> None:
    choose(city.staff, channel="file", steps=Pace.OFF, reminders=Pace.DIGEST)
    city.assigned()
    for _ in range(3):
        go_round(local(5, month=11))
    (line,) = written(outbox)
    assert line["is_digest"] is True
    digests = Message.objects.filter(recipient=city.staff).exclude(digest_on=None)
    assert {(m.channel, m.state) for m in digests} == {("mail", "sent"), ("file", "sent")}


def test_a_file_that_cannot_be_written_is_tried_again_and_mail_goes_on(city, post, outbox) -> None:
    choose(city.staff, channel="file", steps=Pace.IMMEDIATE, reminders=Pace.OFF)
    city.assigned()
    outbox.mkdir()
    tell(now=WEDNESDAY)
    deliver(now=WEDNESDAY)
    message = Message.objects.get(channel="file")
    assert (message.state, message.attempts) == (MessageState.PENDING, 1)
    assert len(post.mail_to(city.staff)) == 1
    outbox.rmdir()
    deliver(now=message.next_at)
    assert len(written(outbox)) == 1


class SlowLine(FileLine):
    """A plug-in of somebody's that takes its time: meanwhile the world goes on."""

    meanwhile = staticmethod(lambda: None)

    def hand_over(self, message, notifications, release) -> bool:
        SlowLine.meanwhile()
        return super().hand_over(message, notifications, release)


class Slow(Files):
    def open(self) -> SlowLine:
        return SlowLine(Path(settings.DATA_DIR) / "outbox.jsonl")


def test_a_case_that_moves_at_the_last_moment_is_not_written_of(city, outbox, settings) -> None:
    """The fence is the machine's, not the channel's: a plug-in cannot leave it out."""
    settings.NOTIFICATION_CHANNELS = ["notifications.mail.Mail", f"{__name__}.Slow"]
    choose(city.staff, channel="file", steps=Pace.OFF, reminders=Pace.DIGEST)
    case = city.in_progress()
    SlowLine.meanwhile = staticmethod(
        lambda: city.take(case, "cancel", city.auditor, note="Nhập sai", now=local(5, 8, month=11))
    )
    go_round(local(5, month=11))
    SlowLine.meanwhile = staticmethod(lambda: None)
    assert written(outbox) == []
    go_round(local(6, month=11))
    assert written(outbox) == []
    message = Message.objects.get(channel="file")
    assert message.state == MessageState.SUPPRESSED
    assert message.dispatches.get().withheld == Withheld.MOVED_ON
