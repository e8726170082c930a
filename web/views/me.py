"""The reader: who they are here, and the language they read in."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from organisations.models import Appointment, Delegation
from web.hands import PersonRequest


@login_required
def show(request: PersonRequest) -> HttpResponse:
    on = timezone.localdate()
    mine = Q(giver=request.user) | Q(taker=request.user)
    delegations = Delegation.objects.current(on).filter(mine)
    context = {
        "offices": Appointment.objects.current(on).filter(user=request.user).select_related("unit"),
        "delegations": delegations.select_related("giver", "taker", "unit"),
    }
    return render(request, "web/me.html", context)


@require_POST
def language(request: PersonRequest) -> HttpResponse:
    """Remember the language: with the person when they are signed in, else in the browser."""
    chosen, back = request.POST.get("language"), request.POST.get("next", "/")
    is_here = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    if not (is_here and back.startswith("/")):
        back = "/"
    response = HttpResponseRedirect(back)
    if chosen not in dict(settings.LANGUAGES):
        return response
    if request.user.is_authenticated:
        request.user.language = chosen
        request.user.save(update_fields=["language"])
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return response
