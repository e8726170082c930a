"""GET cases/{number}/evidence/{id}/page/{n}/: what a piece of evidence looks like."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema

from actions.previews import drawn
from actions.serving import as_picture

from ..fetching import fetch
from ..fields import Flag, Strict
from ..requests import PersonRequest
from .base import View

#: Says how many pages there are.
PAGES = "X-Page-Count"


class PictureQuery(Strict):
    small = Flag(required=False, default=False, help_text="to stand beside a name")


class EvidencePage(View):
    """A page as a picture drawn anew, and in the header `X-Page-Count` of how many; 404 for what cannot be
    drawn, is damaged, or has no such page."""

    query = PictureQuery

    @extend_schema(responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    def get(self, request: PersonRequest, number: str, key: int, page: int) -> HttpResponse:
        evidence = get_object_or_404(fetch(request, number).evidence, pk=key)
        picture = drawn(evidence, page, small=self.asked()["small"])
        if picture is None:
            raise Http404
        response = as_picture(picture)
        response[PAGES] = str(picture.pages)
        return response
