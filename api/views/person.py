"""POST people/{id}/…: offices, deputies, invitation, leaving; each view fetches and calls."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from notifications.invitations import invite_again, latest
from organisations import deputies, offices, people
from organisations.hands import Hand
from organisations.reach import within_reach

from ..people import (
    DeputySerializer,
    HeldOfficeSerializer,
    InvitationSerializer,
    LeftSerializer,
    PersonFileSerializer,
)
from ..requests import PersonRequest
from ..staffing import EndOfficeSerializer, NewDeputySerializer, NewOfficeSerializer, TypedSerializer
from .base import View
from .directory import fetch, fetch_to_administer, told


def _sent(request: PersonRequest, asked: type[serializers.Serializer]) -> dict[str, Any]:
    given = asked(data=request.data)
    given.is_valid(raise_exception=True)
    return given.validated_data


class Offices(View):
    """Give an office, as an administrator of the unit's city."""

    @extend_schema(request=NewOfficeSerializer, responses={201: HeldOfficeSerializer})
    def post(self, request: PersonRequest, person: int) -> Response:
        found = fetch_to_administer(request, person)
        given = offices.appoint(found, by=request.user, **_sent(request, NewOfficeSerializer))
        return Response(HeldOfficeSerializer(given).data, status=201)


class EndOffice(View):
    @extend_schema(request=EndOfficeSerializer, responses=HeldOfficeSerializer)
    def post(self, request: PersonRequest, person: int, office: int) -> Response:
        theirs = fetch_to_administer(request, person).appointments.filter(within_reach(Hand(request.user)))
        held = get_object_or_404(theirs.select_related("unit__parent"), pk=office)
        ended = offices.end_office(held, by=request.user, **_sent(request, EndOfficeSerializer))
        return Response(HeldOfficeSerializer(ended).data)


class Deputies(View):
    """Let another stand in for a person during an absence."""

    @extend_schema(request=NewDeputySerializer, responses={201: DeputySerializer})
    def post(self, request: PersonRequest, person: int) -> Response:
        giver = fetch(request, person)
        made = deputies.delegate(giver, by=request.user, **_sent(request, NewDeputySerializer))
        return Response(DeputySerializer(made).data, status=201)


class EndDeputy(View):
    """It ends today; one that has not begun never does."""

    @extend_schema(request=None, responses=DeputySerializer)
    def post(self, request: PersonRequest, person: int, delegation: int) -> Response:
        theirs = deputies.deputies_of(fetch(request, person), timezone.localdate())
        found = get_object_or_404(theirs.filter(within_reach(Hand(request.user))), pk=delegation)
        return Response(DeputySerializer(deputies.end_delegation(found, by=request.user)).data)


class Invite(View):
    """Another letter to somebody who has never signed in."""

    @extend_schema(request=None, responses={201: InvitationSerializer})
    def post(self, request: PersonRequest, person: int) -> Response:
        found = fetch_to_administer(request, person)
        invite_again(found, by=request.user)
        return Response(InvitationSerializer(latest(found)).data, status=201)


class Deactivate(View):
    """A person leaves: offices and deputies end today, nobody signs in with their name again."""

    @extend_schema(request=None, responses=LeftSerializer)
    def post(self, request: PersonRequest, person: int) -> Response:
        left = people.deactivate(fetch_to_administer(request, person), by=request.user)
        return Response(LeftSerializer(left._asdict()).data)


class Pseudonymise(View):
    """Take the name and address of somebody who left out of the system, for good."""

    @extend_schema(request=TypedSerializer, responses=PersonFileSerializer)
    def post(self, request: PersonRequest, person: int) -> Response:
        found = fetch_to_administer(request, person)
        if not people.is_address_of(found, _sent(request, TypedSerializer)["typed"]):
            raise ValidationError({"typed": [_("Chưa khớp với thư điện tử của người này.")]})
        return Response(told(request, people.pseudonymise(found, by=request.user)))
