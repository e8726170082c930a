"""How each person wants to be told by each channel; what is said in the product is not theirs to refuse."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from organisations.models import User
from organisations.refusals import Invalid

from .channels import MAIL, channels
from .models import Dispatch, Message, MessageState, Pace, Preference, Withheld


class Wish(NamedTuple):
    """How soon a person is told of steps, and how of reminders."""

    steps: str
    reminders: str


#: E-mail reaches people unasked; every other way out waits until they choose it.
BY_MAIL, BY_OTHERS = Wish(Pace.IMMEDIATE, Pace.DIGEST), Wish(Pace.OFF, Pace.OFF)
REMINDER_PACES = (Pace.DIGEST, Pace.OFF)


class Wishes:
    """What each of some people has chosen, asked of the database once."""

    def __init__(self, people: Collection[int]) -> None:
        chosen = Preference.objects.filter(user__in=people)
        self._chosen = {(p.user_id, p.channel): Wish(p.steps, p.reminders) for p in chosen}

    def of(self, person: int, channel: str) -> Wish:
        return self._chosen.get((person, channel)) or (BY_MAIL if channel == MAIL else BY_OTHERS)


@transaction.atomic
def choose(person: User, *, channel: str, steps: str, reminders: str) -> Preference:
    """A person chooses for themselves; what already waits in an envelope goes as it was. Raises Invalid."""
    errors = {}
    if channel not in channels():
        errors["channel"] = [_("Không có kênh này.")]
    if steps not in Pace.values:
        errors["steps"] = [_("Chọn gửi ngay, gộp mỗi ngày một thư, hoặc không gửi.")]
    if reminders not in REMINDER_PACES:
        errors["reminders"] = [_("Nhắc việc được gộp mỗi ngày một thư, hoặc không gửi.")]
    if errors:
        raise Invalid(errors=errors)
    preference, _is_new = Preference.objects.update_or_create(
        user=person, channel=channel, defaults={"steps": steps, "reminders": reminders}
    )
    return preference


@transaction.atomic
def stop_digests(person: User, *, channel: str) -> Preference:
    """No more digests by a channel, as its unsubscribe link asks, not even the one that waits; what is
    sent at once goes on."""
    wish = Wishes([person.pk]).of(person.pk, channel)
    steps = Pace.OFF if wish.steps == Pace.DIGEST else wish.steps
    digests = Message.objects.filter(recipient=person, channel=channel, state=MessageState.PENDING)
    # Held first: what a sender has taken by now goes, and is not written down as withheld.
    waiting = list(
        digests.filter(state=MessageState.PENDING).select_for_update().values_list("pk", flat=True)
    )
    Dispatch.objects.filter(message__in=waiting, withheld="").update(withheld=Withheld.PREFERENCE)
    return choose(person, channel=channel, steps=steps, reminders=Pace.OFF)
