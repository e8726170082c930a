"""What every view of the API is: of a signed-in person, and strict about what it is asked."""

from __future__ import annotations

from typing import Any

from rest_framework import generics
from rest_framework.views import APIView

from ..requests import PersonRequest


class View(APIView):
    request: PersonRequest


class Listing(View, generics.ListAPIView[Any]):
    """A list by pages; narrowed by nothing unless it says by what."""

    filter_backends: Any = ()
