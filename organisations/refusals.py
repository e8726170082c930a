"""The ways anything is refused: each with its own answer and a sentence for the person; files by place."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

#: Nobody mends more at a time; a wrong column has a fault in every row.
MAX_FAULTS = 200


class Refusal(Exception):
    """A refusal in the reader's language; `errors` holds sentences by field where they have one."""

    def __init__(self, *sentences: str, errors: Mapping[str, Sequence[str]] | None = None) -> None:
        self.errors = {field: list(said) for field, said in (errors or {}).items()}
        self.sentences = list(sentences) or [s for said in self.errors.values() for s in said]
        super().__init__(" ".join(str(s) for s in self.sentences))


class Invalid(Refusal):
    """What was sent cannot be understood or is missing (400)."""


class NotYours(Refusal):
    """The person sees what it is about, but the deed is not theirs (403)."""


class NotNow(Refusal):
    """It is not possible in the state of things (409)."""


class Fault(NamedTuple):
    """One thing wrong: the place (a cell such as "C7", or "ratings[3].colour") and a sentence."""

    where: str
    sentence: str


class Refused(Exception):
    """Nothing of what was sent was stored; each fault says where and what to do."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults[:MAX_FAULTS]
        if len(faults) > MAX_FAULTS:
            more = _("Và %(count)s chỗ khác nữa.") % {"count": len(faults) - MAX_FAULTS}
            self.faults.append(Fault("…", more))
        super().__init__("; ".join(f"{f.where}: {f.sentence}" for f in self.faults))
