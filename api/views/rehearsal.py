"""GET rehearsal/: what the next working morning would send."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from notifications import rehearsal as rehearsing
from notifications.rehearsal import Told, rehearse
from organisations.hands import Hand
from organisations.refusals import NotYours
from workflow.vocabulary import Kind

from ..fields import InstantField, PersonSerializer, Strict
from ..requests import PersonRequest
from .base import View


class _CountSerializer(Strict):
    kind = serializers.ChoiceField(choices=Kind.choices)
    count = serializers.IntegerField()


class ToldSerializer(Strict):
    """What one person would be told, and by what beside the product."""

    person = PersonSerializer()
    reminders = serializers.SerializerMethodField()
    cases: Any = serializers.ListField(child=serializers.CharField())
    channels = serializers.ListField(child=serializers.CharField())

    @extend_schema_field(_CountSerializer(many=True))
    def get_reminders(self, told: Told) -> list[dict[str, Any]]:
        return [{"kind": kind, "count": count} for kind, count in told.kinds]


class RehearsalSerializer(Strict):
    at = InstantField(help_text="the next opening of offices on a working day")
    rests_tomorrow = serializers.BooleanField()
    reminders = serializers.IntegerField(help_text="milestones that would ring")
    told = ToldSerializer(many=True)
    vacant = serializers.SerializerMethodField(help_text="units whose empty chair would be reported")
    waiting = serializers.IntegerField(help_text="digests that wait for that morning already")

    def get_vacant(self, rehearsal: rehearsing.Rehearsal) -> list[str]:
        return [unit.code for unit in rehearsal.vacant]


class Rehearsal(View):
    """For whoever administers a city: nothing is sent, nothing is written."""

    may_be_refused = True

    @extend_schema(responses=RehearsalSerializer)
    def get(self, request: PersonRequest) -> Response:
        hand = Hand(request.user)
        if not hand.cities_administered:
            raise NotYours()
        return Response(RehearsalSerializer(rehearse(hand)).data)
