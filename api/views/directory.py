"""GET and POST people/ · GET people/{id}/: whom I look after."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from actions.handover import counts_in_hand
from actions.people import (
    Standing,
    deputies_within_reach,
    hands_of,
    looked_after,
    looks_after_people,
    of_unit,
    offices_of,
    standing_as,
    with_offices,
)
from notifications.invitations import latest, welcome
from organisations.hands import Hand
from organisations.models import Unit, User
from organisations.reach import refuse_all_but_administrators
from organisations.refusals import NotYours
from workflow.words import saying

from ..people import PersonFileSerializer, PersonRowSerializer
from ..requests import PersonRequest
from ..staffing import NewPersonSerializer
from .base import Listing, View


class PeopleFilter(django_filters.FilterSet):
    search = django_filters.CharFilter(method="is_called", help_text="words of a name or address")
    unit = django_filters.CharFilter(method="is_of_unit", help_text="a code, or words of a name")
    standing = django_filters.ChoiceFilter(choices=Standing.choices, method="stands")

    class Meta:
        model = User
        fields: list[str] = []

    def is_called(self, people: Any, name: str, value: str) -> Any:
        return saying(people, value)

    def is_of_unit(self, people: Any, name: str, value: str) -> Any:
        return of_unit(people, value)

    def stands(self, people: Any, name: str, value: str) -> Any:
        return standing_as(people, value)


class People(Listing):
    """Those of the cities I administer and of the units I chair, by given name."""

    serializer_class = PersonRowSerializer
    filterset_class = PeopleFilter
    queryset = User.objects.none()
    order = ("sort_key", "id")
    may_be_refused = True

    def get_queryset(self) -> QuerySet[User]:
        hand = Hand(self.request.user)
        if not looks_after_people(hand):
            raise NotYours()
        self.counts = counts_in_hand(hand.units_chaired)
        return with_offices(looked_after(hand, self.counts), hand)

    def get_serializer_context(self) -> dict[str, Any]:
        counts = getattr(self, "counts", {})
        codes = dict(Unit.objects.filter(pk__in={unit for unit, _p in counts}).values_list("pk", "code"))
        found: dict[int, list[dict[str, Any]]] = {}
        for (unit, person), cases in sorted(counts.items()):
            found.setdefault(person, []).append({"unit": codes[unit], "cases": cases})
        return {**super().get_serializer_context(), "in_hand": found}

    @extend_schema(request=NewPersonSerializer, responses={201: PersonFileSerializer})
    def post(self, request: PersonRequest) -> Response:
        """Enter somebody new, who is invited by mail to set a password."""
        refuse_all_but_administrators(Hand(request.user))
        given = NewPersonSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        person = welcome(by=request.user, **given.validated_data)
        return Response(told(request, person), status=201)


def fetch(request: PersonRequest, key: int) -> User:
    """A person whom the caller looks after; anybody else is not there."""
    return get_object_or_404(looked_after(Hand(request.user)), pk=key)


def fetch_to_administer(request: PersonRequest, key: int) -> User:
    """The same for a deed of administrators, which others who see the person are told is not theirs."""
    person = fetch(request, key)
    refuse_all_but_administrators(Hand(request.user))
    return person


def told(request: PersonRequest, person: User) -> Any:
    """The person as the caller may read them."""
    hand = Hand(request.user)
    offices = offices_of(person, hand)
    context = {
        "offices": offices,
        "deputies": [row.delegation for row in deputies_within_reach(person, hand, []).rows],
        "hands": hands_of(person, hand),
        "invitation": latest(person) if hand.cities_administered else None,
    }
    return PersonFileSerializer(person, context=context).data


class OnePerson(View):
    @extend_schema(responses=PersonFileSerializer)
    def get(self, request: PersonRequest, person: int) -> Response:
        return Response(told(request, fetch(request, person)))
