"""Why a file or a list is refused: where in what was sent, and a sentence that says what to do."""

from typing import NamedTuple

from django.utils.translation import gettext as _

#: Nobody mends more at a time; a wrong column has a fault in every row.
MAX_FAULTS = 200


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
