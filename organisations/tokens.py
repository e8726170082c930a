"""Tokens of the API: made by whom they speak for, revoked by them or by their administrator."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .access import LONGEST_NAME, AccessToken, AccessTokenQuerySet, Scope
from .hands import Hand
from .ledger import ADDITION, DELETION, enter, enter_all
from .models import User
from .offices import hold
from .people import hold_person
from .refusals import Invalid, NotNow, NotYours

#: Days that a token opens something: where nobody says how many, and at most.
USUAL_DAYS, MOST_DAYS = 90, 365
#: Live tokens that one person may have.
MOST_TOKENS = 20
#: Days that a token which has expired is still shown as such.
SHOWN_DAYS = 30


class Issued(NamedTuple):
    """A new token, with its secret: told only now."""

    token: AccessToken
    secret: str


def tokens_of(person: User) -> AccessTokenQuerySet:
    """What a person is shown of their tokens, newest first: the live ones, and those that ended lately."""
    return AccessToken.objects.filter(user=person).live(_shown_since()).order_by("-pk")


def live_tokens(person: User) -> int:
    """How many tokens of a person open something."""
    return AccessToken.objects.filter(user=person).live(timezone.now()).count()


def _shown_since() -> datetime:
    return timezone.now() - timedelta(days=SHOWN_DAYS)


@transaction.atomic
def issue(
    person: User,
    *,
    name: str,
    scope: str,
    days: int = USUAL_DAYS,
    by: User | None,
) -> Issued:
    """Give a person a token of their own; `by=None` is whoever runs the server.

    Raises NotYours, Invalid, NotNow.
    """
    if by is not None and by != person:
        raise NotYours(_("Mỗi người chỉ tự tạo mã truy cập cho mình."))
    name = " ".join(name.split())
    _refuse_wrong(name, scope, days)
    (person,) = hold(person)
    _refuse_too_many(person)
    AccessToken.objects.filter(expiry__lte=_shown_since()).delete()
    expiry = timezone.now() + timedelta(days=days)
    token, secret = AccessToken.objects.all().make(person, name=name, scope=scope, expiry=expiry)
    enter(token, ADDITION, f"{scope}; until {expiry:%Y-%m-%d}; {person.pk}", by=by or person)
    return Issued(token, secret)


def _refuse_wrong(name: str, scope: str, days: int) -> None:
    errors: dict[str, list[str]] = {}
    if not 0 < len(name) <= LONGEST_NAME:
        errors["name"] = [_("Đặt tên cho mã, không quá %(most)s ký tự.") % {"most": LONGEST_NAME}]
    elif not name.isprintable():
        errors["name"] = [_("Tên có ký tự không đọc được; hãy gõ lại.")]
    if scope not in Scope.values:
        errors["scope"] = [_("Chọn chỉ đọc, hoặc đọc và ghi.")]
    if not 1 <= days <= MOST_DAYS:
        errors["days"] = [_("Nhập số ngày từ 1 đến %(most)s.") % {"most": MOST_DAYS}]
    if errors:
        raise Invalid(errors=errors)


def _refuse_too_many(person: User) -> None:
    if not person.is_active:
        raise NotNow(_("%(person)s đã ngừng sử dụng hệ thống.") % {"person": person})
    if live_tokens(person) >= MOST_TOKENS:
        raise NotNow(_("Đã có %(most)s mã đang dùng; hãy thu hồi mã không cần nữa.") % {"most": MOST_TOKENS})


@transaction.atomic
def revoke(token: AccessToken, *, by: User) -> None:
    """The token opens nothing any more, from now on; once is enough. Raises NotYours."""
    if token.user_id != by.pk:
        raise NotYours(_("Mỗi người chỉ thu hồi mã truy cập của mình."))
    _end([token], by=by)


@transaction.atomic
def end_tokens(person: User, *, by: User) -> int:
    """An administrator ends all tokens of a person of theirs; answers how many were live.

    Raises NotYours.
    """
    person = hold_person(person, by, Hand(by))
    live = live_tokens(person)
    _end(list(AccessToken.objects.filter(user=person)), by=by)
    return live


def _end(tokens: list[AccessToken], *, by: User) -> None:
    kept = {token.pk: f"{token.user_id}" for token in tokens}
    gone = list(AccessToken.objects.select_for_update(no_key=True).filter(pk__in=kept).order_by("pk"))
    AccessToken.objects.filter(pk__in=[token.pk for token in gone]).delete()
    enter_all(gone, DELETION, kept, by=by)
