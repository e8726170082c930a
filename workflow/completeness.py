"""What a case file still lacks before its work may count as done (ISO 9001:2015, 10.2)."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from indicators.models import Colour

if TYPE_CHECKING:
    from .models import Case


def missing_in_the_file(case: "Case") -> list[str]:
    """One sentence for each thing missing; an empty list means `submit` is earned."""
    analysis = getattr(case, "analysis", None)
    needs_action = True
    missing = []
    if analysis is None or not analysis.correction:
        missing.append(_("Chưa ghi việc xử lý ngay."))
    if analysis is None or not analysis.root_cause:
        excused = case.colour == Colour.YELLOW and analysis and analysis.no_action_reason
        needs_action = not excused
        if needs_action:
            missing.append(_("Chưa ghi nguyên nhân gốc."))
    if analysis is None or not analysis.similar_cases:
        missing.append(_("Chưa rà soát trường hợp tương tự: có hay không, đã xem ở đâu."))
    if analysis is None or not analysis.effectiveness_criterion:
        missing.append(_("Chưa nêu tiêu chí đánh giá hiệu lực."))
    return missing + _missing_work(case, needs_action)


def _missing_work(case: "Case", needs_action: bool) -> list[str]:
    missing = []
    actions = case.corrective_actions.filter(dropped_at=None)
    completed = [bool(at) for at in actions.values_list("completed_at", flat=True)]
    if needs_action and not any(completed):
        missing.append(_("Chưa có hành động khắc phục nào hoàn thành."))
    if outstanding := completed.count(False):
        missing.append(_("Còn %(count)s hành động khắc phục chưa xong.") % {"count": outstanding})
    if not case.evidence.filter(withdrawn_at=None).exists():
        missing.append(_("Chưa có minh chứng nào."))
    return missing
