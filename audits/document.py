"""A case as a Word document, set as official papers are: Times New Roman, A4, motto and title on top."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime

from django.utils import timezone
from docx.document import Document

from actions.models import CorrectiveAction
from organisations.models import User
from workflow.vocabulary import DATES, Part

from .dossier import Dossier
from .paper import Paper, new_document
from .record import SYSTEM, Line

NOTHING = "—"


def document_of(dossier: Dossier, told: Sequence[Line]) -> bytes:
    """The whole dossier on paper, in Vietnamese."""
    document = new_document(f"Hồ sơ khắc phục {dossier.case.number}", at=dossier.at)
    paper = Paper(document)
    _head(paper, dossier)
    for number, (title, write) in enumerate(_PARTS.items(), start=1):
        paper.heading(f"{_ROMAN[number]}. {title}")
        write(paper, dossier, told)
    _end(paper, dossier)
    return _saved(document)


def _saved(document: Document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


_ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII")


def _head(paper: Paper, dossier: Dossier) -> None:
    case = dossier.case
    paper.letterhead("ỦY BAN NHÂN DÂN", case.unit_name.upper(), f"Số: {case.number}")
    paper.title("HỒ SƠ KHẮC PHỤC", f"Chỉ số {case.indicator.code}. {case.indicator.title}")


def _facts(paper: Paper, dossier: Dossier, told: Sequence[Line]) -> None:
    case = dossier.case
    facts = [
        ("Số hồ sơ", case.number),
        ("Đơn vị", f"{case.unit_name} (mã {case.unit.code})"),
        ("Chỉ số", f"{case.indicator.code} {case.indicator.title}"),
        ("Mức đánh giá khi mở", f"{case.get_colour_display()}, {case.rating.assessment.period}"),
        ("Trạng thái", case.get_state_display()),
        ("Chủ trì", _person(case.assignee)),
        ("Phối hợp", ", ".join(_supporters(dossier)) or NOTHING),
        ("Sản phẩm", case.product or NOTHING),
        ("Thẩm quyền", case.authority or NOTHING),
        ("Mở lúc", _moment(case.opened_at)),
    ]
    facts += [(str(label), _day(day)) for name, label in DATES.items() if (day := getattr(case, name))]
    if case.recurrence_of:
        facts.append(("Tái diễn của hồ sơ", case.recurrence_of.number))
    if case.closed_at:
        facts.append(("Kết thúc lúc", _moment(case.closed_at)))
    paper.facts(facts)


def _supporters(dossier: Dossier) -> list[str]:
    """Who supports the lead now."""
    now = [part for part in dossier.parts if part.part == Part.SUPPORT and part.ended_at is None]
    return [_person(part.user) for part in now]


def _finding(paper: Paper, dossier: Dossier, told: Sequence[Line]) -> None:
    rating = dossier.case.rating
    paper.text(rating.finding or "Phiếu đánh giá không ghi phát hiện.")
    if rating.evidence_note:
        paper.text(f"Minh chứng của đánh giá: {rating.evidence_note}")


def _analysis(paper: Paper, dossier: Dossier, told: Sequence[Line]) -> None:
    analysis = dossier.analysis
    if analysis is None:
        return paper.text("Chưa có phân tích.")
    found = {True: "Có", False: "Không", None: NOTHING}[analysis.similar_cases_found]
    cause = analysis.root_cause or NOTHING
    if analysis.cause_category:
        cause += f" ({analysis.get_cause_category_display()})"
    whys = "\n".join(f"{number}. {why}" for number, why in enumerate(analysis.whys, start=1))
    facts = [
        ("Xử lý ngay", analysis.correction or NOTHING),
        ("Vì sao?", whys or NOTHING),
        ("Nguyên nhân gốc", cause),
        ("Trường hợp tương tự", ": ".join(filter(None, [found, analysis.similar_cases]))),
        ("Tiêu chí đánh giá hiệu lực", analysis.effectiveness_criterion or NOTHING),
    ]
    if analysis.no_action_reason:
        facts.append(("Lý do không cần hành động khắc phục", analysis.no_action_reason))
    return paper.facts(facts)


def _actions(paper: Paper, dossier: Dossier, told: Sequence[Line]) -> None:
    rows = []
    for action in dossier.actions:
        owner, due_on = _person(action.owner), _day(action.due_on)
        rows.append([str(action.number), action.description, owner, due_on, _outcome(action)])
    heads = ("STT", "Nội dung", "Người thực hiện", "Hạn", "Kết quả")
    paper.table(heads, (12, 53, 30, 25, 40), rows, empty="Chưa có hành động khắc phục nào.")


def _outcome(action: CorrectiveAction) -> str:
    if action.completed_at:
        done = f"Hoàn thành {_moment(action.completed_at)}, {_person(action.completed_by)}."
        return f"{done} {action.result}".strip()
    if action.dropped_at:
        return f"Bỏ {_moment(action.dropped_at)}. {action.drop_reason}"
    return "Chưa xong"


def _evidence(paper: Paper, dossier: Dossier, told: Sequence[Line]) -> None:
    rows = []
    for number, (path, each) in enumerate(dossier.evidence, start=1):
        what = each.description or NOTHING
        if each.withdrawn_at:
            why = f"{_moment(each.withdrawn_at)}, {_person(each.withdrawn_by)}: {each.withdrawal_reason}"
            what += f"\nĐã rút {why}"
        added = f"{_person(each.added_by)}, {_moment(each.added_at)}"
        rows.append([str(number), path.rpartition("/")[2], what, added, each.sha256])
    heads = ("STT", "Tệp", "Chứng minh điều gì", "Người thêm, lúc", "SHA-256")
    paper.table(heads, (12, 43, 42, 30, 33), rows, empty="Chưa có minh chứng nào.")


def _record(paper: Paper, dossier: Dossier, told: Sequence[Line]) -> None:
    rows = []
    for event, line in zip(dossier.events, told, strict=True):
        actor = event.actor.formal_name if event.actor else str(SYSTEM)
        what = "\n".join([line.sentence, *line.details, *([f"“{line.note}”"] if line.note else [])])
        rows.append([str(line.seq), _moment(line.at), actor, what])
    paper.table(("STT", "Thời điểm", "Người thực hiện", "Việc"), (12, 27, 33, 88), rows, empty=NOTHING)


def _end(paper: Paper, dossier: Dossier) -> None:
    case = dossier.case
    paper.small(
        f"Trích từ hệ thống Về Xanh lúc {_moment(dossier.at)}; {len(dossier.events)} sự kiện, "
        f"mã băm của sự kiện cuối: {case.head_hash}. Kiểm tra bằng tệp verify.py kèm theo."
    )


_PARTS = {
    "Thông tin hồ sơ": _facts,
    "Phát hiện": _finding,
    "Phân tích nguyên nhân": _analysis,
    "Hành động khắc phục": _actions,
    "Minh chứng": _evidence,
    "Diễn biến": _record,
}


def _person(user: User | None) -> str:
    return user.formal_name if user else NOTHING


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%H:%M %d/%m/%Y}"
