"""Leaving the daily digest by the link in it: no sign-in, one click, and only that."""

from __future__ import annotations

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from notifications.channels import channels
from notifications.letters import UNSUBSCRIBES
from notifications.preferences import stop_digests
from organisations.models import User


@csrf_exempt  # a mail program posts here by itself (RFC 8058), with nothing but the link
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing: programs that scan mail follow every link in it."""
    person, channel = _whose(token)
    if is_done := request.method == "POST":
        stop_digests(person, channel=channel)
    context = {"channel": channels()[channel].label, "is_done": is_done}
    return render(request, "web/unsubscribe.html", context)


def _whose(token: str) -> tuple[User, str]:
    try:
        key, channel = signing.loads(token, salt=UNSUBSCRIBES)
    except signing.BadSignature:
        raise Http404 from None
    if channel not in channels():
        raise Http404
    return get_object_or_404(User, pk=key, is_active=True), channel
