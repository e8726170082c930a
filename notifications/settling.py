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

from .models import Message, MessageState, Notification, Pace, Withheld
from .preferences import Wishes


class Settlement(TextChoices):
    """What a person says of a message that failed or is in doubt."""

    ARRIVED = "arrived", gettext_lazy("Đã đến nơi")
    AGAIN = "again", gettext_lazy("Gửi lại")
    GIVEN_UP = "given_up", gettext_lazy("Thôi không gửi")


#: More than one page can hold.
MOST_AT_ONCE = 200
SETTLED = (MessageState.IN_DOUBT, MessageState.FAILED)


@transaction.atomic
def settle(message: Message, settlement: str, *, by: User, now: datetime | None = None) -> Message:
    """Say that a message in doubt arrived, have it tried again under the number it had, so that a repeat
    is recognised, or leave it. For the administrator of a city it speaks of.

    Raises Invalid, NotYours, NotNow.
    """
    if settlement not in Settlement.values:
        raise Invalid(errors={"settlement": [_("Chọn: đã đến nơi, gửi lại, hoặc thôi không gửi.")]})
    message = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if not may_settle(message, Hand(by)):
        raise NotYours(_("Chỉ quản trị của thành phố xác định thư chưa rõ hoặc gửi lại thư."))
    if message.state not in SETTLED or message.settled_at:
        raise NotNow(_("Thư này không còn chờ ai xác định."))
    if settlement == Settlement.ARRIVED and message.state == MessageState.FAILED:
        raise NotNow(_("Thư này chắc chắn chưa đi; hãy gửi lại hoặc thôi."))
    enter(message, CHANGE, f"{message.state} → {settlement}", by=by)
    at = now or timezone.now()
    if settlement == Settlement.AGAIN:
        return try_anew(message, now=at)
    if settlement == Settlement.ARRIVED:
        message.state, message.sent_at = MessageState.SENT, message.released_at
    message.settled_at = at
    message.save(update_fields=["state", "sent_at", "settled_at"])
    return message


def try_anew(message: Message, *, now: datetime) -> Message:
    """Let it be sent once more, with all the patience of a new one; a digest that its reader has left
    meanwhile says nothing any more."""
    if (
        message.digest_on
        and Wishes([message.recipient_id or 0]).of(message.recipient_id or 0, message.channel).reminders
        == Pace.OFF
    ):
        message.dispatches.filter(withheld="").update(withheld=Withheld.PREFERENCE)
    message.state, message.next_at, message.token = MessageState.PENDING, now, None
    message.attempts, message.failing_since, message.settled_at = 0, None, None
    message.save(update_fields=["state", "next_at", "token", "attempts", "failing_since", "settled_at"])
    return message


def may_settle(message: Message, hand: Hand) -> bool:
    """Whether the message speaks of a city that the hand administers."""
    spoken_of = Notification.objects.filter(dispatches__message=message)
    return (
        spoken_of.filter(unit__parent__in=hand.cities_administered).exists()
        or spoken_of.filter(unit__in=hand.cities_administered).exists()
    )
