"""A person in JSON, as whoever looks after them reads it: offices, deputies, what is in hand."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from indicators.models import Colour
from notifications.models import Invitation
from organisations.models import Address, Appointment, Delegation, Department, Role, User
from organisations.people import is_pseudonymous
from workflow.vocabulary import State

from .fields import ModelSerializer, PersonSerializer, Strict


class HeldOfficeSerializer(ModelSerializer):
    unit: Any = serializers.CharField(source="unit.code")
    unit_name = serializers.CharField(source="unit.__str__")
    role = serializers.ChoiceField(choices=Role.choices)
    role_label = serializers.CharField(source="get_role_display")
    department = serializers.ChoiceField(choices=Department.choices, allow_blank=True)
    until = serializers.DateField(allow_null=True, help_text="the first day without it")

    class Meta:
        model = Appointment
        fields = ("id", "unit", "unit_name", "role", "role_label", "department", "since", "until")


class InHandSerializer(Strict):
    unit = serializers.CharField(help_text="a unit that you chair")
    cases = serializers.IntegerField()


class PersonRowSerializer(ModelSerializer):
    """A person as a list shows them."""

    address = serializers.ChoiceField(choices=Address.choices)
    offices = HeldOfficeSerializer(source="held", many=True, help_text="of today, as far as you look after")
    in_hand = serializers.SerializerMethodField(help_text="live cases by unit, where you chair it")

    class Meta:
        model = User
        fields: Any = ("id", "full_name", "email", "address", "is_active", "offices", "in_hand")

    @extend_schema_field(InHandSerializer(many=True))
    def get_in_hand(self, person: User) -> list[dict[str, Any]]:
        return self.context["in_hand"].get(person.pk, [])


class DeputySerializer(ModelSerializer):
    """Who stands in for whom, now or later."""

    giver = PersonSerializer()
    taker = PersonSerializer()
    unit: Any = serializers.CharField(source="unit.code")
    until = serializers.DateField(allow_null=True, help_text="the first day without it")

    class Meta:
        model = Delegation
        fields = ("id", "giver", "taker", "unit", "since", "until", "reason")


class HeldCaseSerializer(Strict):
    number = serializers.CharField()
    indicator = serializers.CharField(source="indicator.code")
    colour = serializers.ChoiceField(choices=Colour.choices)
    state = serializers.ChoiceField(choices=State.choices)
    turn_due_on = serializers.DateField(allow_null=True)


class HandSerializer(Strict):
    """What a person has in hand in one unit."""

    unit = serializers.CharField()
    unit_name = serializers.CharField()
    cases = HeldCaseSerializer(many=True)


class InvitationSerializer(ModelSerializer):
    """A letter that asks for a first password: asked for, tried until it is gone or given up."""

    class Meta:
        model = Invitation
        fields = ("asked_at", "next_at", "sent_at", "failed_at", "last_error")


class PersonFileSerializer(ModelSerializer):
    """A person with what they hold and have in hand, as far as you look after it."""

    address = serializers.ChoiceField(choices=Address.choices)
    is_pseudonymous = serializers.SerializerMethodField(help_text="the name was taken out for good")
    has_signed_in = serializers.SerializerMethodField()
    offices = serializers.SerializerMethodField(help_text="former ones as well, the newest first")
    deputies = serializers.SerializerMethodField()
    in_hand = serializers.SerializerMethodField()
    invitation = serializers.SerializerMethodField(help_text="the latest, for an administrator")

    class Meta:
        model = User
        fields: Any = (
            "id", "full_name", "email", "address", "is_active", "is_pseudonymous", "has_signed_in", "offices",
            "deputies", "in_hand", "invitation",
        )  # fmt: skip

    def get_is_pseudonymous(self, person: User) -> bool:
        return is_pseudonymous(person)

    def get_has_signed_in(self, person: User) -> bool:
        return person.last_login is not None

    @extend_schema_field(HeldOfficeSerializer(many=True))
    def get_offices(self, person: User) -> Any:
        return HeldOfficeSerializer(self.context["offices"], many=True).data

    @extend_schema_field(DeputySerializer(many=True))
    def get_deputies(self, person: User) -> Any:
        return DeputySerializer(self.context["deputies"], many=True).data

    @extend_schema_field(HandSerializer(many=True))
    def get_in_hand(self, person: User) -> Any:
        hands = [{"unit": u.code, "unit_name": str(u), "cases": cases} for u, cases in self.context["hands"]]
        return HandSerializer(hands, many=True).data

    @extend_schema_field(InvitationSerializer(allow_null=True))
    def get_invitation(self, person: User) -> Any:
        invitation = self.context["invitation"]
        return InvitationSerializer(invitation).data if invitation else None


class LeftSerializer(Strict):
    """What a person who was deactivated leaves behind."""

    offices = serializers.IntegerField(help_text="that ended")
    cases: Any = serializers.ListField(
        child=serializers.CharField(), help_text="numbers of the live cases they still have in hand"
    )
