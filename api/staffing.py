"""What is sent about a person: who is new, which office, which deputy, who is no longer to be named."""

from __future__ import annotations

from rest_framework import serializers

from organisations.deputies import LONGEST_REASON
from organisations.models import Address, Department, Role
from organisations.people import LANGUAGE_LABELS

from .fields import PersonField, Strict, UnitField


class NewPersonSerializer(Strict):
    full_name = serializers.CharField(max_length=150, help_text="family name first")
    email = serializers.EmailField(max_length=254)
    address = serializers.ChoiceField(choices=Address.choices, required=False, default=Address.NONE)
    language = serializers.ChoiceField(choices=LANGUAGE_LABELS, required=False, default="vi")


class NewOfficeSerializer(Strict):
    unit = UnitField()
    role = serializers.ChoiceField(choices=Role.choices)
    department = serializers.ChoiceField(
        choices=Department.choices, required=False, allow_blank=True, default=""
    )
    since = serializers.DateField()
    until = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="the first day without it"
    )


class EndOfficeSerializer(Strict):
    until = serializers.DateField(help_text="the first day without it")


class NewDeputySerializer(Strict):
    unit = UnitField()
    taker = PersonField()
    since = serializers.DateField()
    until = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="the first day without it"
    )
    reason = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_REASON, default="")


class TypedSerializer(Strict):
    typed = serializers.CharField(
        max_length=254, help_text="the address of the person, said again: this cannot be undone"
    )
