"""The hand behind a request: who reads this page, with the offices they hold today."""

from django.http import HttpRequest

from indicators.rules import RECORDS_FOR_THE_UNIT
from organisations.hands import Hand


def hand_of(request: HttpRequest) -> Hand:
    """The reader's hand, its offices asked of the database once a request."""
    if not hasattr(request, "hand"):
        request.hand = Hand(request.user if request.user.is_authenticated else None)
    return request.hand


def may_record_somewhere(hand: Hand) -> bool:
    """Whether the assessment pages have anything for this person."""
    roles = {role for role, _unit in hand.offices}
    return bool(roles & set(RECORDS_FOR_THE_UNIT) or hand.units_chaired or hand.cities)
