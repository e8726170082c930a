"""Whom a hand looks after: the people of its cities and of the units it chairs, and what each holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from organisations.deputies import deputies_of, heads_of, may_choose
from organisations.hands import Hand
from organisations.models import Appointment, Delegation, Unit, User
from organisations.people import people_of_the_cities
from organisations.reach import within_reach
from workflow.models import Case
from workflow.words import saying, words_of

from .handover import all_in_hand, counts_in_hand


class Standing(TextChoices):
    """Whether a person uses the service, has yet to come, or has left it."""

    ACTIVE = "active", _("Đang dùng")
    AWAITED = "awaited", _("Chưa đăng nhập")
    LEFT = "left", _("Đã ngừng")


def looks_after_people(hand: Hand) -> bool:
    """Whoever administers a city or chairs a unit."""
    return bool(hand.cities_administered or hand.units_chaired)


def looked_after(hand: Hand, counts: Counter[tuple[int, int]] | None = None) -> QuerySet[User]:
    """Everybody whose affairs the hand may read; what is in hand where it chairs may be known already."""
    people = Q(pk__in=people_of_the_cities(hand).values("pk"))
    if hand.units_chaired:
        people |= of_chaired(hand, counts_in_hand(hand.units_chaired) if counts is None else counts)
    return User.objects.filter(people)


def of_chaired(hand: Hand, counts: Counter[tuple[int, int]]) -> Q:
    """Whoever holds an office in the units it chairs, or has left with cases still in hand."""
    held = Appointment.objects.current(hand.on).filter(unit__in=hand.units_chaired)
    return Q(pk__in=held.values("user")) | Q(pk__in={person for _unit, person in counts})


def with_offices(people: QuerySet[User], hand: Hand) -> Any:
    """The same people with the offices of today that the hand reaches, as `held`."""
    held = Appointment.objects.current(hand.on).filter(within_reach(hand)).select_related("unit")
    return people.prefetch_related(Prefetch("appointments", queryset=held, to_attr="held"))


def of_unit(people: Any, words: str) -> Any:
    """Those who ever held an office in a unit whose name or code holds every word."""
    if words_of(words):
        here = saying(Unit.objects.all(), words)
        people = people.filter(Exists(Appointment.objects.filter(user=OuterRef("pk"), unit__in=here)))
    return people


def standing_as(people: Any, standing: str) -> Any:
    people = people.filter(is_active=standing != Standing.LEFT)
    return people.filter(last_login=None) if standing == Standing.AWAITED else people


# --- One of them ------------------------------------------------------------------------------


def offices_of(person: User, hand: Hand) -> list[Appointment]:
    """Every office of a person that the hand reaches, former ones as well, the newest first."""
    held = person.appointments.filter(within_reach(hand)).select_related("unit__parent")
    return list(held.order_by("-since", "-pk"))


class Deputy(NamedTuple):
    """Who stands in for whom, and whether the reader may end it."""

    delegation: Delegation
    may_end: bool


class Deputies(NamedTuple):
    """The deputies of a person, and the units in which the reader may choose another."""

    rows: list[Deputy]
    units: list[Unit]


def deputies_within_reach(person: User, hand: Hand, units: Iterable[Unit]) -> Deputies:
    """Who stands in for a person or for whom they do, and in which of these units one may be chosen."""
    units = list(units)
    found = list(deputies_of(person, hand.on).filter(within_reach(hand)))
    heads = heads_of([*units, *(delegation.unit for delegation in found)], hand.on)
    rows = [Deputy(d, may_choose(hand, d.giver_id, d.taker_id, d.unit, heads)) for d in found]
    return Deputies(rows, [unit for unit in units if may_choose(hand, person.pk, None, unit, heads)])


def hands_of(person: User, hand: Hand) -> list[tuple[Unit, list[Case]]]:
    """What a person has in hand within reach, unit by unit."""
    found: dict[int, list[Case]] = {}
    for case in all_in_hand(person).filter(within_reach(hand)).for_reading().order_by("turn_due_on", "pk"):
        found.setdefault(case.unit_id, []).append(case)
    return [(cases[0].unit, cases) for cases in found.values()]
