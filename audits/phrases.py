"""How each kind of event is said, in one table; the fullest phrase an event can fill is taken."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from actions.models import CauseAnalysis
from workflow.arrows import ASKED
from workflow.vocabulary import DATES, Kind

#: Recorded as keys of people.
PEOPLE = ("assignee", "supporters", "owner", "from_person", "to_person", "in_place_of")
#: In the record for machines; a reader is told by the sentence or not at all.
UNTOLD = (
    "state", "extension_count", "rating", "sha256", "milestone", "timer", "evidence", "assign_by",
    "original_due_on", "accepted_on",
)  # fmt: skip
#: Dates that a step clears when their turn is over.
SPENT = ("due_on", "verify_by", "check_on", "requested_due_on", "answer_by", "city_due_on")

Phrases = tuple[tuple[tuple[str, ...], Any], ...]

#: Kind → (what the phrase needs, the phrase), the fullest first.
PHRASES: dict[str, Phrases] = {
    Kind.OPENED: (
        (
            ("colour", "assign_by", "recurrence_of"),
            _(
                "%(actor)s mở hồ sơ vì chỉ số được đánh giá %(colour)s, tái diễn của hồ sơ "
                "%(recurrence_of)s; hạn phân công %(assign_by)s."
            ),
        ),
        (
            ("colour", "assign_by"),
            _("%(actor)s mở hồ sơ vì chỉ số được đánh giá %(colour)s; hạn phân công %(assign_by)s."),
        ),
    ),
    Kind.RATED_AGAIN: ((("rated",), _("%(actor)s ghi nhận đánh giá mới: %(rated)s.")),),
    Kind.ASSIGNED: (
        (("assignee", "due_on"), _("%(actor)s giao việc cho %(assignee)s, hạn %(due_on)s.")),
        (("assignee",), _("%(actor)s giao việc cho %(assignee)s, hạn giữ nguyên.")),
        ((), _("%(actor)s phân công lại.")),
    ),
    Kind.DECLINED: (((), _("%(actor)s từ chối nhận việc.")),),
    Kind.STARTED: (((), _("%(actor)s bắt đầu thực hiện.")),),
    Kind.SUBMITTED: (
        (("verify_by",), _("%(actor)s báo cáo hoàn thành; hạn xác nhận %(verify_by)s.")),
        ((), _("%(actor)s báo cáo hoàn thành.")),
    ),
    Kind.VERIFIED: (
        (("check_on",), _("%(actor)s xác nhận kết quả; đánh giá hiệu lực ngày %(check_on)s.")),
        ((), _("%(actor)s xác nhận kết quả.")),
    ),
    Kind.SENT_BACK: (
        (("due_on",), _("%(actor)s trả lại để bổ sung, hạn mới %(due_on)s.")),
        ((), _("%(actor)s trả lại để bổ sung.")),
    ),
    Kind.CONFIRMED: (((), _("%(actor)s xác nhận hiệu lực và đóng hồ sơ.")),),
    Kind.REOPENED: (
        (("due_on",), _("%(actor)s mở lại hồ sơ, hạn %(due_on)s.")),
        ((), _("%(actor)s mở lại hồ sơ.")),
    ),
    Kind.EXTENSION_REQUESTED: (
        (("requested_due_on",), _("%(actor)s đề nghị gia hạn đến %(requested_due_on)s.")),
        ((), _("%(actor)s đề nghị gia hạn.")),
    ),
    Kind.EXTENDED: (
        (
            ("due_on", "objective_cause"),
            _("%(actor)s gia hạn đến %(due_on)s; nguyên nhân khách quan: %(objective_cause)s."),
        ),
        ((), _("%(actor)s gia hạn.")),
    ),
    Kind.EXTENSION_REFUSED: (((), _("%(actor)s từ chối gia hạn.")),),
    Kind.HANDED_UP: (
        (
            ("answer_by",),
            _("%(actor)s kiến nghị thành phố giải quyết; hạn thành phố trả lời %(answer_by)s."),
        ),
        ((), _("%(actor)s kiến nghị thành phố giải quyết.")),
    ),
    Kind.ACCEPTED: (
        (("city_due_on",), _("%(actor)s nhận hồ sơ về thành phố xử lý, hạn %(city_due_on)s.")),
        ((), _("%(actor)s nhận hồ sơ về thành phố xử lý.")),
    ),
    Kind.HANDED_DOWN: (
        (("due_on",), _("%(actor)s giao lại đơn vị, hạn xử lý của đơn vị dời đến %(due_on)s.")),
        ((), _("%(actor)s giao lại đơn vị.")),
    ),
    Kind.RESOLVED: (
        (("check_on",), _("%(actor)s báo thành phố đã giải quyết; đánh giá hiệu lực ngày %(check_on)s.")),
        ((), _("%(actor)s báo thành phố đã giải quyết.")),
    ),
    Kind.HANDED_OVER: (
        (("from_person", "to_person"), _("%(actor)s cho bàn giao từ %(from_person)s sang %(to_person)s.")),
        ((), _("%(actor)s cho bàn giao hồ sơ.")),
    ),
    Kind.CANCELLED: (((), _("%(actor)s hủy hồ sơ.")),),
    Kind.TRANSFERRED: (
        (("unit",), _("%(actor)s chuyển giao hồ sơ cho %(unit)s.")),
        ((), _("%(actor)s chuyển giao hồ sơ.")),
    ),
    Kind.FINISHED: (((), _("%(actor)s kết thúc hồ sơ theo đơn vị đã giải thể.")),),
    Kind.COMMENTED: (((), _("%(actor)s có ý kiến.")),),
    Kind.ANALYSIS_RECORDED: (((), _("%(actor)s ghi phân tích nguyên nhân.")),),
    Kind.ACTION_PLANNED: (
        (
            ("corrective_action", "description", "owner", "due_on"),
            _(
                "%(actor)s lập hành động khắc phục %(corrective_action)s: %(description)s — "
                "%(owner)s làm, hạn %(due_on)s."
            ),
        ),
        ((), _("%(actor)s lập hành động khắc phục.")),
    ),
    Kind.ACTION_CHANGED: (
        (("corrective_action",), _("%(actor)s sửa hành động khắc phục %(corrective_action)s.")),
    ),
    Kind.ACTION_COMPLETED: (
        (("corrective_action",), _("%(actor)s hoàn thành hành động khắc phục %(corrective_action)s.")),
    ),
    Kind.ACTION_DROPPED: (
        (("corrective_action",), _("%(actor)s bỏ hành động khắc phục %(corrective_action)s.")),
    ),
    Kind.EVIDENCE_ADDED: ((("name",), _("%(actor)s thêm minh chứng “%(name)s”.")),),
    Kind.EVIDENCE_WITHDRAWN: (((), _("%(actor)s rút một minh chứng.")),),
    Kind.RESCHEDULED: (
        (("assign_by",), _("%(actor)s dời hạn phân công đến %(assign_by)s theo lịch làm việc.")),
        (("due_on",), _("%(actor)s dời hạn xử lý đến %(due_on)s theo lịch làm việc.")),
        (("verify_by",), _("%(actor)s dời hạn xác nhận đến %(verify_by)s theo lịch làm việc.")),
        (("check_on",), _("%(actor)s dời ngày đánh giá hiệu lực đến %(check_on)s theo lịch làm việc.")),
        (("answer_by",), _("%(actor)s dời hạn thành phố trả lời đến %(answer_by)s theo lịch làm việc.")),
        (("city_due_on",), _("%(actor)s dời hạn thành phố xử lý đến %(city_due_on)s theo lịch làm việc.")),
        ((), _("%(actor)s dời hạn theo lịch làm việc.")),
    ),
    Kind.AUDIT_NOTED: (
        (("verdict",), _("%(actor)s ghi nhận kiểm tra: %(verdict)s.")),
        ((), _("%(actor)s ghi nhận kiểm tra.")),
    ),
    Kind.DUE_SOON: (
        (
            ("corrective_action", "due_on"),
            _("%(actor)s nhắc: hành động khắc phục %(corrective_action)s sắp đến hạn %(due_on)s."),
        ),
        (("due_on",), _("%(actor)s nhắc: sắp đến hạn %(due_on)s.")),
    ),
    Kind.DUE_TODAY: (
        (
            ("corrective_action", "due_on"),
            _("%(actor)s nhắc: hành động khắc phục %(corrective_action)s đến hạn hôm nay."),
        ),
        (("due_on",), _("%(actor)s nhắc: đến hạn hôm nay.")),
    ),
    Kind.OVERDUE: (
        (
            ("corrective_action", "due_on"),
            _("%(actor)s nhắc: hành động khắc phục %(corrective_action)s đã quá hạn %(due_on)s."),
        ),
        (("due_on",), _("%(actor)s nhắc: đã quá hạn %(due_on)s.")),
    ),
    Kind.ESCALATED: (
        (("due_on",), _("%(actor)s đôn đốc: đã quá hạn %(due_on)s nhiều ngày.")),
        ((), _("%(actor)s đôn đốc.")),
    ),
}

#: What each recorded value is called beside the sentence.
LABELS: dict[str, Any] = {
    **DATES,
    **ASKED,
    **{
        field.name: field.verbose_name
        for field in CauseAnalysis._meta.get_fields()
        if hasattr(field, "verbose_name")
    },
    "whys": _("Vì sao"),
    "similar_cases": _("Trường hợp tương tự"),
    "requested_due_on": _("Hạn đề nghị"),
    "assignee": _("Chủ trì"),
    "supporters": _("Phối hợp"),
    "product": _("Sản phẩm"),
    "authority": _("Thẩm quyền"),
    "due_on": _("Hạn"),
    "unit": _("Đơn vị"),
    "verifier": _("Người xác nhận"),
    "colour": _("Mức"),
    "rated": _("Đánh giá"),
    "recurrence_of": _("Tái diễn của"),
    "corrective_action": _("Hành động"),
    "corrective_actions": _("Hạn của hành động khắc phục"),
    "description": _("Nội dung"),
    "owner": _("Người thực hiện"),
    "in_place_of": _("Theo ủy quyền của"),
    "name": _("Tệp"),
    "size": _("Dung lượng"),
    "objective_cause": _("Nguyên nhân khách quan"),
    "verdict": _("Kết luận"),
}
