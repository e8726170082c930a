"""Whose token a request carries: a wrong one is told apart from one that has ended; two queries at most."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.authentication import SessionScheme
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox.auth import TokenAuthentication as KnoxAuthentication
from knox.crypto import hash_token
from rest_framework.authentication import SessionAuthentication as DjangoSession
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from organisations.access import AccessToken
from organisations.models import User
from organisations.questions import Question

#: A machine asks many times a minute; when it last did is noted no oftener than this.
NOTED_EVERY = timedelta(minutes=1)

log = logging.getLogger(__name__)


class TokenAuthentication(KnoxAuthentication):
    """By the hash of the token at once: the library looks by its beginning, and deletes what has expired."""

    def authenticate(self, request: Request) -> tuple[User, AccessToken] | None:
        kind, *rest = request.META.get("HTTP_AUTHORIZATION", "").split(" ") or [""]
        if kind.lower() != self.authenticate_header(request).lower():
            return None
        said = [part for part in rest if part]
        if len(said) != 1:
            raise AuthenticationFailed(_("Hãy gửi “Authorization: Bearer”, một dấu cách, rồi mã truy cập."))
        return self.authenticate_credentials(said[0])

    def authenticate_credentials(self, token: Any) -> tuple[User, AccessToken]:
        found = _known(token)
        if found is None or not found.user.is_active:
            raise AuthenticationFailed(_("Mã truy cập không đúng, hoặc đã bị thu hồi."))
        if found.is_expired:
            raise AuthenticationFailed(
                _("Mã truy cập đã hết hạn lúc %(when)s; hãy tạo mã mới ở trang tài khoản.")
                % {"when": f"{timezone.localtime(found.expiry):%H:%M %d/%m/%Y}"}
            )
        _note_use(found, timezone.now())
        return found.user, found


class SessionAuthentication(DjangoSession):
    """Whoever is signed in by the pages; changing something, with the token of a form."""

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied:
            said = _("Thiếu mã chống giả mạo (CSRF); hãy gửi tiêu đề X-CSRFToken, hoặc dùng mã truy cập.")
            raise PermissionDenied(said) from None


class SessionSchemeOfOurs(SessionScheme):
    """How the schema calls it."""

    target_class = "api.authentication.SessionAuthentication"


class TokenScheme(KnoxTokenScheme):
    """How the schema calls it."""

    target_class = "api.authentication.TokenAuthentication"


@cache
def _names(model: type[Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields)


_by_digest = Question(
    lambda digest: AccessToken.objects.filter(digest=digest).values_list(
        *_names(AccessToken), *(f"user__{name}" for name in _names(User))
    )
)


def _known(token: str) -> AccessToken | None:
    # What servers make of bytes that are no ASCII can be no token, and need not be encodable.
    if not token.isascii():
        return None
    for row in _by_digest(hash_token(token)):
        names = _names(AccessToken)
        found = AccessToken.from_db(DEFAULT_DB_ALIAS, names, row[: len(names)])
        found.user = User.from_db(DEFAULT_DB_ALIAS, _names(User), row[len(names) :])
        return found
    return None


def _note_use(token: AccessToken, now: datetime) -> None:
    """Worth a note, not worth a failed request: the database may be read-only, or busy."""
    if token.last_used_at is not None and now - token.last_used_at < NOTED_EVERY:
        return
    try:
        with transaction.atomic():
            AccessToken.objects.filter(pk=token.pk).update(last_used_at=now)
    except DatabaseError:
        log.warning("use of token %s not noted", token.pk, exc_info=True)
