"""What every page shows: where the reader may go, and how much they have not read."""

from typing import Any, cast

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from audits.rules import reads_figures, reads_the_city
from notifications.keepers import keeps_webhooks
from notifications.models import Notification

from .hands import PersonRequest, hand_of, may_record_somewhere

#: Above this many the header says "99+": nobody counts further.
UNREAD_SHOWN = 99


def reader(request: HttpRequest) -> dict[str, Any]:
    """Asked of the database only when a page draws it, and only for a signed-in person."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {}
    person = cast(PersonRequest, request)
    return {
        "unread": SimpleLazyObject(lambda: _unread(person)),
        "has_office": SimpleLazyObject(lambda: bool(hand_of(person).offices)),
        "administers": SimpleLazyObject(lambda: hand_of(person).cities_administered),
        "chairs": SimpleLazyObject(lambda: hand_of(person).units_chaired),
        "keeps_webhooks": SimpleLazyObject(lambda: keeps_webhooks(hand_of(person))),
        "reads_the_city": SimpleLazyObject(lambda: reads_the_city(hand_of(person))),
        "reads_figures": SimpleLazyObject(lambda: reads_figures(hand_of(person))),
        "may_record": SimpleLazyObject(lambda: may_record_somewhere(hand_of(person))),
    }


def _unread(request: PersonRequest) -> str:
    unread = Notification.objects.to(hand_of(request)).filter(read_at=None)
    count = unread[: UNREAD_SHOWN + 1].count()
    return f"{UNREAD_SHOWN}+" if count > UNREAD_SHOWN else str(count or "")
