"""Pages that are some readers' only: anybody else is told that it is not theirs, or nothing."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect

from notifications.keepers import keeps_webhooks

from .hands import PersonRequest, hand_of

View = Callable[..., HttpResponse]


def for_administrators(handler: View) -> View:
    """For whoever keeps the reference data of a city."""

    @wraps(handler)
    def answer(request: PersonRequest, **given: Any) -> HttpResponse:
        if not hand_of(request).cities_administered:
            raise PermissionDenied
        return handler(request, **given)

    return login_required(answer)


def for_keepers_of_webhooks(handler: View) -> View:
    """For whoever keeps the webhooks of some unit."""

    @wraps(handler)
    def answer(request: PersonRequest, **given: Any) -> HttpResponse:
        if not keeps_webhooks(hand_of(request)):
            raise PermissionDenied
        return handler(request, **given)

    return login_required(answer)


def by_posting(back_to: str) -> Callable[[View], View]:
    """A change comes by POST; whoever returns to its address after signing in goes back."""

    def guard(handler: View) -> View:
        @wraps(handler)
        def answer(request: PersonRequest, **given: Any) -> HttpResponse:
            return handler(request, **given) if request.method == "POST" else redirect(back_to)

        return answer

    return guard
