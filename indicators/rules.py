"""Who may record which ratings."""

from organisations.hands import Hand
from organisations.models import Role, Unit

from .models import Rater

#: Offices of a unit whose holders record its own assessment.
RECORDS_FOR_THE_UNIT = (Role.COORDINATOR, Role.CHAIRPERSON)


def may_record(hand: Hand, unit: Unit, kind: str) -> bool:
    """A unit's own rating comes from its coordinator or whoever chairs it, or from the city's
    administrator on its behalf; the city's rating from its auditors."""
    if kind == Rater.CITY:
        return hand.audits(unit)
    return (
        any(hand.holds(role, unit.pk) for role in RECORDS_FOR_THE_UNIT)
        or unit.pk in hand.units_chaired
        or hand.administers(unit)
    )
