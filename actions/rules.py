"""Who does the work inside a case, and when."""

from organisations.hands import Hand
from workflow.models import Case
from workflow.vocabulary import State

from .models import CorrectiveAction

#: States in which the file of a case may grow.
OPEN_FOR_WORK = (State.ASSIGNED, State.IN_PROGRESS)


def works_on_the_case(case: Case, hand: Hand) -> bool:
    """The assignee or a supporter, while they hold an office in the unit."""
    if hand.user is None or case.unit_id not in hand.own_units:
        return False
    return case.participations.filter(user=hand.user, ended_at=None).exists()


def owns_the_action(action: CorrectiveAction, hand: Hand) -> bool:
    """The owner of a corrective action, while they hold an office in the unit."""
    return hand.user is not None and action.owner_id == hand.user.pk and action.case.unit_id in hand.own_units


def owns_any_action(case: Case, hand: Hand) -> bool:
    """Whoever answers for a corrective action of the case that is not dropped."""
    if hand.user is None or case.unit_id not in hand.own_units:
        return False
    return case.corrective_actions.filter(owner=hand.user, dropped_at=None).exists()
