"""GET cases/{number}/work-file/."""

from __future__ import annotations

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema

from audits.workfile import as_download

from ..fetching import fetch
from ..requests import PersonRequest
from .base import View


class WorkFile(View):
    """The whole case to keep: a ZIP of the record (Word and JSON), every piece of evidence, SHA256SUMS, and
    verify.py, which checks all of it with nothing but Python."""

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def get(self, request: PersonRequest, number: str) -> FileResponse:
        return as_download(fetch(request, number))
