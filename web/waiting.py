"""What waits for a person, by what it asks of them: the first page is a list of decisions, not of rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from organisations.hands import Hand
from workflow.models import Case
from workflow.queries import CaseQuerySet, has_an_action_to_do
from workflow.vocabulary import State


class Ask(models.TextChoices):
    """In the order in which they are shown: first what holds up others."""

    DECIDE = "decide", _("Đề nghị gia hạn chờ quyết định")
    ASSIGN = "assign", _("Cần phân công")
    VERIFY = "verify", _("Cần xác nhận kết quả")
    ANSWER = "answer", _("Thành phố cần giải quyết")
    WORK = "work", _("Việc tôi thực hiện")
    CHECK = "check", _("Theo dõi, đánh giá hiệu lực")


class Waiting(NamedTuple):
    """The cases that ask one thing, those that are due first."""

    ask: Ask
    cases: list[Case]
    late: int


_OF_STATES = {
    State.OPEN: Ask.ASSIGN,
    State.IN_VERIFICATION: Ask.VERIFY,
    State.MONITORING: Ask.CHECK,
    State.HANDED_UP: Ask.ANSWER,
    State.WITH_CITY: Ask.ANSWER,
}


def waiting_for(hand: Hand, cases: CaseQuerySet, *, limit: int) -> tuple[list[Waiting], bool]:
    """Of these cases those that wait for the person, in groups, and whether there are more than shown."""
    person = hand.user
    if person is None:
        return [], False
    mine = cases.awaiting(person, on=hand.on)
    mine = mine.annotate(has_my_action=models.Case(
        models.When(has_an_action_to_do(person.pk), then=True), default=False,
        output_field=models.BooleanField(),
    ))  # fmt: skip
    rows = list(mine.for_reading().order_by("turn_due_on", "id")[: limit + 1])
    return grouped(rows[:limit], hand), len(rows) > limit


def grouped(cases: Iterable[Case], hand: Hand) -> list[Waiting]:
    found: dict[Ask, list[Case]] = {ask: [] for ask in Ask}
    for case in cases:
        found[_ask_of(case, hand)].append(case)
    return [Waiting(ask, rows, _late(rows, hand.on)) for ask, rows in found.items() if rows]


def _late(cases: list[Case], on: date) -> int:
    return sum(case.is_overdue(on) for case in cases)


def _ask_of(case: Case, hand: Hand) -> Ask:
    if ask := _OF_STATES.get(State(case.state)):
        return ask
    is_mine = hand.user is not None and case.assignee_id == hand.user.pk
    if is_mine:
        return Ask.WORK
    decides = case.unit_id in hand.units_chaired or case.unit.parent_id in hand.cities
    if case.requested_due_on and decides:
        return Ask.DECIDE
    return Ask.WORK if getattr(case, "has_my_action", False) else Ask.ASSIGN
