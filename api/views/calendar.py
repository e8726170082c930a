"""GET me/calendar.ics?key=… · POST and DELETE me/calendar-key/."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from notifications.calendar_keys import make_key, person_of, revoke_key
from notifications.feed import calendar_of

from ..fields import Strict
from ..requests import PersonRequest
from .base import View


class CalendarRenderer(BaseRenderer):
    """A calendar is bytes by the time it is answered with."""

    media_type = "text/calendar"
    format = "ics"
    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        return data


class CalendarQuery(Strict):
    """By what the calendar is asked for."""

    key = serializers.CharField(help_text="as made at me/calendar-key/")


class CalendarFeed(View):
    """The deadlines that wait for the person whose key it is; no sign-in is asked, the key is the right."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    renderer_classes = (CalendarRenderer,)
    query = CalendarQuery
    may_be_missing = True
    # No key, a wrong one and a former one are the same: there is no such calendar.
    may_be_empty = ("key",)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[Any, str]:
        """Calendar programs accept many things by name; there is only this."""
        return CalendarRenderer(), CalendarRenderer.media_type

    @extend_schema(responses={(200, "text/calendar"): OpenApiTypes.BINARY})
    def get(self, request: Request) -> Response:
        person = person_of(request.query_params.get("key", ""))
        if person is None:
            raise Http404
        return Response(calendar_of(person))

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        # The address is a secret: nothing keeps the answer, and no link in it tells where it was read.
        response["Cache-Control"] = "private, no-store"
        response["Referrer-Policy"] = "no-referrer"
        return response


class CalendarAddressSerializer(Strict):
    url: Any = serializers.CharField(help_text="told only this once; whoever has it reads the calendar")


class MyCalendarKey(View):
    """The address of my calendar feed: made anew, which ends the old one at once, or taken back."""

    @extend_schema(request=None, responses={201: CalendarAddressSerializer})
    def post(self, request: PersonRequest) -> Response:
        url = make_key(request.user, by=request.user)
        return Response({"url": url}, status=201, headers={"Cache-Control": "private, no-store"})

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: PersonRequest) -> Response:
        revoke_key(request.user, by=request.user)
        return Response(status=204)
