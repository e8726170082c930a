"""What is shown once: kept in the reader's session from the deed to the page after it, then nowhere.

So a deed is answered by a redirect, and a reload of the page repeats nothing. The session is a row of
the database; the browser holds only its name.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from .hands import PersonRequest

_KEPT = "shown once"


def keep(request: PersonRequest, name: str, value: Any) -> None:
    """Keep a value, of JSON, for the next page that asks for it."""
    request.session[_KEPT] = request.session.get(_KEPT, {}) | {name: value}


def take(request: PersonRequest, name: str) -> Any:
    """What was kept under the name, if anything; now it is gone."""
    kept = dict(request.session.get(_KEPT, {}))
    if name not in kept:
        return None
    value = kept.pop(name)
    request.session[_KEPT] = kept
    return value


def unstored(response: HttpResponse) -> HttpResponse:
    """Nor does the browser, or anything on the way to it, keep what was shown."""
    response["Cache-Control"] = "private, no-store"
    return response
