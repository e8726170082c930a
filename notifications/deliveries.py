"""What is asked of single deliveries: a test of the line, and one more try of what could not be told."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from organisations.models import User
from organisations.refusals import NotNow

from . import tasks
from .hooks import hold_webhook
from .listening import WEBHOOK
from .models import Message, MessageState
from .settling import try_anew
from .subscriptions import Delivery, Webhook

log = logging.getLogger(__name__)

#: What became of a delivery that may be tried once more: given up, or dropped.
MAY_BE_SENT_AGAIN = (MessageState.FAILED, MessageState.SUPPRESSED)
UNDER_WAY = (MessageState.PENDING, MessageState.CLAIMED, MessageState.RELEASED)


@transaction.atomic
def ping(webhook: Webhook, *, by: User, now: datetime | None = None) -> Delivery:
    """Send a webhook something to try it by, one at a time. Raises NotYours, NotNow."""
    now = now or timezone.now()
    webhook = _hold_live(webhook, by, now)
    _refuse_two_pings(webhook)
    message = Message.objects.create(
        channel=WEBHOOK, message_id=f"ping_{uuid.uuid4().hex}", created_at=now, next_at=now
    )
    transaction.on_commit(_nudge)
    return Delivery.objects.create(webhook=webhook, message=message)


@transaction.atomic
def resend(delivery: Delivery, *, by: User, now: datetime | None = None) -> Delivery:
    """Try a delivery once more, with all the patience of a new one and the key it always had.

    Raises NotYours, NotNow.
    """
    now = now or timezone.now()
    webhook = _hold_live(delivery.webhook, by, now)
    if delivery.event_id is None:
        _refuse_two_pings(webhook)
    failed = Message.objects.select_for_update(of=("self",)).filter(state__in=MAY_BE_SENT_AGAIN)
    message = failed.filter(pk=delivery.message_id).first()
    if message is None:
        raise NotNow(_("Lần gửi này chưa bỏ hoặc đã đến nơi."))
    delivery.message = try_anew(message, now=now)
    transaction.on_commit(_nudge)
    return delivery


def _hold_live(webhook: Webhook, by: User, now: datetime) -> Webhook:
    webhook = hold_webhook(webhook, by, now)
    if not webhook.is_live:
        raise NotNow(_("Webhook này đang tắt; hãy bật lại trước."))
    return webhook


def _refuse_two_pings(webhook: Webhook) -> None:
    """Whoever presses again and again makes no crowd of them: the webhook is held while this is asked."""
    if webhook.deliveries.filter(event=None, message__state__in=UNDER_WAY).exists():
        raise NotNow(_("Lần gửi thử trước chưa xong; hãy chờ kết quả ở nhật ký."))


def _nudge() -> None:
    """Without a broker the clock finds the message half a minute later."""
    try:
        tasks.deliver_webhooks.apply_async(expires=18)
    except OperationalError:
        log.warning("The broker cannot be reached; the clock will deliver instead.")
