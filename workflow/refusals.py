"""The ways a step is refused: as anything is, and one more, because a case moves while it is read."""

from organisations.refusals import Invalid, NotNow, NotYours, Refusal

__all__ = ["Invalid", "NotNow", "NotYours", "Refusal", "Stale"]


class Stale(Refusal):
    """The case has moved since the person looked at it (412 by API, 409 in a page)."""
