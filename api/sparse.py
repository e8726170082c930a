"""Answers with only the fields that were asked for: `?fields=number,state`."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

PARAMETER = "fields"


def fields_asked(request: Request, known: Any) -> list[str] | None:
    """The names asked for, in the order of the answer; None where all are. Unknown ones are refused."""
    sent = request.query_params.get(PARAMETER)
    if sent is None:
        return None
    asked = set(sent.split(","))
    if unknown := sorted(asked - set(known)):
        said = _("Không có trường “%(name)s”; có: %(names)s.")
        names = ", ".join(known)
        raise ValidationError({PARAMETER: [said % {"name": name, "names": names} for name in unknown]})
    return [name for name in known if name in asked]


def sparse(serializer: serializers.BaseSerializer[Any], request: Request) -> Any:
    """The serializer without the fields that were not asked for; they are then not worked out either."""
    row: Any = getattr(serializer, "child", serializer)
    asked = fields_asked(request, row.fields)
    for name in [] if asked is None else [name for name in row.fields if name not in asked]:
        row.fields.pop(name)
    return serializer
