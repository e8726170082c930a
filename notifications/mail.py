"""The channel that everybody has: e-mail, in text and HTML."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils.translation import gettext_lazy as _

from organisations.models import User

from .channels import MAIL
from .letters import compose
from .models import Message, Notification
from .smtp import Postman


class Mail:
    name = MAIL
    label = _("Thư điện tử")
    repeats_harmlessly = False

    def reaches(self, person: User) -> bool:
        return bool(person.email)

    def open(self) -> MailLine:
        return MailLine()


class MailLine(Postman):
    def hand_over(
        self, message: Message, notifications: Sequence[Notification], release: Callable[[], bool]
    ) -> bool:
        return self.post(compose(message, notifications), release)
