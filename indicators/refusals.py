"""Why ratings are refused: where in what was sent, and a sentence that says what to do."""

from typing import NamedTuple


class Fault(NamedTuple):
    """One thing wrong: the place (a cell such as "C7", or "ratings[3].colour") and a sentence."""

    where: str
    sentence: str


class Refused(Exception):
    """Nothing of what was sent was stored; each fault says where and what to do."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("; ".join(f"{f.where}: {f.sentence}" for f in faults))


class NotAllowed(Exception):
    """The person may not record these ratings."""
