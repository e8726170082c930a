"""How a case goes on from day to day: looked at now and then, or forgotten till it is long overdue."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from workflow.deadlines import LOCAL
from workflow.models import Case
from workflow.refusals import Refusal
from workflow.vocabulary import State, Step

from .deeds import Deeds


class Work(Deeds):
    """One case and what becomes of it; each look at it does one thing, or finds nobody to do it."""

    def __init__(self, case: Case, pick: Random) -> None:
        super().__init__(case, pick)
        self.pace = pick.choice((1, 1, 2, 3, 5, 9))
        # Every fourth case is forgotten after a few hands have touched it, and grows old.
        self.looks_left = pick.randint(0, 5) if pick.random() < 0.25 else None
        #: Deeds that were refused: their hour had passed, or they were not that person's.
        self.refused = 0

    def look(self, now: datetime) -> timedelta | None:
        """One deed, if it can be done; answers how long the case then rests, or None for ever."""
        if self.looks_left is not None:
            self.looks_left -= 1
        if self.looks_left == -1:
            return None
        self.case = Case.objects.select_related("policy", "unit__parent", "indicator").get(pk=self.case.pk)
        self.meet(now.astimezone(LOCAL).date())
        if self.case.state == State.CANCELLED or self._is_left_closed():
            return None
        try:
            self._do(now)
        except Refusal:
            self.refused += 1
        return self._rest(now.astimezone(LOCAL).date())

    def _is_left_closed(self) -> bool:
        return self.case.state == State.CLOSED and self.pick.random() > 0.06

    def _rest(self, today: date) -> timedelta:
        if self.case.state == State.CLOSED:
            return timedelta(days=self.pick.randint(10, 60))
        is_watched = self.case.state == State.MONITORING and self.case.check_on is not None
        until_then = (self.case.check_on - today).days if is_watched and self.case.check_on else 0
        return timedelta(days=max(until_then, 0) + self.pick.randint(1, self.pace))

    def _do(self, now: datetime) -> None:
        if self.case.is_live and self.auditors and self.pick.random() < 0.01:
            self._take(Step.CANCEL, self.auditor, now, note="Đánh giá nhầm, đã đính chính.")
            return
        turn = {
            State.OPEN: self.give_out,
            State.ASSIGNED: self.take_up,
            State.IN_PROGRESS: self.go_on,
            State.IN_VERIFICATION: self.judge_result,
            State.MONITORING: self.judge_effect,
            State.HANDED_UP: self.answer,
            State.WITH_CITY: self.solve,
            State.CLOSED: self.take_back,
        }
        turn[State(self.case.state)](now)
