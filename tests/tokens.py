"""Tokens of the API for tests, past the operation that people make them by."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from organisations.access import AccessToken, Scope
from organisations.models import User


def token_of(person: User, *, scope: Scope = Scope.WRITE, **given: Any) -> str:
    """The secret of a new token of a person, which may do everything unless it says otherwise."""
    given = {"name": "Phép thử", "expiry": timezone.now() + timedelta(days=90)} | given
    return AccessToken.objects.all().make(person, scope=scope, **given)[1]


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}
