"""How cases of the demo city live: what is done on which day, far enough along to be believable."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from actions.operations import add_evidence, complete_action, plan_action, record_analysis
from organisations.models import Role, User
from workflow.models import Case
from workflow.operations import comment, take_step
from workflow.vocabulary import State, Step

from .people import Office, office_holders

FINDINGS = Path(__file__).parent / "data" / "findings.csv"
_COLOURS = {"Đỏ": "red", "Vàng": "yellow"}

#: How far cases come, by deeds done: most of those long open to the end, the others are at work.
LONG = timedelta(days=60)
_LONG_OPEN, _AT_WORK = (1, 1, 2, 1, 2, 2, 2, 16), (2, 2, 4, 1, 2, 4, 1, 0)

Deed = tuple[datetime, Any]


@cache
def findings() -> dict[str, dict[str, str]]:
    """What is found at an indicator, why, and what is done about it."""
    with FINDINGS.open(encoding="utf-8-sig", newline="") as file:
        return {row["indicator"]: row | {"colour": _COLOURS[row["colour"]]} for row in csv.DictReader(file)}


class Life:
    """One case and the people who take it through; each deed is done at its own time."""

    def __init__(self, case: Case, pick: Random) -> None:
        self.case = case
        self.pick = pick
        held = office_holders(case.unit)
        self.chairperson = held[Role.CHAIRPERSON][0].user
        self.auditor = office_holders(case.unit.city)[Role.AUDITOR][0].user
        staff = held[Role.STAFF]
        self.assignee = self._of_the_department(staff)
        self.supporter = next(o.user for o in staff if o.user != self.assignee)
        self.finding = findings()[case.indicator.code]

    def _of_the_department(self, staff: list[Office]) -> User:
        leading = [o for o in staff if o.department == self.case.indicator.lead_department]
        return (leading or staff)[0].user

    def deeds(self, opened: datetime, until: datetime) -> Iterator[Deed]:
        """What happens to the case from its opening until now, and where it stops on the way."""
        weights = _LONG_OPEN if until - opened > LONG else _AT_WORK
        stops_at = self.pick.choices(range(8), weights=weights)[0]
        plan = (
            (self.pick.randint(1, 4), self.assign),
            (self.pick.randint(1, 3), self.start),
            (self.pick.randint(2, 6), self.analyse),
            (self.pick.randint(4, 15), self.plan),
            (self.pick.randint(5, 15), self.finish),
            (self.pick.randint(1, 4), self.verify),
            (self.pick.randint(3, 6), self.mend),
        )
        at = opened
        for number, (days, deed) in enumerate(plan):
            if number == stops_at:
                return
            at += timedelta(days=days, minutes=self.pick.randint(1, 80))
            if at >= until:
                return
            yield at, deed
            if deed == self.assign and self.pick.random() < 0.05:
                yield from self._up_to_the_city(at, until)
                return
            if deed == self.start and self.pick.random() < 0.15:
                yield at + timedelta(days=1), self.ask_for_time

    def _up_to_the_city(self, at: datetime, until: datetime) -> Iterator[Deed]:
        """A few cases are beyond their unit; the city takes half of them on, or has still to answer."""
        yield at + timedelta(days=2), self.hand_up
        if self.pick.random() < 0.5 and at + timedelta(days=5) < until:
            yield at + timedelta(days=5), self.accept

    # --- Deeds ------------------------------------------------------------------------------

    def _take(self, step: Step, by: User, now: datetime, **asked: Any) -> None:
        self.case = take_step(self.case, step, by=by, now=now, **asked)

    def assign(self, now: datetime) -> None:
        self._take(
            Step.ASSIGN,
            self.chairperson,
            now,
            assignee=self.assignee,
            supporters=[self.supporter],
            product=self.finding["corrective_action"].split("(")[0].strip(),
            note="Đề nghị làm rõ nguyên nhân trước khi đề xuất hành động.",
        )

    def start(self, now: datetime) -> None:
        self._take(Step.START, self.assignee, now)

    def ask_for_time(self, now: datetime) -> None:
        if self.case.state == State.IN_PROGRESS and self.case.due_on:
            later = self.case.due_on + timedelta(days=14)
            note = "Chờ bố trí kinh phí của thành phố."
            self._take(Step.REQUEST_EXTENSION, self.assignee, now, due_on=later, note=note)

    def hand_up(self, now: datetime) -> None:
        if self.case.state == State.ASSIGNED:
            note = "Cần vốn đầu tư công ngoài thẩm quyền của đơn vị, kiến nghị thành phố bố trí."
            self._take(Step.HAND_UP, self.chairperson, now, note=note)

    def accept(self, now: datetime) -> None:
        if self.case.state == State.HANDED_UP:
            self._take(Step.ACCEPT, self.auditor, now, note="Sở tiếp nhận, đưa vào kế hoạch.")

    def analyse(self, now: datetime) -> None:
        record_analysis(
            self.case,
            by=self.assignee,
            now=now,
            correction="Đã xử lý ngay các trường hợp phát hiện trong kỳ đánh giá.",
            whys=[self.finding["finding"], self.finding["root_cause"]],
            root_cause=self.finding["root_cause"],
            similar_cases="Đã rà soát các lĩnh vực khác của đơn vị.",
            similar_cases_found=False,
            effectiveness_criterion=self.finding["effectiveness_criterion"],
        )

    def plan(self, now: datetime) -> None:
        plan_action(
            self.case,
            by=self.assignee,
            now=now,
            description=self.finding["corrective_action"],
            owner=self.pick.choice((self.assignee, self.supporter)),
            due_on=max(now.date(), self.case.due_on or date.max) if self.case.due_on else now.date(),
        )
        comment(self.case, by=self.supporter, note="Đã nhận việc, sẽ báo cáo hằng tuần.", now=now)

    def finish(self, now: datetime) -> None:
        complete_action(self.case, 1, by=self.assignee, result="Đã hoàn thành, có văn bản.", now=now)
        upload = SimpleUploadedFile(f"bao-cao-{self.case.number}.pdf", a_pdf(f"Report {self.case.number}"))
        add_evidence(self.case, by=self.assignee, upload=upload, description="Báo cáo kết quả", now=now)
        self._take(Step.SUBMIT, self.assignee, now, note="Đề nghị xác nhận kết quả.")

    def verify(self, now: datetime) -> None:
        if self.pick.random() < 0.2:
            note = "Bổ sung số liệu của tháng gần nhất."
            self._take(Step.SEND_BACK, self.chairperson, now, note=note)
        else:
            self._take(Step.VERIFY, self.chairperson, now, note="Đạt yêu cầu.")

    def mend(self, now: datetime) -> None:
        """What was sent back is brought again, and this time it will do."""
        if self.case.state == State.IN_PROGRESS:
            self._take(Step.SUBMIT, self.assignee, now, note="Đã bổ sung số liệu.")
            self._take(Step.VERIFY, self.chairperson, now + timedelta(hours=3), note="Đạt yêu cầu.")


def a_pdf(line: str) -> bytes:
    """A one-page PDF that says one line in plain letters."""
    stream = f"BT /F1 18 Tf 72 760 Td ({line}) Tj ET".encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return out + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, len(out))
    )
