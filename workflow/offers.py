"""What may I do now: every step of the contract, offered to a hand or answered with why not.

The pages draw from this and the API tells it; both then go through the one door, which asks again.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from organisations.hands import Hand

from .arrows import Arrow, arrow_for
from .models import Case
from .operations import can
from .refusals import NotNow
from .rules import Who, title_of
from .vocabulary import Step


class Offer(NamedTuple):
    """A step as it stands for one hand: `is_mine` says whose it is, `why_not` what is in the way."""

    step: Step
    arrow: Arrow | None
    is_mine: bool
    why_not: list[str]

    @property
    def possible(self) -> bool:
        return not self.why_not

    @property
    def asks(self) -> tuple[str, ...]:
        """What the step asks for; a name that ends in "?" may be left out."""
        return self.arrow.asks if self.arrow else ()


def steps_for(case: Case, hand: Hand) -> list[Offer]:
    """All steps in the order of the contract; each rule is asked once however many steps share it."""
    is_one_of: Callable[[Who], bool] = cache(lambda who: who(case, hand))
    unmet = cache(lambda when: tuple(when(case, hand.on, None)))
    return [_offer(case, step, is_one_of, unmet) for step in Step]


def _offer(case: Case, step: Step, is_one_of: Callable, unmet: Callable) -> Offer:
    arrow = arrow_for(step, case.state)
    if arrow is None:
        return Offer(step, None, False, list(_impossible(step, case.state, get_language())))
    if not any(is_one_of(who) for who in arrow.by):
        return Offer(step, arrow, False, [_whose(arrow, get_language())])
    return Offer(step, arrow, True, [said for when in arrow.when for said in unmet(when)])


# Sentences that are the same for every case are said once in each language.


@cache
def _impossible(step: Step, state: str, _language: str | None) -> tuple[str, ...]:
    try:
        can(Case(state=state), step)
    except NotNow as refusal:
        return tuple(refusal.sentences)
    raise AssertionError(f"{step} has no arrow from {state} and yet is possible")


@cache
def _whose(arrow: Arrow, _language: str | None) -> str:
    owners = ", ".join(title_of(who) for who in arrow.by)
    return _("Bước này thuộc quyền của: %(owners)s.") % {"owners": owners}
