"""Things of the city as they are named in JSON: people by key or e-mail, units and indicators by code."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from organisations.models import Unit, User


def is_key(text: str) -> bool:
    """Digits that a key can have; a longer number is nobody's."""
    return text.isdecimal() and len(text) < 19


class InstantField(serializers.DateTimeField):
    """An instant, in UTC whatever zone the city lives in."""

    def default_timezone(self) -> Any:
        return UTC


class ModelSerializer(serializers.ModelSerializer):
    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DateTimeField: InstantField,
    }


class PersonSerializer(ModelSerializer):
    class Meta:
        model = User
        fields = ("id", "full_name", "email")


@extend_schema_field({"oneOf": [{"type": "integer"}, {"type": "string", "format": "email"}]})
class PersonField(serializers.Field):
    """A person, sent as their key or e-mail; one who has left only where that is `also_former`."""

    def __init__(self, *, also_former: bool = False, **options: Any) -> None:
        self._people = User.objects.all() if also_former else User.objects.filter(is_active=True)
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> User:
        people = self._people.all()
        found = None
        if isinstance(data, int) and not isinstance(data, bool):
            found = people.filter(pk=data).first()
        elif isinstance(data, str) and "\0" not in data:  # which no form forbids and PostgreSQL does
            by = {"pk": int(data)} if is_key(data) else {"email": data.strip().lower()}
            found = people.filter(**by).first()
        if found is None:
            raise serializers.ValidationError(_("Không có người này."))
        return found

    def to_representation(self, value: User) -> int:
        return value.pk


class UnitField(serializers.SlugRelatedField):
    """A unit, by its official code."""

    def __init__(self, **options: Any) -> None:
        super().__init__(slug_field="code", queryset=Unit.objects.all(), **options)

    def to_internal_value(self, data: Any) -> Unit:
        if isinstance(data, str) and "\0" in data:
            self.fail("does_not_exist", slug_name="code", value="")
        return super().to_internal_value(data)


class UnitSerializer(ModelSerializer):
    kind_label = serializers.CharField(source="get_kind_display", read_only=True)
    parent: Any = serializers.CharField(source="parent.code", default=None, read_only=True)

    class Meta:
        model = Unit
        fields = ("code", "kind", "kind_label", "name", "parent", "dissolved_on")
