"""The promises by the words in which they are given, and what a year broke of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from . import promises, vigilance
from .seen import Seen

PROMISES: dict[str, Callable[[Seen], Iterator[str]]] = {
    "Nhắc việc chỉ gửi trong giờ làm việc": promises.reminders_keep_office_hours,
    "Không gửi gì hai lần": promises.nothing_is_sent_twice,
    "Không gửi cho người đã thôi chức vụ": promises.only_those_in_office_are_written_to,
    "Không nhắc hồ sơ đã xong, hạn đã dời": promises.only_what_still_holds_is_sent,
    "Quá hạn nào cũng được đôn đốc, đúng người": vigilance.everything_overdue_is_escalated,
    "Quá hạn không im lặng, không dồn dập": vigilance.nothing_overdue_is_silent,
    "Người thay được nhắc như người vắng": vigilance.deputies_are_told,
    "Hộp thư khớp với sổ gửi tin": promises.letters_and_register_agree,
}


def judge(seen: Seen) -> dict[str, list[str]]:
    """What was broken of each promise; nothing where it was kept."""
    return {said: list(broken(seen)) for said, broken in PROMISES.items()}
