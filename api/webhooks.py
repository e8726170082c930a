"""A webhook and what it was told, in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from notifications.models import Delivery, MessageState, Webhook
from notifications.payload import PING
from notifications.signing import secret_of
from notifications.subscriptions import LONGEST_URL, Standing
from workflow.vocabulary import Kind

from .fields import InstantField, ModelSerializer, PersonSerializer, Strict, UnitField


class WebhookSerializer(ModelSerializer):
    unit: Any = serializers.CharField(source="unit.code")
    unit_name = serializers.CharField(source="unit.__str__")
    kinds = serializers.ListField(child=serializers.ChoiceField(choices=Kind.choices), help_text="empty: all")
    owner = PersonSerializer(help_text="in whose name it hears, while they hold an office that sees the unit")
    standing = serializers.ChoiceField(choices=Standing.choices)
    former_secret_until = InstantField(
        source="previous_until", allow_null=True, help_text="signs beside the new one till then"
    )
    last_sent_at = InstantField(allow_null=True)

    class Meta:
        model = Webhook
        fields: Any = (
            "id", "url", "unit", "unit_name", "kinds", "owner", "standing", "created_at", "ended_at",
            "disabled_at", "disabled_because", "former_secret_until", "last_sent_at",
        )  # fmt: skip
        read_only_fields = fields


class WebhookWithSecretSerializer(WebhookSerializer):
    """A webhook with the secret its receiver checks signatures by, told only this once."""

    secret = serializers.SerializerMethodField()

    class Meta(WebhookSerializer.Meta):
        fields: Any = (*WebhookSerializer.Meta.fields, "secret")

    def get_secret(self, webhook: Webhook) -> str:
        return secret_of(webhook)


class NewWebhookSerializer(Strict):
    url = serializers.CharField(max_length=LONGEST_URL)
    unit = UnitField(help_text="a ward, for its own cases; or a city, for those of all its units")
    kinds = serializers.ListField(
        child=serializers.ChoiceField(choices=Kind.choices), required=False, default=list, max_length=100
    )


class DeliverySerializer(ModelSerializer):
    """One event told to a webhook, and how that went."""

    message_id = serializers.CharField(source="message.message_id", help_text="as in the header webhook-id")
    type = serializers.SerializerMethodField()
    case = serializers.CharField(source="event.case.number", default=None, allow_null=True)
    seq = serializers.IntegerField(source="event.seq", default=None, allow_null=True)
    state = serializers.ChoiceField(source="message.state", choices=MessageState.choices)
    state_label = serializers.CharField(source="message.get_state_display")
    failed_attempts = serializers.IntegerField(source="message.attempts")
    last_error = serializers.CharField(source="message.last_error")
    created_at = InstantField(source="message.created_at")
    next_at = InstantField(source="message.next_at")
    sent_at = InstantField(source="message.sent_at", allow_null=True)

    class Meta:
        model = Delivery
        fields: Any = (
            "id", "message_id", "type", "case", "seq", "state", "state_label", "failed_attempts",
            "last_error", "created_at", "next_at", "sent_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_type(self, delivery: Delivery) -> str:
        return f"case.{delivery.event.kind}" if delivery.event else PING
