"""The API's description of itself, and the pages to read it by."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.utils.translation import get_language
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from .base import Counted


class OncePerLanguage(SchemaGenerator):
    """It is the same for everybody, and takes most of a second to make."""

    def get_schema(self, request: Any = None, public: bool = False) -> Any:
        return _described(get_language())


@cache
def _described(_language: str | None) -> Any:
    return SchemaGenerator().get_schema(request=None, public=True)


class Described(Counted, SpectacularAPIView):
    generator_class = OncePerLanguage


class Pages(Counted, SpectacularSwaggerSplitView):
    http_method_names = ["get", "head"]
