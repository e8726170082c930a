"""Where else a person is named or let in: sessions, tokens, and texts that the framework keeps."""

from __future__ import annotations

import re

from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import Model, Q

from .access import AccessToken
from .ledger import names_nobody
from .models import Appointment, Delegation, User


def take_away_keys(person: User) -> None:
    """Nothing that was handed out to a person opens anything any more; they are yet to be saved.

    Every session and every link to a new password carries a hash of the password: with it they end.
    """
    person.set_unusable_password()
    AccessToken.objects.filter(user=person).delete()
    if hasattr(person, "calendar_key"):
        person.calendar_key.delete()
    person.groups.clear()
    person.user_permissions.clear()


def forget_sessions(person: User) -> None:
    """Delete what is kept of the person's visits: with it goes the address they signed in by."""
    theirs = [
        session.pk
        for session in Session.objects.iterator()
        if session.get_decoded().get(SESSION_KEY) == str(person.pk)
    ]
    Session.objects.filter(pk__in=theirs).delete()


def forget_the_name(person: User, *, email: str) -> None:
    """Take out what a person is or ever was called, where others wrote it down."""
    EmailAddress.objects.filter(user=person).delete()
    person.messages.exclude(last_error="").update(last_error="")
    person.saved_filters.all().delete()
    delegations = Delegation.objects.filter(Q(giver=person) | Q(taker=person))
    delegations.update(reason="")
    about: list[tuple[type[Model], list[int]]] = [
        (User, [person.pk]),
        (Appointment, list(person.appointments.values_list("pk", flat=True))),
        (Delegation, list(delegations.values_list("pk", flat=True))),
    ]
    for model, keys in about:
        _overwrite(model, keys, str(person))
    _replace(email, person.email)


def _overwrite(model: type[Model], keys: list[int], name: str) -> None:
    """Leave of the entries about these things who wrote them and when, and what names nobody.

    Former names and addresses stand in them as well, and are known to nobody any more.
    """
    kind = ContentType.objects.get_for_model(model)
    entries = list(LogEntry.objects.filter(content_type=kind, object_id__in=[str(key) for key in keys]))
    for entry in entries:
        entry.object_repr = name
        if not names_nobody(entry.change_message):
            entry.change_message = ""
    LogEntry.objects.bulk_update(entries, ["object_repr", "change_message"], batch_size=500)


def _replace(former: str, now: str) -> None:
    """An address is nobody else's: in entries about anything the new one takes its place."""
    mentions = Q(object_repr__contains=former) | Q(change_message__contains=former)
    found = list(LogEntry.objects.filter(mentions))
    # The whole word: staff@ is not the end of other.staff@.
    whole = re.compile(rf"(?<![\w.+-]){re.escape(former)}(?!\w)")
    for entry in found:
        entry.object_repr = whole.sub(now, entry.object_repr)[:200]
        entry.change_message = whole.sub(now, entry.change_message)
    LogEntry.objects.bulk_update(found, ["object_repr", "change_message"], batch_size=500)
