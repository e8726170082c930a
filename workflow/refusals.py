"""The ways a step is refused: as anything is, and one more, because a case moves while it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organisations.refusals import Invalid, NotNow, NotYours, Refusal

if TYPE_CHECKING:
    from .models import Case

__all__ = ["Invalid", "NotNow", "NotYours", "Refusal", "Stale"]


class Stale(Refusal):
    """The case has moved since the person looked at it (412 by API, 409 in a page).

    `seen` is the version they looked at, `case` what it has become.
    """

    def __init__(self, sentence: str, *, case: Case, seen: int) -> None:
        super().__init__(sentence)
        self.case = case
        self.seen = seen
