"""The right of a machine to act in a person's name through the API: a token, with a name and an end."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken, get_digest_token
from knox.settings import CONSTANTS

if TYPE_CHECKING:
    from .models import User

#: Characters of the name that a person gives a token.
LONGEST_NAME = 60


class Scope(models.TextChoices):
    """What a token may do of what its person may."""

    READ = "read", _("Chỉ đọc")
    WRITE = "write", _("Đọc và ghi")


class AccessTokenQuerySet(models.QuerySet["AccessToken"]):
    def live(self, at: datetime) -> AccessTokenQuerySet:
        """Tokens that open something at an instant."""
        return self.filter(Q(expiry=None) | Q(expiry__gt=at))

    def make(self, person: User, **given: Any) -> tuple[AccessToken, str]:
        """A new token, with the secret that is kept nowhere."""
        digest, secret = get_digest_token()
        key = secret[: CONSTANTS.TOKEN_KEY_LENGTH]
        return self.create(user=person, digest=digest, token_key=key, **given), secret


class AccessToken(AbstractAuthToken):
    """A token of a person, kept as a hash; revoking it deletes it, what came to pass is in the ledger.

    Its beginning, `token_key`, may be shown: it tells tokens apart and opens nothing.
    """

    # The library's own key is the hash, which no address and no page is to show.
    id = models.BigAutoField(primary_key=True)
    digest = models.CharField(max_length=CONSTANTS.DIGEST_LENGTH, unique=True)
    name = models.CharField(_("tên"), max_length=LONGEST_NAME)
    scope = models.CharField(_("quyền"), max_length=5, choices=Scope)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = AccessTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("mã truy cập API")
        verbose_name_plural = _("mã truy cập API")

    def __str__(self) -> str:
        return f"{self.token_key}…"

    @property
    def is_expired(self) -> bool:
        return self.expiry is not None and self.expiry <= timezone.now()
