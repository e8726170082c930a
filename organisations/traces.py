"""Where else a person is named or let in: sessions, tokens, and texts that the framework keeps."""

from __future__ import annotations

import json
import re

from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import Model, Q, QuerySet
from knox.models import AuthToken

from .models import Appointment, Delegation, User


def take_away_keys(person: User) -> None:
    """Nothing that was handed out to a person opens anything any more."""
    AuthToken.objects.filter(user=person).delete()
    theirs = [
        session.pk
        for session in Session.objects.iterator()
        if session.get_decoded().get(SESSION_KEY) == str(person.pk)
    ]
    Session.objects.filter(pk__in=theirs).delete()
    person.groups.clear()
    person.user_permissions.clear()


def forget_the_name(person: User, *, full_name: str, email: str) -> None:
    """Replace what a person was called where the framework and the mail server wrote it down."""
    EmailAddress.objects.filter(user=person).delete()
    person.messages.exclude(last_error="").update(last_error="")
    # The name only in entries about this person: others may bear it too. An address is nobody else's.
    about: list[tuple[type[Model], list[int]]] = [
        (User, [person.pk]),
        (Appointment, list(person.appointments.values_list("pk", flat=True))),
        (Delegation, list(Delegation.objects.filter(_of(person)).values_list("pk", flat=True))),
    ]
    for model, keys in about:
        kind = ContentType.objects.get_for_model(model)
        _replace(LogEntry.objects.filter(content_type=kind, object_id__in=keys), full_name, str(person))
    _replace(LogEntry.objects.all(), email, person.email)


def _of(person: User) -> Q:
    return Q(giver=person) | Q(taker=person)


def _replace(entries: QuerySet[LogEntry], former: str, now: str) -> None:
    for word in {former, json.dumps(former)[1:-1]} - {""}:  # as a text has it, and as JSON does
        found = list(entries.filter(Q(object_repr__contains=word) | Q(change_message__contains=word)))
        # The whole word: staff@ is not the end of other.staff@.
        whole = re.compile(rf"(?<![\w.+-]){re.escape(word)}(?!\w)")
        for entry in found:
            entry.object_repr = whole.sub(now, entry.object_repr)[:200]
            entry.change_message = whole.sub(now, entry.change_message)
        LogEntry.objects.bulk_update(found, ["object_repr", "change_message"])
