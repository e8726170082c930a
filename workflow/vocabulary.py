"""Every word of the life of a case, once: states, steps, kinds of event, milestones."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    OPEN = "open", _("Mới mở")
    ASSIGNED = "assigned", _("Đã phân công")
    IN_PROGRESS = "in_progress", _("Đang thực hiện")
    IN_VERIFICATION = "in_verification", _("Chờ xác nhận")
    MONITORING = "monitoring", _("Theo dõi hiệu lực")
    HANDED_UP = "handed_up", _("Kiến nghị thành phố")
    WITH_CITY = "with_city", _("Thành phố đang xử lý")
    CLOSED = "closed", _("Đã đóng")
    CANCELLED = "cancelled", _("Đã hủy")


LIVE = (
    State.OPEN,
    State.ASSIGNED,
    State.IN_PROGRESS,
    State.IN_VERIFICATION,
    State.MONITORING,
    State.HANDED_UP,
    State.WITH_CITY,
)


#: States in which the unit itself is to work on a case, or to say who does.
WORKED_ON = (State.OPEN, State.ASSIGNED, State.IN_PROGRESS)


class Turn(models.TextChoices):
    """Whose turn it is: the hand the case waits for."""

    CHAIRPERSON = "chairperson", _("Chủ tịch đơn vị")
    ASSIGNEE = "assignee", _("Người chủ trì")
    VERIFIER = "verifier", _("Người xác nhận")
    CITY = "city", _("Cán bộ của thành phố")
    NOBODY = "nobody", _("Không ai")


#: Whose turn it is in each state, and the name of the date its timer runs to.
TURNS: dict[str, tuple[Turn, str]] = {
    State.OPEN: (Turn.CHAIRPERSON, "assign_by"),
    State.ASSIGNED: (Turn.ASSIGNEE, "due_on"),
    State.IN_PROGRESS: (Turn.ASSIGNEE, "due_on"),
    State.IN_VERIFICATION: (Turn.VERIFIER, "verify_by"),
    State.MONITORING: (Turn.VERIFIER, "check_on"),
    State.HANDED_UP: (Turn.CITY, "answer_by"),
    State.WITH_CITY: (Turn.CITY, "city_due_on"),
    State.CLOSED: (Turn.NOBODY, ""),
    State.CANCELLED: (Turn.NOBODY, ""),
}


def turn_of(state: str, *, is_given: bool) -> Turn:
    """Whose turn it is in a state, for a case that is or is not given to somebody."""
    turn = TURNS[state][0]
    # Work that came back to a unit and was never given to anybody waits for whoever gives it.
    return Turn.CHAIRPERSON if turn == Turn.ASSIGNEE and not is_given else turn


#: What each date of a case is called.
DATES = {
    "assign_by": _("Hạn phân công"),
    "due_on": _("Hạn xử lý"),
    "original_due_on": _("Hạn xử lý ban đầu"),
    "verify_by": _("Hạn xác nhận"),
    "check_on": _("Ngày đánh giá hiệu lực"),
    "answer_by": _("Hạn thành phố trả lời"),
    "city_due_on": _("Hạn thành phố xử lý"),
}


class Holder(models.TextChoices):
    """Who holds a case, and so whose a deadline missed is."""

    UNIT = "unit", _("Đơn vị")
    CITY = "city", _("Thành phố")
    NOBODY = "nobody", _("Không ai")


class Step(models.TextChoices):
    ASSIGN = "assign", _("Phân công")
    DECLINE = "decline", _("Từ chối nhận việc")
    START = "start", _("Bắt đầu thực hiện")
    SUBMIT = "submit", _("Báo cáo hoàn thành")
    VERIFY = "verify", _("Xác nhận kết quả")
    SEND_BACK = "send_back", _("Trả lại để bổ sung")
    CONFIRM = "confirm", _("Xác nhận hiệu lực và đóng hồ sơ")
    REOPEN = "reopen", _("Mở lại")
    REQUEST_EXTENSION = "request_extension", _("Đề nghị gia hạn")
    EXTEND = "extend", _("Gia hạn")
    REFUSE_EXTENSION = "refuse_extension", _("Từ chối gia hạn")
    HAND_UP = "hand_up", _("Kiến nghị thành phố giải quyết")
    ACCEPT = "accept", _("Nhận xử lý cho thành phố")
    HAND_DOWN = "hand_down", _("Giao lại đơn vị")
    RESOLVE = "resolve", _("Báo thành phố đã giải quyết")
    HAND_OVER = "hand_over", _("Bàn giao")
    CANCEL = "cancel", _("Hủy hồ sơ")
    TRANSFER = "transfer", _("Chuyển giao đơn vị kế thừa")
    FINISH = "finish", _("Kết thúc hồ sơ theo đơn vị")


class Kind(models.TextChoices):
    OPENED = "opened", _("Mở hồ sơ")
    RATED_AGAIN = "rated_again", _("Có đánh giá mới")
    ASSIGNED = "assigned", _("Phân công")
    DECLINED = "declined", _("Từ chối nhận việc")
    STARTED = "started", _("Bắt đầu thực hiện")
    SUBMITTED = "submitted", _("Báo cáo hoàn thành")
    VERIFIED = "verified", _("Xác nhận kết quả")
    SENT_BACK = "sent_back", _("Trả lại để bổ sung")
    CONFIRMED = "confirmed", _("Xác nhận hiệu lực, đóng hồ sơ")
    REOPENED = "reopened", _("Mở lại")
    EXTENSION_REQUESTED = "extension_requested", _("Đề nghị gia hạn")
    EXTENDED = "extended", _("Gia hạn")
    EXTENSION_REFUSED = "extension_refused", _("Từ chối gia hạn")
    HANDED_UP = "handed_up", _("Kiến nghị thành phố giải quyết")
    ACCEPTED = "accepted", _("Nhận xử lý cho thành phố")
    HANDED_DOWN = "handed_down", _("Giao lại đơn vị")
    RESOLVED = "resolved", _("Báo thành phố đã giải quyết")
    HANDED_OVER = "handed_over", _("Bàn giao")
    CANCELLED = "cancelled", _("Hủy hồ sơ")
    TRANSFERRED = "transferred", _("Chuyển giao đơn vị kế thừa")
    FINISHED = "finished", _("Kết thúc hồ sơ theo đơn vị")
    COMMENTED = "commented", _("Ý kiến")
    ANALYSIS_RECORDED = "analysis_recorded", _("Ghi phân tích nguyên nhân")
    ACTION_PLANNED = "action_planned", _("Lập hành động khắc phục")
    ACTION_CHANGED = "action_changed", _("Sửa hành động khắc phục")
    ACTION_COMPLETED = "action_completed", _("Hoàn thành hành động khắc phục")
    ACTION_DROPPED = "action_dropped", _("Bỏ hành động khắc phục")
    EVIDENCE_ADDED = "evidence_added", _("Thêm minh chứng")
    EVIDENCE_WITHDRAWN = "evidence_withdrawn", _("Rút minh chứng")
    RESCHEDULED = "rescheduled", _("Dời hạn theo lịch làm việc")
    AUDIT_NOTED = "audit_noted", _("Ghi nhận kiểm tra")
    DUE_SOON = "due_soon", _("Sắp đến hạn")
    DUE_TODAY = "due_today", _("Đến hạn hôm nay")
    OVERDUE = "overdue", _("Quá hạn")
    ESCALATED = "escalated", _("Đôn đốc")


#: Whoever leaves one of these in a case did its work at the city.
CITY_WORK_KINDS = (Kind.RESOLVED,)

#: Written by the clock; told in the daily digest, never outside working hours.
CLOCK_KINDS = (Kind.DUE_SOON, Kind.DUE_TODAY, Kind.OVERDUE, Kind.ESCALATED)


class Part(models.TextChoices):
    """A person's part in a case."""

    LEAD = "lead", _("Chủ trì")
    SUPPORT = "support", _("Phối hợp")


class Verifier(models.TextChoices):
    """Who the policy lets verify."""

    CHAIRPERSON = "chairperson", _("Chủ tịch đơn vị")
    AUDITOR = "auditor", _("Cán bộ kiểm tra của thành phố")
