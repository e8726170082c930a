"""GET dispatches/ · dispatches/export/ · POST dispatches/messages/{id}/settle/."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from notifications.dispatches import (
    DISPATCHES,
    Outcome,
    detail_of,
    lines_of,
    missed_before,
    outcome_of,
    waiting_of,
)
from notifications.entries import (
    about_case,
    entries,
    messages_seen_by,
    of_units,
    searched,
    told_between,
    with_outcome,
)
from notifications.letters import sentence
from notifications.models import Dispatch, Message, Notification, NotificationQuerySet
from notifications.settling import Settlement, settle
from organisations.hands import Hand
from workflow.calendar import working_days
from workflow.export import XLSX, as_table

from ..exports import As
from ..fields import InstantField, ModelSerializer, PersonSerializer, Strict
from ..filters import Day, Key
from ..requests import PersonRequest
from .base import Listing, View


class DispatchSerializer(ModelSerializer):
    """A way out by one channel, and what became of it."""

    outcome = serializers.SerializerMethodField()
    detail = serializers.SerializerMethodField(help_text="why not, or what the other side said last")
    message = serializers.IntegerField(source="message_id", allow_null=True)
    message_id = serializers.CharField(source="message.message_id", default=None, allow_null=True)
    planned_at = serializers.SerializerMethodField(help_text="of what waits")
    waits_for = serializers.SerializerMethodField(help_text="a rest day, office hours, a further try")
    sent_at = InstantField(source="message.sent_at", default=None, allow_null=True)
    attempts = serializers.IntegerField(
        source="message.attempts", default=0, help_text="that did not succeed"
    )

    class Meta:
        model = Dispatch
        fields: Any = (
            "channel", "outcome", "withheld", "detail", "message", "message_id", "planned_at",
            "waits_for", "sent_at", "attempts",
        )  # fmt: skip

    @extend_schema_field(serializers.ChoiceField(choices=Outcome.choices))
    def get_outcome(self, dispatch: Dispatch) -> str:
        return outcome_of(dispatch)

    @extend_schema_field(InstantField(allow_null=True))
    def get_planned_at(self, dispatch: Dispatch) -> str | None:
        waits = waiting_of(dispatch, self.context["days"]())
        return InstantField().to_representation(waits.at) if waits else None

    def get_waits_for(self, dispatch: Dispatch) -> str:
        waits = waiting_of(dispatch, self.context["days"]())
        return waits.why if waits else ""

    def get_detail(self, dispatch: Dispatch) -> str:
        return detail_of(dispatch)


class EntrySerializer(ModelSerializer):
    """What one person was told, when they read it, and how it went out."""

    recipient = PersonSerializer()
    unit = serializers.CharField(source="unit.code")
    case: Any = serializers.CharField(source="case.number", default=None, allow_null=True)
    text = serializers.SerializerMethodField()
    missed = serializers.SerializerMethodField(help_text="milestones that passed unsaid before this one")
    dispatches = DispatchSerializer(many=True)

    class Meta:
        model = Notification
        fields: Any = (
            "id", "kind", "recipient", "unit", "case", "count", "text", "created_at", "read_at", "missed",
            "dispatches",
        )  # fmt: skip

    def get_text(self, notification: Notification) -> str:
        return sentence(notification)

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_missed(self, notification: Notification) -> list[int]:
        return list(missed_before(notification))


class DispatchFilter(django_filters.FilterSet):
    request: PersonRequest
    case = django_filters.CharFilter(method="about", help_text="the whole number of a case")
    unit = django_filters.CharFilter(method="of_units", help_text="a code, or words of a name")
    recipient = Key(field_name="recipient")
    since = Day(method="told_since")
    until = Day(method="told_until")
    outcome = django_filters.ChoiceFilter(choices=Outcome.choices, method="ended_so")
    search = django_filters.CharFilter(method="searched")

    class Meta:
        model = Notification
        fields: list[str] = []

    def about(self, told: NotificationQuerySet, name: str, value: str) -> NotificationQuerySet:
        return about_case(told, value, hand=Hand(self.request.user))

    def of_units(self, told: NotificationQuerySet, name: str, value: str) -> NotificationQuerySet:
        return of_units(told, value)

    def told_since(self, told: NotificationQuerySet, name: str, value: date) -> NotificationQuerySet:
        return told_between(told, value, None)

    def told_until(self, told: NotificationQuerySet, name: str, value: date) -> NotificationQuerySet:
        return told_between(told, None, value)

    def ended_so(self, told: NotificationQuerySet, name: str, value: str) -> NotificationQuerySet:
        return with_outcome(told, value)

    def searched(self, told: NotificationQuerySet, name: str, value: str) -> NotificationQuerySet:
        return searched(told, value, hand=Hand(self.request.user))


class Dispatches(Listing):
    """What was told in my units: who, when, by which way, and what became of it."""

    serializer_class = EntrySerializer
    filterset_class = DispatchFilter
    queryset = Notification.objects.none()

    def get_queryset(self) -> QuerySet[Notification]:
        return entries(Hand(self.request.user))

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "days": cache(working_days)}


class DispatchExport(View):
    """The register with its filters as a file: `?as=csv` (the default) or `?as=xlsx`."""

    query = As
    filterset_class = DispatchFilter
    queryset = Notification.objects.none()

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.BINARY, (200, XLSX): OpenApiTypes.BINARY})
    def get(self, request: PersonRequest) -> HttpResponseBase:
        told = self.narrowed(entries(Hand(request.user)))
        kind = self.asked()["as"]
        return as_table(DISPATCHES, lines_of(told), kind, on=timezone.localdate())


class _SettlementSerializer(Strict):
    settlement = serializers.ChoiceField(choices=Settlement.choices)


class MessageSerializer(ModelSerializer):
    class Meta:
        model = Message
        fields = ("id", "message_id", "channel", "state", "next_at", "sent_at", "attempts", "last_error")


class SettleMessage(View):
    """Say that a message in doubt arrived, or have it sent again; for the city's administrator."""

    @extend_schema(request=_SettlementSerializer, responses=MessageSerializer)
    def post(self, request: PersonRequest, message: int) -> Response:
        given = _SettlementSerializer(data=request.data)
        found = get_object_or_404(messages_seen_by(Hand(request.user)), pk=message)
        given.is_valid(raise_exception=True)
        settled = settle(found, given.validated_data["settlement"], by=request.user)
        return Response(MessageSerializer(settled).data)
