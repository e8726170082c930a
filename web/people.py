"""The people a reader looks after, and what one of them holds and has in hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from django.conf import settings
from django.forms import Form

from actions.handover import counts_in_hand
from actions.people import Deputy, deputies_within_reach, hands_of, of_chaired, offices_of, with_offices
from notifications.invitations import latest
from organisations.hands import Hand
from organisations.models import Appointment, Unit, User
from organisations.people import is_pseudonymous, people_of_the_cities
from organisations.reach import units_to_give
from organisations.tokens import live_tokens
from workflow.models import Case

from .deadlines import today
from .forms.people import DeputyForm, EndForm, HandOverForm, OfficeForm


class InHand(NamedTuple):
    """One person of a unit, with the number of live cases they have in hand there."""

    person: User
    cases: int
    offices: list[Appointment]


def of_units(hand: Hand) -> list[tuple[Unit, list[InHand]]]:
    """For whoever chairs units: their people, and whoever has left with cases still in hand."""
    counts = counts_in_hand(hand.units_chaired)
    people = {
        person.pk: person for person in with_offices(User.objects.filter(of_chaired(hand, counts)), hand)
    }
    units = []
    for unit in Unit.objects.filter(pk__in=hand.units_chaired):
        rows = []
        for person in people.values():
            offices = [office for office in person.held if office.unit_id == unit.pk]
            count = counts[unit.pk, person.pk]
            if offices or count:
                rows.append(InHand(person, count, offices))
        units.append((unit, rows))
    return units


def of_cities(hand: Hand) -> Any:
    """For an administrator: everybody of their cities, with the offices of today."""
    return with_offices(people_of_the_cities(hand), hand)


class Held(NamedTuple):
    """An office with the form that ends it, where the reader may."""

    office: Appointment
    is_current: bool
    end: Form | None


class Hands(NamedTuple):
    """What a person has in hand in one unit, with the form that hands it over."""

    unit: Unit
    cases: list[Case]
    form: Form | None


def person_file(hand: Hand, person: User, bound: Mapping[str, Form]) -> dict[str, Any]:
    """What the page of a person shows to one reader; a fixed number of queries."""
    day = today()
    administers = bool(hand.cities_administered)
    offices = offices_of(person, hand)
    current = [office for office in offices if office.since <= day.on and not _is_over(office, day.on)]
    units = list({office.unit_id: office.unit for office in current}.values())
    is_here = person.is_active and bool(units)
    return {
        "person": person,
        "today": day,
        "administers_person": administers,
        "is_self": person == hand.user,
        "is_pseudonymous": is_pseudonymous(person),
        "offices": [_office(office, day.on, administers, bound) for office in offices],
        "office_form": _office_form(hand, person, day.on, bound) if administers else None,
        "deputies": _deputies(hand, person, units if is_here else [], bound),
        "hands": _hands(hand, person, day.on, bound),
        "bound": bound,
        "invitation": latest(person) if administers else None,
        "is_awaited": administers and person.is_active and person.last_login is None,
        "live_tokens": live_tokens(person) if administers else 0,
        "link_days": settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60),
    }


def _is_over(office: Appointment, on: date) -> bool:
    return office.until is not None and office.until <= on


def _office(office: Appointment, on: date, administers: bool, bound: Mapping[str, Form]) -> Held:
    key = f"end-{office.pk}"
    is_over = _is_over(office, on)
    form = bound.get(key) or (EndForm(key, on=max(on, office.since)) if administers and not is_over else None)
    return Held(office, office.since <= on and not is_over, form)


def _office_form(hand: Hand, person: User, on: date, bound: Mapping[str, Form]) -> Form | None:
    if "office" in bound:
        return bound["office"]
    return OfficeForm(units_to_give(hand), on=on) if person.is_active and person != hand.user else None


class Deputies(NamedTuple):
    """Who stands in for a person or for whom they do, each with whether the reader may end it."""

    rows: list[Deputy]
    form: Form | None


def _deputies(hand: Hand, person: User, units: list[Unit], bound: Mapping[str, Form]) -> Deputies:
    rows, theirs = deputies_within_reach(person, hand, units)
    form = DeputyForm(person, theirs, on=hand.on, reader=hand.user) if theirs else None
    return Deputies(rows, bound.get("deputy") or form)


def _hands(hand: Hand, person: User, on: date, bound: Mapping[str, Form]) -> list[Hands]:
    hands = []
    for unit, cases in hands_of(person, hand):
        form = bound.get(f"hand-over-{unit.pk}")
        if form is None and unit.pk in hand.units_chaired:
            form = HandOverForm(person, unit, on=on)
        hands.append(Hands(unit, cases, form))
    return hands
