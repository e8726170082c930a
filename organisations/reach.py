"""How far a hand reaches: over offices and deputies, and over the people and the past of units."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from .hands import Hand
from .models import Appointment, Delegation, Unit
from .refusals import NotYours


def refuse_all_but_administrators(hand: Hand) -> None:
    """Before anything that was sent is looked at. Raises NotYours."""
    if not hand.cities_administered:
        raise NotYours(_("Chỉ quản trị của thành phố làm được việc này."))


def within_reach(hand: Hand) -> Q:
    """Rows of units that the hand chairs or whose city it administers."""
    cities = hand.cities_administered
    return Q(unit__in=hand.units_chaired | cities) | Q(unit__parent__in=cities)


def units_to_give(hand: Hand) -> QuerySet[Unit]:
    """Standing units in which an administrator gives offices."""
    cities = hand.cities_administered
    return Unit.objects.filter(Q(pk__in=cities) | Q(parent__in=cities), dissolved_on=None)


def units_read_by(hand: Hand) -> QuerySet[Unit]:
    """The units whose people and past it reads: those whose affairs it sees, and their city."""
    return hand.visible_units() | Unit.objects.filter(pk__in=hand.cities)


def offices_in(unit: Unit, on: date) -> QuerySet[Appointment]:
    """Who holds an office in a unit on a day."""
    held = Appointment.objects.current(on).filter(unit=unit, user__is_active=True)
    return held.select_related("user").order_by("user__sort_key", "pk")


def deputies_in(unit: Unit, on: date) -> QuerySet[Delegation]:
    """Who stands in for whom in a unit, on a day or later."""
    given = Delegation.objects.filter(Q(until=None) | Q(until__gt=on), unit=unit)
    return given.select_related("giver", "taker").order_by("since", "pk")
