"""A line of the register: by which way something was told, and what became of it."""

from __future__ import annotations

from collections.abc import Container, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import QuerySet, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow import deadlines
from workflow.calendar import WorkingDays
from workflow.export import Table
from workflow.vocabulary import CLOCK_KINDS

from .channels import channels
from .envelopes import DIGEST_WAITS
from .letters import said_of
from .models import Dispatch, Message, MessageState, Notification, NotificationQuerySet, Withheld
from .settling import SETTLED


class Outcome(TextChoices):
    """What became of a notification on its way out."""

    WAITING = "waiting", gettext_lazy("Chờ gửi")
    SENT = "sent", gettext_lazy("Đã gửi")
    WITHHELD = "withheld", gettext_lazy("Không gửi")
    IN_DOUBT = "in_doubt", gettext_lazy("Chưa rõ đã đến hay chưa")
    FAILED = "failed", gettext_lazy("Không gửi được")
    GIVEN_UP = "given_up", gettext_lazy("Thôi không gửi")


#: What each state of a message comes to.
OUTCOMES = {
    MessageState.PENDING: Outcome.WAITING,
    MessageState.CLAIMED: Outcome.WAITING,
    MessageState.RELEASED: Outcome.WAITING,
    MessageState.SENT: Outcome.SENT,
    MessageState.SUPPRESSED: Outcome.WITHHELD,
    MessageState.IN_DOUBT: Outcome.IN_DOUBT,
    MessageState.FAILED: Outcome.FAILED,
}


def outcome_of(dispatch: Dispatch) -> Outcome:
    """What became of it by now."""
    if dispatch.withheld or dispatch.message is None:
        return Outcome.WITHHELD
    message = dispatch.message
    is_left = message.state in SETTLED and message.settled_at is not None
    return Outcome.GIVEN_UP if is_left else OUTCOMES[MessageState(message.state)]


def detail_of(dispatch: Dispatch) -> str:
    """Why it was not sent, or what the other side said last."""
    if dispatch.withheld:
        return str(Withheld(dispatch.withheld).label)
    return dispatch.message.last_error if dispatch.message else ""


def waits_for(dispatch: Dispatch, cities: Container[int]) -> bool:
    """Whether it waits for the administrator of one of these cities to say what became of it: as
    `may_settle` has it, of a line that is read already."""
    unit = dispatch.notification.unit
    is_stuck = outcome_of(dispatch) in (Outcome.IN_DOUBT, Outcome.FAILED)
    return is_stuck and (unit.parent_id or unit.pk) in cities


class Waiting(NamedTuple):
    """When a message is to go, and what it waits for until then."""

    at: datetime
    why: str


def waiting_of(dispatch: Dispatch, days: WorkingDays) -> Waiting | None:
    """When it is to go, where it waits: a digest keeps office hours; None where it does not wait."""
    message = dispatch.message
    if outcome_of(dispatch) != Outcome.WAITING or message is None:
        return None
    at = message.next_at
    if message.digest_on and not deadlines.is_office_time(at, days):
        day = at.astimezone(deadlines.LOCAL).date()
        if at >= deadlines.opening_of(day):
            day += timedelta(days=1)
        at = deadlines.opening_of(days.on_or_after(day)) + DIGEST_WAITS
    return Waiting(at, _why_it_waits(message, days))


def _why_it_waits(message: Message, days: WorkingDays) -> str:
    if message.attempts:
        return _("thử lại")
    if not message.digest_on or deadlines.is_office_time(message.created_at, days):
        return ""
    is_working = days.is_working(message.created_at.astimezone(deadlines.LOCAL).date())
    return _("ngoài giờ làm việc") if is_working else _("ngày nghỉ")


def label_of(dispatch: Dispatch) -> str:
    """What its channel is called; one that is no longer installed keeps its word."""
    channel = channels().get(dispatch.channel)
    return str(channel.label) if channel else dispatch.channel


#: The register as a file: a line for every notification and channel.
DISPATCHES = Table(
    "so-gui-tin",
    gettext_lazy("Sổ gửi tin"),
    (
        (gettext_lazy("Báo lúc"), lambda d: d.notification.created_at),
        (gettext_lazy("Người được báo"), lambda d: str(d.notification.recipient)),
        (gettext_lazy("Mã đơn vị"), lambda d: d.notification.unit.code),
        (gettext_lazy("Đơn vị"), lambda d: str(d.notification.unit)),
        (gettext_lazy("Số hồ sơ"), lambda d: d.notification.case.number if d.notification.case else ""),
        (gettext_lazy("Số lượng"), lambda d: d.notification.count),
        (gettext_lazy("Nội dung"), lambda d: str(said_of(d.notification))),
        (gettext_lazy("Đọc trong hệ thống lúc"), lambda d: d.notification.read_at),
        (gettext_lazy("Kênh"), label_of),
        (gettext_lazy("Kết quả"), lambda d: str(outcome_of(d).label)),
        (gettext_lazy("Chi tiết"), detail_of),
        (gettext_lazy("Gửi lúc"), lambda d: d.message.sent_at if d.message else None),
        (gettext_lazy("Số lần thử không thành"), lambda d: d.message.attempts if d.message else 0),
        (gettext_lazy("Mã thư"), lambda d: d.message.message_id if d.message else ""),
    ),
)


def lines_of(told: NotificationQuerySet) -> QuerySet[Dispatch]:
    """The ways out of these notifications, newest first, for a file."""
    around = ("message", "notification__recipient", "notification__unit", "notification__case")
    lines = Dispatch.objects.filter(notification__in=told.order_by().values("pk"))
    return lines.select_related(*around).order_by("-notification", "channel")


def missed_before(notification: Notification) -> Iterator[int]:
    """Milestones, in working days from the deadline, that passed unsaid before the one that was said:
    the clock stood still, and only the newest rings."""
    if notification.kind not in CLOCK_KINDS or notification.event is None:
        return
    last, rung = notification.event.changes["milestone"]
    milestone = deadlines.next_after(last)
    while milestone < rung:
        yield milestone
        milestone = deadlines.next_after(milestone)
