"""What everybody is asked at the door: to be somebody, and to hold a token that is meant for it.

What may be done with a case is no matter of these: rules and operations say that, once for all entrances.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission, IsAuthenticated
from rest_framework.request import Request

from organisations.access import AccessToken, Scope


class IsSignedIn(IsAuthenticated):
    def has_permission(self, request: Request, view: Any) -> bool:
        if super().has_permission(request, view):
            return True
        raise NotAuthenticated(_("Hãy gửi mã truy cập: “Authorization: Bearer …”. Tạo mã ở trang tài khoản."))


class IsWithinScope(BasePermission):
    """A token to read with changes nothing; whoever is signed in by session has no token."""

    def has_permission(self, request: Request, view: Any) -> bool:
        token = request.auth
        if not isinstance(token, AccessToken) or token.scope == Scope.WRITE or request.method in SAFE_METHODS:
            return True
        raise PermissionDenied(_("Mã truy cập “%(name)s” chỉ để đọc.") % {"name": token.name})
