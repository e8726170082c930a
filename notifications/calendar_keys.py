"""The key of a person's calendar feed: made, made anew, taken back, and known again by its hash."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from organisations.models import User
from organisations.refusals import NotYours

from .subscriptions import CalendarKey

#: Bytes of chance in a key.
KEY_BYTES = 32
#: A calendar asks every hour or oftener; when it last did is noted no oftener than this.
NOTED_EVERY = timedelta(hours=1)
#: Where the feed is, below the site's address.
FEED_PATH = "/api/v1/me/calendar.ics"


def make_key(person: User, *, by: User, now: datetime | None = None) -> str:
    """Give a person a new key, the old one ends at once; answers the feed's address, told only now.

    Raises NotYours.
    """
    _refuse_others(person, by)
    key = secrets.token_urlsafe(KEY_BYTES)
    new = {"digest": _digest(key), "created_at": now or timezone.now(), "last_used_at": None}
    CalendarKey.objects.update_or_create(person=person, defaults=new)
    return f"{settings.SITE_URL}{FEED_PATH}?{urlencode({'key': key})}"


def revoke_key(person: User, *, by: User) -> None:
    """The feed answers nobody any more; where there was none, nothing changes. Raises NotYours."""
    _refuse_others(person, by)
    CalendarKey.objects.filter(person=person).delete()


def _refuse_others(person: User, by: User) -> None:
    if person != by:
        raise NotYours(_("Lịch cá nhân chỉ do chính người ấy mở và ngừng."))


def person_of(key: str, *, now: datetime | None = None) -> User | None:
    """Whose calendar a key opens; nobody's where it is wrong, taken back, or its person has left."""
    now = now or timezone.now()
    found = CalendarKey.objects.select_related("person").filter(digest=_digest(key)).first()
    if found is None or not found.person.is_active:
        return None
    if found.last_used_at is None or now - found.last_used_at >= NOTED_EVERY:
        CalendarKey.objects.filter(pk=found.pk).update(last_used_at=now)
    return found.person


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
