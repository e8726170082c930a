"""What is said of each kind of event: one sentence in the reader's language, without case contents."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override

from workflow.vocabulary import Kind

from .models import Message, Notification

SENTENCES: dict[Kind, str] = {
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
    Kind.CANCELLED: gettext_lazy("Hồ sơ đã hủy"),
    Kind.TRANSFERRED: gettext_lazy("Hồ sơ được chuyển giao cho đơn vị kế thừa"),
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


def sentence(notification: Notification) -> str:
    """The notification in words: "2026-000042: Hồ sơ được phân công"."""
    said = SENTENCES[Kind(notification.kind)]
    if notification.case:
        return f"{notification.case.number}: {said}"
    counted = ngettext("%(count)s hồ sơ", "%(count)s hồ sơ", notification.count)
    return f"{said}: {counted % {'count': notification.count}} – {notification.unit}"


def address(notification: Notification) -> str:
    """Where the notification leads: the case, or the list of those told of together."""
    if notification.case:
        return notification.case.get_absolute_url()
    return f"{reverse('cases')}?unit={notification.unit.code}"


def compose(message: Message, notifications: Sequence[Notification]) -> EmailMultiAlternatives:
    """The mail of a message in its reader's language: count and links, no contents of cases."""
    with override(message.recipient.language):
        count = sum(n.count for n in notifications)
        context = {
            "person": message.recipient.formal_name,
            "lines": [(sentence(n), settings.SITE_URL + address(n)) for n in notifications],
            "is_digest": message.digest_on is not None,
            "home": settings.SITE_URL + reverse("home"),
        }
        if message.digest_on:
            subject = ngettext(
                "Về Xanh: nhắc việc, %(count)s hồ sơ", "Về Xanh: nhắc việc, %(count)s hồ sơ", count
            ) % {"count": count}
        elif len(notifications) == 1:
            subject = f"Về Xanh: {sentence(notifications[0])}"
        else:
            subject = _("Về Xanh: %(count)s thông báo mới") % {"count": len(notifications)}
        mail = EmailMultiAlternatives(
            subject=subject,
            body=render_to_string("notifications/mail.txt", context),
            to=[message.recipient.email],
            headers={"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"},
        )
        mail.attach_alternative(render_to_string("notifications/mail.html", context), "text/html")
    return mail
