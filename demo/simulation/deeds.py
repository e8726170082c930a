"""What is done in a case of the simulation, by whoever holds the office on that day; or by nobody."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile

from actions.models import CauseAnalysis
from actions.operations import add_evidence, complete_action
from organisations.hands import chairing_delegations
from organisations.models import Appointment, Role, User
from workflow.deadlines import LOCAL
from workflow.models import Case
from workflow.vocabulary import Step

from ..lives import Life, a_pdf, findings

_NOTE = "Theo kết luận họp giao ban của đơn vị."


class Deeds(Life):
    """The people around one case on one day, and what each of them may do in it."""

    def __init__(self, case: Case, pick: Random) -> None:
        self.case = case
        self.pick = pick
        self.finding = findings()[case.indicator.code]
        self.has_asked_for_time = False

    def meet(self, today: date) -> None:
        """Find out who holds which office today; in the place of a chairperson, at times, their deputy."""
        unit = self.case.unit
        held: dict[str, list[User]] = defaultdict(list)
        offices = Appointment.objects.current(today).filter(unit__in=(unit, unit.city))
        # Those of the department that leads the indicator first.
        leading = self.case.indicator.lead_department
        found = offices.select_related("user").order_by("pk")
        for office in sorted(found, key=lambda office: office.department != leading):
            held[office.role].append(office.user)
        acting = chairing_delegations(today).filter(unit=unit).select_related("taker")
        self.chairs = [d.taker for d in acting if self.pick.random() < 0.5] + held[Role.CHAIRPERSON]
        self.auditors = held[Role.AUDITOR]
        self.here = held[Role.STAFF] + held[Role.COORDINATOR]
        self._take_parts()

    def _take_parts(self) -> None:
        """The parts of the case as they are given, or as they are going to be."""
        self.assignee = self.case.assignee or self.here[0]
        others = [person for person in self.here if person != self.assignee]
        supporting = set(self.case.supporters.values_list("user_id", flat=True))
        self.supporter = next((p for p in others if p.pk in supporting), others[0])
        if self.chairs:
            self.chairperson = self.chairs[0]
        if self.auditors:
            self.auditor = self.pick.choice(self.auditors)

    def give_out(self, now: datetime) -> None:
        if self.chairs:
            self.assign(now)

    def take_up(self, now: datetime) -> None:
        if self.assignee not in self.here:
            self.replace(now)
        elif self.pick.random() < 0.06:
            self._take(Step.DECLINE, self.assignee, now, note="Không thuộc lĩnh vực được giao.")
        elif self.chairs and self.pick.random() < 0.08:
            self.hand_up(now)
        else:
            self.start(now)

    def replace(self, now: datetime) -> None:
        """Whoever led the case has left; the chair, if there is one, gives it to somebody else."""
        if not self.chairs:
            return
        if self.pick.random() < 0.5:
            who = {"from_person": self.assignee, "assignee": self.here[0]}
            self._take(Step.HAND_OVER, self.chairperson, now, note=_NOTE, **who)
        else:
            self.assignee, self.supporter = self.here[:2]
            self.assign(now)

    def go_on(self, now: datetime) -> None:
        if self.assignee not in self.here:
            self.replace(now)
        elif self.case.requested_due_on:
            self.decide(now, self.case.requested_due_on)
        elif not CauseAnalysis.objects.filter(case=self.case).exists():
            self.analyse(now)
        elif not self.case.corrective_actions.exists():
            self.plan(now)
        elif not self.has_asked_for_time and self.pick.random() < 0.2:
            self.has_asked_for_time = True
            self.ask_for_time(now)
        else:
            self.finish(now)

    def decide(self, now: datetime, asked: date) -> None:
        """Whoever may grant more time does so, or does not."""
        is_within = self.case.extension_count < self.case.policy.extension_limit
        may = self.chairs if self.chairs and is_within else self.auditors
        if may and self.pick.random() < 0.6:
            due_on = max(asked, now.astimezone(LOCAL).date() + timedelta(days=7))
            self._take(Step.EXTEND, may[0], now, due_on=due_on, objective_cause=True, note=_NOTE)
        elif may:
            self._take(Step.REFUSE_EXTENSION, may[0], now, note=_NOTE)

    def finish(self, now: datetime) -> None:
        """What is outstanding is done, proved and reported."""
        for action in self.case.corrective_actions.filter(completed_at=None, dropped_at=None):
            complete_action(self.case, action.number, by=self.assignee, result="Đã hoàn thành.", now=now)
        upload = SimpleUploadedFile("bao-cao.pdf", a_pdf(f"Report {self.case.number}"))
        add_evidence(self.case, by=self.assignee, upload=upload, description="Báo cáo kết quả", now=now)
        self._take(Step.SUBMIT, self.assignee, now, note="Đề nghị xác nhận kết quả.")

    def judge_result(self, now: datetime) -> None:
        if verifier := self._verifier():
            self.chairperson = verifier
            self.verify(now)

    def judge_effect(self, now: datetime) -> None:
        """On the day of the check: shown, or worked on again."""
        verifier = self._verifier()
        if verifier is None or not self.case.check_on or self.case.check_on > now.astimezone(LOCAL).date():
            return
        if self.pick.random() < 0.2:
            self._take(Step.REOPEN, verifier, now, note="Chỉ số lại xấu đi.")
        else:
            self._take(Step.CONFIRM, verifier, now, note="Kết quả giữ được.")

    def _verifier(self) -> User | None:
        return next(iter(self.chairs or self.auditors), None)

    def answer(self, now: datetime) -> None:
        if self.auditors and self.pick.random() < 0.6:
            self.accept(now)
        elif self.auditors:
            self._take(Step.HAND_DOWN, self.auditor, now, note="Thuộc thẩm quyền của đơn vị.")

    def solve(self, now: datetime) -> None:
        if self.auditors and self.pick.random() < 0.5:
            self._take(Step.RESOLVE, self.auditor, now, note="Thành phố đã bố trí vốn.")
        elif self.auditors and self.pick.random() < 0.5:
            self._take(Step.HAND_DOWN, self.auditor, now, note="Đã có vốn, giao đơn vị làm.")

    def take_back(self, now: datetime) -> None:
        """A closed case is worked on again, as the city wants it."""
        if self.auditors:
            self._take(Step.REOPEN, self.auditor, now, note="Kiểm tra thấy chưa đạt.")
