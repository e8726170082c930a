"""How far a hand reaches over offices and deputies: the units it chairs, and those of its cities."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from .hands import Hand
from .models import Unit


def within_reach(hand: Hand) -> Q:
    """Rows of units that the hand chairs or whose city it administers."""
    cities = hand.cities_administered
    return Q(unit__in=hand.units_chaired | cities) | Q(unit__parent__in=cities)


def units_to_give(hand: Hand) -> QuerySet[Unit]:
    """Standing units in which an administrator gives offices."""
    cities = hand.cities_administered
    return Unit.objects.filter(Q(pk__in=cities) | Q(parent__in=cities), dissolved_on=None)
