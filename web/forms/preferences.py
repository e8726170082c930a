"""How the reader wants to be told by each channel."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.channels import Channel, channels
from notifications.models import Pace
from notifications.preferences import REMINDER_PACES, Wishes
from organisations.models import User

from .fields import Form

PACES = {
    Pace.IMMEDIATE: _("Gửi ngay từng việc"),
    Pace.DIGEST: _("Gộp mỗi ngày làm việc một lần"),
    Pace.OFF: _("Không gửi, tôi xem trong hệ thống"),
}


class PreferenceForm(Form):
    """One channel: how soon it speaks of what people do, and whether of what is due."""

    steps = forms.ChoiceField(
        label=_("Việc mới: giao việc, trả lại, xác nhận…"),
        choices=list(PACES.items()),
        widget=forms.RadioSelect,
    )
    reminders = forms.ChoiceField(
        label=_("Nhắc hạn và đôn đốc"),
        choices=[(pace, PACES[pace]) for pace in REMINDER_PACES],
        widget=forms.RadioSelect,
    )

    def __init__(self, channel: Channel, data: Any = None, **options: Any) -> None:
        self.channel = channel
        super().__init__(data, auto_id=f"{channel.name}-%s", **options)


def preference_forms(person: User, data: Any = None) -> list[PreferenceForm]:
    """A form for each way out; `data` belongs to the one that it names."""
    wishes = Wishes([person.pk])
    return [
        PreferenceForm(
            channel,
            data if data and data.get("channel") == name else None,
            initial=wishes.of(person.pk, name)._asdict(),
        )
        for name, channel in channels().items()
    ]
