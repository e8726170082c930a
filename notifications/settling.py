"""What a machine cannot know, a person settles: whether a message in doubt arrived, what to try again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organisations.hands import Hand
from organisations.ledger import CHANGE, enter
from organisations.models import User
from organisations.refusals import Invalid, NotNow, NotYours

from .models import Message, MessageState, Notification


class Settlement(TextChoices):
    """What a person says of a message that failed or is in doubt."""

    ARRIVED = "arrived", gettext_lazy("Đã đến nơi")
    AGAIN = "again", gettext_lazy("Gửi lại")


SETTLED = (MessageState.IN_DOUBT, MessageState.FAILED)


@transaction.atomic
def settle(message: Message, settlement: str, *, by: User, now: datetime | None = None) -> Message:
    """Say that a message arrived, or have it tried again under the number it had, so that a repeat is
    recognised. For the administrator of a city it speaks of. Raises Invalid, NotYours, NotNow."""
    if settlement not in Settlement.values:
        raise Invalid(errors={"settlement": [_("Chọn: đã đến nơi, hoặc gửi lại.")]})
    message = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if not may_settle(message, Hand(by)):
        raise NotYours(_("Chỉ quản trị của thành phố xác định thư chưa rõ hoặc gửi lại thư."))
    if message.state not in SETTLED:
        raise NotNow(_("Thư này không còn chờ ai xác định."))
    at, before = now or timezone.now(), message.state
    if settlement == Settlement.ARRIVED:
        message.state, message.sent_at = MessageState.SENT, message.sent_at or at
    else:
        message.state, message.next_at, message.token = MessageState.PENDING, at, None
    message.save(update_fields=["state", "sent_at", "next_at", "token"])
    enter(message, CHANGE, f"{before} → {settlement}", by=by)
    return message


def may_settle(message: Message, hand: Hand) -> bool:
    """Whether the message speaks of a city that the hand administers."""
    spoken_of = Notification.objects.filter(dispatches__message=message)
    return (
        spoken_of.filter(unit__parent__in=hand.cities_administered).exists()
        or spoken_of.filter(unit__in=hand.cities_administered).exists()
    )
