"""The city's own look at a sample of units: ratings beside the units' own, and notes in their cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from random import Random

from audits.operations import note_audit
from audits.vocabulary import Verdict
from indicators.models import Colour, Rater, Rating
from indicators.operations import Row, record_assessments
from organisations.models import Unit, User
from workflow.models import Case

from .people import DOMAIN

#: Units visited in a period, and cases of them in which something is noted.
VISITED, NOTED = 12, 8
_NOTES = (
    ("Đã xem sổ theo dõi tại đơn vị: số liệu khớp với báo cáo.", Verdict.HOLDS),
    ("Minh chứng mới có dự thảo, chưa có văn bản đã ký; đề nghị bổ sung.", Verdict.UNCLEAR),
    ("Hỏi ba hộ dân, không hộ nào biết quy trình mới.", Verdict.FAILS),
)


def visit(units: list[Unit], period: str, pick: Random) -> Callable[[datetime], None]:
    """What the auditor does in a period, at its time."""

    def visited(at: datetime) -> None:
        auditor = User.objects.get(email=f"kiemtra@{DOMAIN}")
        sample = pick.sample(units, VISITED)
        rows = list(_ratings(sample, period, pick))
        record_assessments(rows, period=period, kind=Rater.CITY, by=auditor, now=at)
        cases = list(Case.objects.filter(unit__in=sample).order_by("pk"))
        for case in pick.sample(cases, min(NOTED, len(cases))):
            note, verdict = pick.choice(_NOTES)
            note_audit(case, by=auditor, note=note, verdict=verdict, now=at)

    return visited


def _ratings(units: list[Unit], period: str, pick: Random) -> Iterator[Row]:
    """Mostly what the unit said itself; now and then the city finds less than that."""
    said = Rating.objects.in_force().filter(
        assessment__unit__in=units, assessment__period__code=period, assessment__kind=Rater.SELF
    )
    for rating in said.select_related("assessment__unit", "indicator").order_by("pk"):
        colour, finding = rating.colour, rating.finding
        if colour == Colour.GREEN and pick.random() < 0.03:
            colour, finding = Colour.YELLOW, "Có quy định nhưng chưa thấy kết quả thực hiện."
        code = rating.indicator.code
        yield Row(rating.assessment.unit.code, code, colour, finding, "", code)
