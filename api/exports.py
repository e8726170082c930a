"""Lists as files: in which kind they are asked for."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from .fields import Strict

_SAID: dict[str, Any] = {"invalid_choice": _("Chọn xlsx hoặc csv.")}


class As(Strict):
    """The kind of file."""

    def get_fields(self) -> dict[str, serializers.Field]:
        # "as" is a word of Python.
        choices = [("csv", "CSV"), ("xlsx", "Excel")]
        return super().get_fields() | {
            "as": serializers.ChoiceField(choices=choices, default="csv", error_messages=_SAID)
        }
