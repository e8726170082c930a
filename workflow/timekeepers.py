"""Who keeps the rules of time: they hold for every city, so no city changes them for another."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from organisations.hands import Hand
from organisations.models import Unit

from .models import Case
from .refusals import NotYours


def keeps_time(hand: Hand) -> bool:
    """Whether the person administers every city that has cases; where none has, whichever city."""
    cities = hand.cities_administered
    elsewhere = Unit.objects.exclude(Q(pk__in=cities) | Q(parent__in=cities))
    touched = elsewhere.filter(Exists(Case.objects.filter(unit=OuterRef("pk"))))
    return bool(cities) and not touched.exists()


def refuse_other_hands(hand: Hand, said: str) -> None:
    """Raise NotYours for whoever does not keep time; `said` is for those who administer nothing."""
    if not hand.cities_administered:
        raise NotYours(said)
    if not keeps_time(hand):
        raise NotYours(
            _(
                "Lịch làm việc và quy định thời hạn dùng chung cho mọi thành phố có hồ sơ; chỉ người "
                "quản trị tất cả các thành phố ấy sửa được."
            )
        )
