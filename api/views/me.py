"""GET and PUT me/ · GET notifications/ · POST notifications/read/."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from notifications.channels import channels
from notifications.letters import address, sentence
from notifications.models import Notification, Preference
from notifications.preferences import REMINDER_PACES, Wishes, choose
from organisations.hands import Hand
from organisations.models import Appointment, User

from ..fields import MAX_KEY, ModelSerializer, Strict
from ..requests import PersonRequest
from .base import Listing, View


class OfficeSerializer(ModelSerializer):
    unit = serializers.CharField(source="unit.code")
    unit_name = serializers.CharField(source="unit.__str__")
    role_label = serializers.CharField(source="get_role_display")

    class Meta:
        model = Appointment
        fields = ("role", "role_label", "unit", "unit_name", "since", "until")


class PreferenceSerializer(ModelSerializer):
    """How one channel is to speak: of what people do, and of what is due."""

    reminders = serializers.ChoiceField(choices=[(p.value, p.label) for p in REMINDER_PACES])

    class Meta:
        model = Preference
        fields = ("channel", "steps", "reminders")
        extra_kwargs = {"steps": {"required": True}}


class MeSerializer(ModelSerializer):
    offices = serializers.SerializerMethodField()
    preferences = PreferenceSerializer(
        many=True, required=False, help_text="channels that are not named stay as they are"
    )

    class Meta:
        model = User
        fields = ("id", "full_name", "email", "language", "offices", "preferences")
        read_only_fields = ("id", "full_name", "email")

    @extend_schema_field(OfficeSerializer(many=True))
    def get_offices(self, user: User) -> Any:
        held = Appointment.objects.current(timezone.localdate()).filter(user=user).select_related("unit")
        return OfficeSerializer(held, many=True).data

    def to_representation(self, user: User) -> dict[str, Any]:
        wishes = Wishes([user.pk])
        chosen = [{"channel": name, **wishes.of(user.pk, name)._asdict()} for name in channels()]
        return super().to_representation(user) | {"preferences": chosen}

    @transaction.atomic
    def update(self, user: User, given: dict[str, Any]) -> User:
        for preference in given.pop("preferences", []):
            choose(user, **preference)
        return super().update(user, given)


class Me(View):
    @extend_schema(responses=MeSerializer)
    def get(self, request: PersonRequest) -> Response:
        return Response(MeSerializer(request.user).data)

    @extend_schema(request=MeSerializer, responses=MeSerializer)
    def put(self, request: PersonRequest) -> Response:
        given = MeSerializer(request.user, data=request.data)
        given.is_valid(raise_exception=True)
        given.save()
        return Response(given.data)


class NotificationSerializer(ModelSerializer):
    case = serializers.CharField(source="case.number", default=None, allow_null=True)
    unit = serializers.CharField(source="unit.code")
    text = serializers.SerializerMethodField()
    link = serializers.SerializerMethodField()

    class Meta:
        model = Notification
        fields = ("id", "kind", "case", "unit", "count", "text", "link", "created_at", "read_at")

    def get_text(self, notification: Notification) -> str:
        return sentence(notification)

    def get_link(self, notification: Notification) -> str:
        return address(notification)


class Notifications(Listing):
    serializer_class = NotificationSerializer
    queryset = Notification.objects.none()

    def get_queryset(self) -> QuerySet[Notification]:
        return Notification.objects.to(Hand(self.request.user)).select_related("case", "unit")


class _ReadSerializer(Strict):
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=MAX_KEY), required=False, max_length=1000
    )


class ReadNotifications(View):
    """Mark those named as read; all of mine where none is named."""

    @extend_schema(request=_ReadSerializer, responses={204: None})
    def post(self, request: PersonRequest) -> Response:
        given = _ReadSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        mine = Notification.objects.filter(recipient=request.user, read_at=None)
        if "ids" in given.validated_data:
            mine = mine.filter(pk__in=given.validated_data["ids"])
        mine.update(read_at=timezone.now())
        return Response(status=204)
