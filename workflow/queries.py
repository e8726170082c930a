"""The words in which cases are asked for; they never decide what may be done."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q

from organisations.hands import Hand
from organisations.models import Role, User
from organisations.vietnamese import fold

from .vocabulary import LIVE, State, Verifier

#: What a search says beyond this narrows nothing: a database compares only so much at once.
MAX_WORDS, MAX_CHARACTERS = 10, 200


def words_of(text: str) -> list[str]:
    """What somebody looks for, word by word and without tones."""
    return fold(text[:MAX_CHARACTERS]).split()[:MAX_WORDS]


class CaseQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User, *, on: date | None = None) -> CaseQuerySet:
        """Cases of the units whose affairs the person sees today; nothing for a stranger."""
        return self.filter(unit__in=Hand(user, on=on).visible_units().values("pk"))

    def live(self) -> CaseQuerySet:
        return self.filter(state__in=LIVE)

    def overdue(self, *, on: date) -> CaseQuerySet:
        return self.filter(turn_due_on__lt=on)

    def awaiting(self, user: User, *, on: date | None = None) -> CaseQuerySet:
        """Live cases in which it is this person's turn by office or by assignment."""
        hand = Hand(user, on=on)
        audited = [unit for role, unit in hand.offices if role == Role.AUDITOR]
        in_verification = Q(state__in=[State.IN_VERIFICATION, State.MONITORING])
        return self.filter(
            Q(assignee=user, state__in=[State.ASSIGNED, State.IN_PROGRESS])
            | Q(unit__in=hand.units_chaired, state=State.OPEN)
            | in_verification & Q(unit__in=hand.units_chaired, verifier=Verifier.CHAIRPERSON)
            | in_verification & Q(unit__parent__in=audited, verifier=Verifier.AUDITOR)
        )

    def search(self, text: str) -> CaseQuerySet:
        """Cases whose number, unit, indicator, or person holds every word, without tones."""
        found: Any = self
        for word in words_of(text):
            found = found.filter(
                Q(number__icontains=word)
                | Q(unit__search_text__contains=word)
                | Q(indicator__search_text__contains=word)
                | Q(assignee__search_text__contains=word)
            )
        return found

    def for_reading(self) -> CaseQuerySet:
        """With everything a row of a list shows."""
        return self.select_related("unit__parent", "indicator", "assignee", "policy")
