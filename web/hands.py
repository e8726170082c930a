"""The hand behind a request: who reads this page, with the offices they hold today."""

from django.http import HttpRequest

from indicators.rules import RECORDS_FOR_THE_UNIT
from organisations.hands import Hand
from organisations.models import User


class PersonRequest(HttpRequest):
    """A request of a signed-in person; every view here that takes one asks for sign-in first."""

    user: User
    hand: Hand


def hand_of(request: PersonRequest) -> Hand:
    """The reader's hand, its offices asked of the database once a request."""
    if not hasattr(request, "hand"):
        request.hand = Hand(request.user)
    return request.hand


def may_record_somewhere(hand: Hand) -> bool:
    """Whether the assessment pages have anything for this person."""
    roles = {role for role, _unit in hand.offices}
    return bool(roles & set(RECORDS_FOR_THE_UNIT) or hand.units_chaired or hand.cities)
