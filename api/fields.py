"""Things of the city as they are named in JSON: people by key or e-mail, units and indicators by code."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from organisations.models import Unit, UnitQuerySet, User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


#: The largest key a row can have.
MAX_KEY = 2**63 - 1


def is_key(text: str) -> bool:
    """Digits that a key can have; a longer number is nobody's."""
    return text.isdecimal() and len(text) < 19


def _is_text(data: Any) -> bool:
    return isinstance(data, str)


def _is_whole(data: Any) -> bool:
    return (isinstance(data, int) and not isinstance(data, bool)) or (
        isinstance(data, float) and data.is_integer()
    )


def is_day(data: Any) -> bool:
    """Whether it is spelled YYYY-MM-DD; there may still be no such day."""
    return isinstance(data, str) and _DAY.fullmatch(data) is not None


_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
#: What JSON must hold for a field of these kinds. DRF takes 5 for "5" and "yes" for true, and a day
#: in several spellings; two systems that guess alike by luck are not an interface.
_MEANT: tuple[tuple[Any, Callable[[Any], bool], StrOrPromise], ...] = (
    (serializers.CharField, _is_text, _("Cần một chuỗi ký tự.")),
    (serializers.MultipleChoiceField, lambda data: isinstance(data, list), _("Cần một danh sách.")),
    (serializers.ChoiceField, _is_text, _("Cần một chuỗi ký tự.")),
    (serializers.DateField, is_day, _("Cần một ngày dạng YYYY-MM-DD.")),
    (serializers.BooleanField, lambda data: isinstance(data, bool), _("Cần true hoặc false.")),
    (serializers.IntegerField, _is_whole, _("Cần một số nguyên.")),
)


class Strict(serializers.Serializer):
    """Takes nothing for what it is not, and no field that it does not know."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = set(data) - set(self.fields)
            errors: dict[str, Any] = {name: [gettext("Không có trường này.")] for name in unknown}
            errors |= self._misunderstood(data)
            if errors:
                raise serializers.ValidationError(errors)
        return super().to_internal_value(data)

    def _misunderstood(self, data: Mapping[str, Any]) -> dict[str, Any]:
        # A form, or an address, can only hold text.
        check = _wrong_text if hasattr(data, "lists") else _wrong
        found = {
            n: check(field, data[n]) for n, field in self.fields.items() if n in data and not field.read_only
        }
        return {name: wrong for name, wrong in found.items() if wrong}


def _wrong(field: Any, data: Any) -> Any:
    """Why a value is not what its field means: sentences, or errors by place in a list."""
    if data is None:
        return None  # a field that takes no null says so itself
    if isinstance(field, serializers.ListField) and isinstance(data, list):
        found = {n: _wrong(field.child, item) for n, item in enumerate(data)}
        return {n: wrong for n, wrong in found.items() if wrong}
    for kind, is_meant, said in _MEANT:
        if isinstance(field, kind):
            return None if is_meant(data) else [str(said)]
    return None


def _wrong_text(field: Any, data: Any) -> Any:
    if isinstance(field, serializers.BooleanField) and str(data).lower() not in ("true", "false"):
        return [gettext("Cần true hoặc false.")]
    if isinstance(field, serializers.DateField) and not is_day(data):
        return [gettext("Cần một ngày dạng YYYY-MM-DD.")]
    return None


class InstantField(serializers.DateTimeField):
    """An instant, in UTC whatever zone the city lives in."""

    def default_timezone(self) -> Any:
        return UTC


class ModelSerializer(Strict, serializers.ModelSerializer):
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
            raise serializers.ValidationError(gettext("Không có người này."))
        return found

    def to_representation(self, value: User) -> int:
        return value.pk


class UnitField(serializers.SlugRelatedField):
    """A standing unit, by its official code."""

    def __init__(self, **options: Any) -> None:
        super().__init__(slug_field="code", queryset=Unit.objects.all(), **options)

    def get_queryset(self) -> UnitQuerySet:
        return Unit.objects.standing(timezone.localdate())

    def to_internal_value(self, data: Any) -> Unit:
        if not isinstance(data, str):
            raise serializers.ValidationError(gettext("Cần một chuỗi ký tự."))
        if "\0" in data:
            self.fail("does_not_exist", slug_name="code", value="")
        return super().to_internal_value(data)


class UnitSerializer(ModelSerializer):
    kind_label = serializers.CharField(source="get_kind_display", read_only=True)
    parent: Any = serializers.CharField(source="parent.code", default=None, allow_null=True, read_only=True)

    class Meta:
        model = Unit
        fields = ("code", "kind", "kind_label", "name", "parent", "dissolved_on")


class Flag(serializers.BooleanField):
    """In an address or a form as well: what is not there says nothing."""

    default_empty_html = serializers.empty


class DryRun(Strict):
    """Whether to say only what would happen."""

    dry_run = Flag(required=False, help_text="true: chỉ xem trước, không ghi gì")
