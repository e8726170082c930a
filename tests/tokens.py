"""Tokens of the API for tests, past the operation that people make them by."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from organisations.access import AccessToken, Scope
from organisations.models import User


def token_of(person: User, *, scope: Scope = Scope.WRITE, **given: Any) -> str:
    """The secret of a new token of a person, which may do everything unless it says otherwise.

    It was used just now: that it is used again is not noted at once, and costs no questions.
    """
    now = timezone.now()
    usual = {"name": "Phép thử", "expiry": now + timedelta(days=365), "last_used_at": now}
    given = usual | given
    return AccessToken.objects.all().make(person, scope=scope, **given)[1]


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}
