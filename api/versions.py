"""The version of a case as an ETag, and what If-Match says of it."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from workflow.models import Case

from .requests import PersonRequest

HEADER = "If-Match"
_TAG = re.compile(r'(?:W/)?"?([0-9]{1,9})"?')


def version_of(case: Case, version: int | None = None) -> dict[str, str]:
    """The header that tells it."""
    return {"ETag": f'"{case.version if version is None else version}"'}


def version_in(request: PersonRequest) -> int | None:
    """The version that If-Match names; `*`, or no header at all, is any."""
    tag = request.headers.get(HEADER, "*").strip()
    if tag == "*":
        return None
    if not (named := _TAG.fullmatch(tag)):
        raise ValidationError({HEADER: [_("Không hiểu phiên bản này.")]})
    return int(named[1])
