"""A request of a signed-in person: every view but the schema's asks for that first."""

from rest_framework.request import Request

from organisations.hands import Hand
from organisations.models import User


class PersonRequest(Request):
    user: User
    hand: Hand


def hand_of(request: PersonRequest) -> Hand:
    """The hand of whoever asks, its offices asked of the database once a request."""
    if "hand" not in vars(request):  # by its own: the request below it may have one as well
        request.hand = Hand(request.user)
    return request.hand
