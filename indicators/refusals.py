"""Why ratings are refused: faults of what was sent, or not this person's to record."""

from organisations.refusals import MAX_FAULTS, Fault, Refused

__all__ = ["MAX_FAULTS", "Fault", "NotAllowed", "Outdated", "Refused"]


class Outdated(Refused):
    """Somebody has said otherwise since the sender looked; each fault says of what."""


class NotAllowed(Exception):
    """The person may not record these ratings."""
