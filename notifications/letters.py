"""What is said of each kind of event: one sentence in the reader's language, without case contents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override

from organisations.models import User
from workflow.vocabulary import CLOCK_KINDS, Kind

from .models import Message, Notification

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

#: What every kind that somebody is told of is called in a letter.
SENTENCES: dict[Kind, StrOrPromise] = {
    Kind.OPENED: gettext_lazy("Hồ sơ mới mở, chờ phân công"),
    Kind.RATED_AGAIN: gettext_lazy("Hồ sơ có đánh giá mới"),
    Kind.ASSIGNED: gettext_lazy("Hồ sơ được phân công"),
    Kind.DECLINED: gettext_lazy("Người được giao từ chối nhận việc, cần phân công lại"),
    Kind.SUBMITTED: gettext_lazy("Đã báo cáo hoàn thành, chờ xác nhận"),
    Kind.VERIFIED: gettext_lazy("Kết quả đã được xác nhận, đang theo dõi hiệu lực"),
    Kind.SENT_BACK: gettext_lazy("Hồ sơ được trả lại để bổ sung"),
    Kind.CONFIRMED: gettext_lazy("Hiệu lực đã được xác nhận, hồ sơ đã đóng"),
    Kind.REOPENED: gettext_lazy("Hồ sơ được mở lại"),
    Kind.EXTENSION_REQUESTED: gettext_lazy("Có đề nghị gia hạn chờ quyết định"),
    Kind.EXTENDED: gettext_lazy("Hạn xử lý đã được gia hạn"),
    Kind.EXTENSION_REFUSED: gettext_lazy("Đề nghị gia hạn bị từ chối"),
    Kind.HANDED_UP: gettext_lazy("Đơn vị kiến nghị thành phố giải quyết"),
    Kind.ACCEPTED: gettext_lazy("Thành phố đã nhận xử lý"),
    Kind.HANDED_DOWN: gettext_lazy("Thành phố giao lại đơn vị, cần phân công"),
    Kind.RESOLVED: gettext_lazy("Thành phố báo đã giải quyết, đang theo dõi hiệu lực"),
    Kind.HANDED_OVER: gettext_lazy("Hồ sơ được bàn giao"),
    Kind.CANCELLED: gettext_lazy("Hồ sơ đã hủy"),
    Kind.TRANSFERRED: gettext_lazy("Hồ sơ được chuyển giao cho đơn vị kế thừa"),
    Kind.FINISHED: gettext_lazy("Hồ sơ kết thúc theo đơn vị"),
    Kind.COMMENTED: gettext_lazy("Có ý kiến mới"),
    Kind.ACTION_PLANNED: gettext_lazy("Bạn được giao một hành động khắc phục"),
    Kind.ACTION_CHANGED: gettext_lazy("Hành động khắc phục của bạn đã thay đổi"),
    Kind.ACTION_COMPLETED: gettext_lazy("Một hành động khắc phục đã hoàn thành"),
    Kind.ACTION_DROPPED: gettext_lazy("Hành động khắc phục của bạn đã được bỏ"),
    Kind.RESCHEDULED: gettext_lazy("Thời hạn dời theo lịch làm việc"),
    Kind.AUDIT_NOTED: gettext_lazy("Có ghi nhận kiểm tra"),
    Kind.DUE_SOON: gettext_lazy("Sắp đến hạn"),
    Kind.DUE_TODAY: gettext_lazy("Đến hạn hôm nay"),
    Kind.OVERDUE: gettext_lazy("Đã quá hạn"),
    Kind.ESCALATED: gettext_lazy("Quá hạn, đôn đốc"),
}


#: First words of the keys under which some events of an intake are told apart from the others.
RECURRENCE, WORSE, FORMER, VACANT = "recurrence", "worse", "former", "vacant"
TOLD_APART: dict[str, StrOrPromise] = {
    RECURRENCE: gettext_lazy("Chỉ số tái diễn sau khi đã đóng hồ sơ"),
    FORMER: gettext_lazy("Hồ sơ không còn do bạn phụ trách"),
    WORSE: gettext_lazy("Đánh giá mới xấu đi, từ vàng sang đỏ"),
    VACANT: gettext_lazy("Khuyết chủ tịch, việc được báo lên cấp trên; cần bổ nhiệm"),
}
#: What sets the links that unsubscribe apart from everything else that is signed.
UNSUBSCRIBES = "unsubscribes from digests"
#: Lines of one mail; the rest is a click away.
LINES = 50


def said_of(notification: Notification) -> StrOrPromise:
    """What has happened, without which case: "Hồ sơ được phân công"."""
    word = notification.key.partition(" ")[0]
    return TOLD_APART.get(word) or SENTENCES[Kind(notification.kind)]


def sentence(notification: Notification) -> str:
    """The notification in words: "2026-000042: Hồ sơ được phân công"."""
    said = said_of(notification)
    if notification.case:
        return f"{notification.case.number}: {said}"
    if is_of_a_post(notification):
        return f"{said} – {notification.unit}"
    counted = ngettext("%(count)s hồ sơ", "%(count)s hồ sơ", notification.count)
    return f"{said}: {counted % {'count': notification.count}} – {notification.unit}"


def is_of_a_post(notification: Notification) -> bool:
    """Whether it speaks of a post, and of no case."""
    return notification.key.startswith(f"{VACANT} ")


def address(notification: Notification) -> str:
    """Where the notification leads: the case, or the list of those told of together."""
    if notification.case:
        return notification.case.get_absolute_url()
    if is_of_a_post(notification):
        return f"{reverse('people')}?unit={notification.unit.code}"
    waiting = "&state=open" if notification.kind == Kind.OPENED else ""
    return f"{reverse('cases')}?unit={notification.unit.code}{waiting}"


def contents(message: Message, notifications: Sequence[Notification]) -> dict[str, Any]:
    """What a message says in its reader's language, whatever carries it: count, days and links,
    nothing of what a case is about and nobody's data."""
    with override(_reader(message).language):
        return {
            "subject": _subject(message, notifications),
            "lines": [(_line(n), settings.SITE_URL + address(n)) for n in notifications[:LINES]],
            "more": len(notifications[LINES:]),
            "is_digest": message.digest_on is not None,
            "is_of_deadlines": all(n.kind in CLOCK_KINDS for n in notifications),
            "home": settings.SITE_URL + reverse("home"),
        }


def compose(message: Message, notifications: Sequence[Notification]) -> EmailMultiAlternatives:
    """The mail of a message, in text and HTML."""
    context = contents(message, notifications)
    headers = {"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"}
    with override(_reader(message).language):
        context["preferences"] = settings.SITE_URL + reverse("me")
        if message.digest_on:
            context["unsubscribe"] = unsubscribe_link(message)
            # RFC 8058: the mail program itself posts, after one click of its reader.
            headers["List-Unsubscribe"] = f"<{context['unsubscribe']}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        mail = EmailMultiAlternatives(
            subject=context["subject"],
            body=render_to_string("notifications/mail.txt", context),
            to=[_reader(message).email],
            headers=headers,
        )
        mail.attach_alternative(render_to_string("notifications/mail.html", context), "text/html")
    return mail


def unsubscribe_link(message: Message) -> str:
    """Where the reader of a digest says that they want no more; the link is their right to say so."""
    token = signing.dumps([message.recipient_id, message.channel], salt=UNSUBSCRIBES)
    return settings.SITE_URL + reverse("unsubscribe", args=[token])


def _reader(message: Message) -> User:
    assert message.recipient is not None
    return message.recipient


def _subject(message: Message, notifications: Sequence[Notification]) -> str:
    if message.digest_on:
        count = len({n.case_id for n in notifications if n.case_id})
        count += sum(n.count for n in notifications if not n.case_id and not is_of_a_post(n))
        if all(n.kind in CLOCK_KINDS for n in notifications):
            words = _("Về Xanh: nhắc việc, %(count)s hồ sơ")
        else:
            words = _("Về Xanh: tin trong ngày, %(count)s hồ sơ")
        return words % {"count": count}
    if len(notifications) == 1:
        return f"Về Xanh: {sentence(notifications[0])}"
    return _("Về Xanh: %(count)s thông báo mới") % {"count": len(notifications)}


def _line(notification: Notification) -> str:
    """The sentence, and for a reminder the day that it is about."""
    event = notification.event
    if notification.kind not in CLOCK_KINDS or event is None:
        return sentence(notification)
    due_on = date_format(date.fromisoformat(event.changes["due_on"][1]), "SHORT_DATE_FORMAT")
    number = event.changes.get("corrective_action", [None, None])[1]
    if number:
        words = _("%(sentence)s: hành động khắc phục %(number)s, hạn %(due_on)s")
        return words % {"sentence": sentence(notification), "number": number, "due_on": due_on}
    return _("%(sentence)s: hạn %(due_on)s") % {"sentence": sentence(notification), "due_on": due_on}
