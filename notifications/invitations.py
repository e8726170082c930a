"""Whoever is new is invited by mail: a link that is good once, for setting a first password."""

from __future__ import annotations

import logging
import smtplib
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from organisations.hands import Hand
from organisations.models import User
from organisations.people import add_person, people_of_the_cities
from organisations.refusals import NotNow, NotYours

from .models import Invitation

log = logging.getLogger(__name__)

#: A letter that is being sent is not taken by another sender for this long.
LEASE = timedelta(minutes=5)
#: How long after a letter went another may be asked for: a double click asks for one.
ASKED_AGAIN_AFTER = timedelta(minutes=5)
#: How long it is tried; by then an administrator looks after the address.
GIVES_UP_AFTER = timedelta(days=2)
_LONGEST_PAUSE_MINUTES = 60
WORKS_FOR_SECONDS = 30


@transaction.atomic
def invite(people: Iterable[User], *, by: User, now: datetime | None = None) -> int:
    """Ask for a letter to each who has never signed in and for whom none waits; answers how many.

    Raises NotYours.
    """
    hand, now = Hand(by), now or timezone.now()
    if not hand.cities_administered:
        raise NotYours(_("Chỉ quản trị của thành phố mời người dùng."))
    keys = [person.pk for person in people]
    theirs = people_of_the_cities(hand).filter(pk__in=keys, is_active=True, last_login=None)
    waiting = Invitation.objects.filter(person__in=keys, next_at__isnull=False).values("person")
    asked = [
        Invitation(person=person, asked_by=by, asked_at=now, next_at=now)
        for person in theirs.exclude(pk__in=waiting)
    ]
    Invitation.objects.bulk_create(asked, batch_size=500, ignore_conflicts=True)
    return len(asked)


@transaction.atomic
def welcome(*, by: User, **given: Any) -> User:
    """Enter somebody new, who is invited at once. Raises NotYours, Invalid."""
    person = add_person(**given, by=by)
    invite([person], by=by)
    return person


def invite_again(person: User, *, by: User, now: datetime | None = None) -> None:
    """Ask for another letter, for one that was lost or has run out. Raises NotYours, NotNow."""
    now = now or timezone.now()
    if not people_of_the_cities(Hand(by)).filter(pk=person.pk).exists():
        raise NotYours(_("Chỉ quản trị của thành phố mời người dùng."))
    if not person.is_active:
        raise NotNow(_("%(person)s đã ngừng sử dụng hệ thống.") % {"person": person})
    if person.last_login:
        raise NotNow(_("%(person)s đã đăng nhập; không cần mời nữa.") % {"person": person})
    last = latest(person)
    if last and (last.next_at or (last.sent_at and last.sent_at > now - ASKED_AGAIN_AFTER)):
        raise NotNow(_("Thư mời vừa được gửi hoặc đang chờ gửi; hãy đợi vài phút."))
    invite([person], by=by, now=now)


def latest(person: User) -> Invitation | None:
    return person.invitations.order_by("-pk").first()


def send_invitations(*, now: datetime | None = None) -> int:
    """Send what is waiting; answers how many went. What cannot go now is tried again later."""
    now = now or timezone.now()
    until, sent = time.monotonic() + WORKS_FOR_SECONDS, 0
    if not _waiting(now).exists():
        return 0
    try:
        with get_connection() as line:
            while time.monotonic() < until and (invitation := _claim(now)):
                sent += _send(invitation, line, now)
    except (OSError, smtplib.SMTPException) as fault:
        log.warning("No invitation can be sent now: %s.", type(fault).__name__)
    return sent


def _waiting(now: datetime) -> Any:
    return Invitation.objects.filter(next_at__lte=now).order_by("next_at", "pk")


def _claim(now: datetime) -> Invitation | None:
    """One that nobody else is sending."""
    for row in _waiting(now)[:10]:
        mine = Invitation.objects.filter(pk=row.pk, next_at=row.next_at)
        if mine.update(next_at=now + LEASE, attempts=F("attempts") + 1):
            return Invitation.objects.select_related("person", "asked_by").get(pk=row.pk)
    return None


def _send(invitation: Invitation, line: Any, now: datetime) -> bool:
    person = invitation.person
    if not person.is_active or person.last_login:
        invitation.next_at = None
    else:
        try:
            line.send_messages([letter_to(person, by=invitation.asked_by)])
        except (OSError, smtplib.SMTPException) as fault:
            _put_back(invitation, fault, now)
        else:
            invitation.next_at, invitation.sent_at, invitation.last_error = None, now, ""
    invitation.save(update_fields=["next_at", "sent_at", "failed_at", "last_error"])
    return invitation.sent_at is not None


def _put_back(invitation: Invitation, fault: Exception, now: datetime) -> None:
    code = _code_of(fault)
    invitation.last_error = str(code or type(fault).__name__)[:60]
    if code >= 500 or now - invitation.asked_at > GIVES_UP_AFTER:
        invitation.next_at, invitation.failed_at = None, now
    else:
        pause = min(2**invitation.attempts, _LONGEST_PAUSE_MINUTES)
        invitation.next_at = now + timedelta(minutes=pause)


def _code_of(fault: Exception) -> int:
    """What the other side answered; 0 where it did not."""
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        return max((code for code, _said in fault.recipients.values()), default=0)
    return fault.smtp_code if isinstance(fault, smtplib.SMTPResponseException) else 0


def letter_to(person: User, *, by: User) -> EmailMessage:
    """The letter in the language of its reader; the link in it is made now and kept nowhere."""
    with override(person.language):
        said = {
            "person": person,
            "by": by,
            "link": first_password_link(person),
            "days": settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60),
            "another": settings.SITE_URL + reverse("account_reset_password"),
        }
        body = render_to_string("notifications/invitation.txt", said)
        return EmailMessage(_("Mời sử dụng Về Xanh"), body, to=[person.email])


def first_password_link(person: User) -> str:
    """Good once and for a few days: it ends with the first password set through it."""
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(person)
    where = {"uidb36": user_pk_to_url_str(person), "key": token}
    return settings.SITE_URL + reverse("account_reset_password_from_key", kwargs=where)
