"""POST people/{id}/hand-over/ · GET and POST me/delegations/ · POST me/delegations/{id}/end/."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from actions.handover import hand_over_all, in_hand
from organisations.deputies import LONGEST_REASON, delegate, end_delegation
from organisations.hands import Hand
from organisations.models import Appointment, Delegation, Unit, User

from ..fields import ModelSerializer, PersonField, PersonSerializer, Strict, UnitField
from ..requests import PersonRequest
from .base import Listing, View


class _HandOverSerializer(Strict):
    unit = UnitField()
    to = PersonField()
    note = serializers.CharField(required=False, allow_blank=True, max_length=10000)


class HandedOverSerializer(Strict):
    """What went over: numbers of cases, and how many corrective actions."""

    cases = serializers.ListField(child=serializers.CharField())
    actions = serializers.IntegerField()


class HandOver(View):
    """All that a person has in hand in a unit, to another person of it."""

    @extend_schema(request=_HandOverSerializer, responses=HandedOverSerializer)
    def post(self, request: PersonRequest, person: int) -> Response:
        given = _HandOverSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        sent = given.validated_data
        giver = _of_the_unit(request, person, sent["unit"])
        done = hand_over_all(
            giver, unit=sent["unit"], to=sent["to"], by=request.user, note=sent.get("note", "")
        )
        return Response(HandedOverSerializer(done._asdict()).data)


def _of_the_unit(request: PersonRequest, key: int, unit: Unit) -> User:
    """A person of a unit that the caller sees; somebody who has left is there with what they have."""
    if not Hand(request.user).visible_units().filter(pk=unit.pk).exists():
        raise Http404
    person = get_object_or_404(User, pk=key)
    if not Appointment.objects.filter(user=person, unit=unit).exists() and not in_hand(person, unit).exists():
        raise Http404
    return person


class DelegationSerializer(ModelSerializer):
    giver = PersonSerializer()
    taker = PersonSerializer()
    unit: Any = serializers.CharField(source="unit.code")

    class Meta:
        model = Delegation
        fields = ("id", "giver", "taker", "unit", "since", "until", "reason")


class _DelegationSerializer(Strict):
    taker = PersonField()
    unit = UnitField()
    since = serializers.DateField()
    until = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="the first day without it"
    )
    reason = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_REASON, default="")


class MyDelegations(Listing):
    """Who stands in for me, or for whom I do, now or later."""

    serializer_class = DelegationSerializer
    queryset = Delegation.objects.none()
    order = ("-id",)

    def get_queryset(self) -> QuerySet[Delegation]:
        mine = Q(giver=self.request.user) | Q(taker=self.request.user)
        not_over = Q(until=None) | Q(until__gt=timezone.localdate())
        return Delegation.objects.filter(mine, not_over).select_related("giver", "taker", "unit")

    @extend_schema(request=_DelegationSerializer, responses={201: DelegationSerializer})
    def post(self, request: PersonRequest) -> Response:
        given = _DelegationSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        made = delegate(request.user, by=request.user, **given.validated_data)
        return Response(DelegationSerializer(made).data, status=201)


class EndDelegation(View):
    @extend_schema(request=None, responses=DelegationSerializer)
    def post(self, request: PersonRequest, delegation: int) -> Response:
        mine = Delegation.objects.filter(giver=request.user).select_related("unit__parent")
        ended = end_delegation(get_object_or_404(mine, pk=delegation), by=request.user)
        return Response(DelegationSerializer(ended).data)
