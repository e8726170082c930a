"""The reader's own language, once they have signed in."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation


class ReaderLanguageMiddleware:
    """A signed-in person reads in the language of their profile; anyone else as the browser asks, and a
    program as it asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_asked_for = request.path.startswith("/api/") and "Accept-Language" in request.headers
        if request.user.is_authenticated and not is_asked_for:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)
