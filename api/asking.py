"""What each step of the machine asks for, in JSON: read from its arrows, so that nothing is said twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from rest_framework import serializers

from workflow.arrows import ASKED, arrows
from workflow.vocabulary import Step

from .fields import PersonField, Strict, UnitField

#: Cases that one request may move.
MAX_CASES = 200


def _text(length: int) -> Callable[..., serializers.Field[Any, Any, Any, Any]]:
    return lambda **options: serializers.CharField(
        max_length=length, allow_blank=not options["required"], **options
    )


_FIELDS: dict[str, Callable[..., Any]] = {
    "from_person": lambda **options: PersonField(also_former=True, **options),
    "assignee": PersonField,
    "supporters": lambda **options: serializers.ListField(child=PersonField(), max_length=100, **options),
    "due_on": serializers.DateField,
    "check_on": serializers.DateField,
    "product": _text(2000),
    "authority": _text(2000),
    "note": _text(10_000),
    "objective_cause": serializers.BooleanField,
    "unit": UnitField,
}


class AskedSerializer(Strict):
    """Read as `partial`: what is missing, or is asked by other steps, the step itself refuses, after it
    has said whether it is possible and whose it is."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return super().to_internal_value(data)
        foreign = {name: data[name] for name in ASKED if name in data and name not in self.fields}
        known = super().to_internal_value({name: data[name] for name in data if name not in foreign})
        return known | foreign


@cache
def asked_by(step: Step) -> type[AskedSerializer]:
    """What a step asks for, from wherever it is taken; required is what all of its arrows require."""
    of_it = [arrow for arrow in arrows() if arrow.step == step]
    required = set.intersection(*(set(arrow.required_names) for arrow in of_it))
    asked = {name for arrow in of_it for name in arrow.asked_names}
    fields = {
        name: _FIELDS[name](required=name in required, label=ASKED[name], help_text=ASKED[name])
        for name in ASKED
        if name in asked
    }
    return type(_class_name(step, ""), (AskedSerializer,), fields)


@cache
def asked_of_several(step: Step) -> type[AskedSerializer]:
    """The same with the numbers of the cases."""
    numbers = serializers.ListField(
        child=serializers.CharField(max_length=20), min_length=1, max_length=MAX_CASES
    )
    return type(_class_name(step, "Several"), (asked_by(step),), {"cases": numbers})


def _class_name(step: Step, more: str) -> str:
    return "Step" + "".join(word.title() for word in step.value.split("_")) + more + "Serializer"
