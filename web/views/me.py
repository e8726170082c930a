"""The reader: who they are here, who stands in for them, and the language they read in."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from notifications import preferences
from notifications.models import CalendarKey
from organisations import deputies as operations
from organisations.models import Appointment, Unit
from organisations.refusals import Refusal
from organisations.tokens import tokens_of
from web import once
from web.attempts import answer, tried
from web.forms.people import DeputyForm
from web.forms.preferences import preference_forms
from web.forms.tokens import TokenForm
from web.guards import by_posting
from web.hands import PersonRequest

#: The names under which a new calendar's address, and a new token, are kept till they are shown.
CALENDAR_URL, NEW_TOKEN = "calendar url", "new token"


@login_required
def show(request: PersonRequest) -> HttpResponse:
    """Just after a secret of the reader's was made the page shows it, this once."""
    secrets = {"calendar_url": once.take(request, CALENDAR_URL), "new_token": once.take(request, NEW_TOKEN)}
    answered = page(request, **secrets)
    return once.unstored(answered) if any(secrets.values()) else answered


def page(
    request: PersonRequest,
    bound: DeputyForm | None = None,
    *,
    prefers: Any = None,
    token_form: TokenForm | None = None,
    status: int = 200,
    **shown: Any,
) -> HttpResponse:
    on = timezone.localdate()
    offices = list(Appointment.objects.current(on).filter(user=request.user).select_related("unit"))
    form = bound or (DeputyForm(request.user, _units(offices), on=on) if offices else None)
    context = {
        "offices": offices,
        "delegations": operations.deputies_of(request.user, on),
        "deputy_form": form,
        "preference_forms": prefers or preference_forms(request.user),
        "on": on,
        "tokens": tokens_of(request.user),
        "token_form": token_form or TokenForm(),
        "calendar_key": CalendarKey.objects.filter(person=request.user).first(),
    }
    return render(request, "web/me.html", context | shown, status=status)


def _units(offices: list[Appointment]) -> list[Unit]:
    return list({office.unit_id: office.unit for office in offices}.values())


@login_required
@by_posting("me")
def delegate(request: PersonRequest) -> HttpResponse:
    on = timezone.localdate()
    offices = list(Appointment.objects.current(on).filter(user=request.user).select_related("unit"))
    form = DeputyForm(request.user, _units(offices), request.POST, on=on)
    if not form.is_valid():
        messages.error(request, _("Chưa ghi được: hãy xem lại chỗ được đánh dấu."))
        return page(request, form, status=400)
    try:
        operations.delegate(request.user, by=request.user, **form.cleaned_data)
    except Refusal as refusal:
        return page(request, form, status=answer(request, form, refusal))
    messages.success(request, _("Đã ghi người thay."))
    return redirect("me")


@login_required
@by_posting("me")
def end_delegation(request: PersonRequest, delegation: int) -> HttpResponse:
    """Only one's own: whoever stands in for others does not end it."""
    mine = operations.deputies_of(request.user, timezone.localdate()).filter(giver=request.user)
    try:
        operations.end_delegation(get_object_or_404(mine, pk=delegation), by=request.user)
    except Refusal as refusal:
        return page(request, status=answer(request, Form(), refusal))
    messages.success(request, _("Đã kết thúc việc thay."))
    return redirect("me")


@login_required
@by_posting("me")
def prefer(request: PersonRequest) -> HttpResponse:
    """How one channel is to speak to the reader."""
    forms = preference_forms(request.user, request.POST)
    form = next((form for form in forms if form.is_bound), None)
    if form is None:
        return redirect("me")
    chosen = lambda: preferences.choose(request.user, channel=form.channel.name, **form.cleaned_data)  # noqa: E731
    if status := tried(request, form, do=chosen, done=_("Đã ghi cách nhận tin.")):
        return page(request, prefers=forms, status=status)
    return redirect("me")


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
