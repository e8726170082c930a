"""What a case file holds and still lacks before its work may count as done (ISO 9001:2015, 10.2)."""

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from indicators.models import Colour

if TYPE_CHECKING:
    from .models import Case


class FilePart(NamedTuple):
    """One thing the file of a case is to hold: what it is called, and what is said while it is missing."""

    name: str
    label: str
    lacking: str

    @property
    def is_there(self) -> bool:
        return not self.lacking


def parts_of_the_file(case: "Case") -> list[FilePart]:
    """Everything that `submit` asks of a file, in the order in which it is worked through."""
    analysis = case.known.analysis if case.known else getattr(case, "analysis", None)
    has = {name: bool(analysis and getattr(analysis, name)) for name in _WRITTEN}
    is_excused = case.colour == Colour.YELLOW and bool(analysis and analysis.no_action_reason)
    says_why = has["root_cause"] or is_excused
    return [
        _part("correction", _("Xử lý ngay"), has["correction"], _("Chưa ghi việc xử lý ngay.")),
        _part("root_cause", _("Nguyên nhân gốc"), says_why, _("Chưa ghi nguyên nhân gốc.")),
        _part(
            "similar_cases",
            _("Rà soát trường hợp tương tự"),
            has["similar_cases"],
            _("Chưa rà soát trường hợp tương tự: có hay không, đã xem ở đâu."),
        ),
        _part(
            "effectiveness_criterion",
            _("Tiêu chí đánh giá hiệu lực"),
            has["effectiveness_criterion"],
            _("Chưa nêu tiêu chí đánh giá hiệu lực."),
        ),
        *_work(case, needs_action=has["root_cause"] or not is_excused),
    ]


def missing_in_the_file(case: "Case") -> list[str]:
    """One sentence for each thing missing; an empty list means `submit` is earned."""
    return [part.lacking for part in parts_of_the_file(case) if part.lacking]


_WRITTEN = ("correction", "root_cause", "similar_cases", "effectiveness_criterion")


def _part(name: str, label: str, is_there: bool, lacking: str) -> FilePart:
    return FilePart(name, label, "" if is_there else lacking)


def _work(case: "Case", needs_action: bool) -> list[FilePart]:
    # Filtered here and not by the database: a page has these rows already, and a case has few.
    planned = case.known.actions if case.known else case.corrective_actions.all()
    added = case.known.evidence if case.known else case.evidence.all()
    completed = [bool(action.completed_at) for action in planned if not action.dropped_at]
    outstanding = completed.count(False)
    proved = any(not evidence.withdrawn_at for evidence in added)
    none_done = _part(
        "actions",
        _("Hành động khắc phục đã hoàn thành"),
        any(completed) or not needs_action,
        _("Chưa có hành động khắc phục nào hoàn thành."),
    )
    not_all = _part(
        "actions",
        _("Không còn hành động dở dang"),
        not outstanding,
        _("Còn %(count)s hành động khắc phục chưa xong.") % {"count": outstanding},
    )
    proof = _part("evidence", _("Minh chứng"), proved, _("Chưa có minh chứng nào."))
    return [none_done, *([not_all] if outstanding else []), proof]
