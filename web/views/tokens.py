"""The reader's own tokens of the API: made, shown once, revoked; all of another's ended for them."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from organisations.models import User
from organisations.refusals import Refusal
from organisations.tokens import end_tokens, issue, revoke, tokens_of
from web import once
from web.attempts import answer
from web.forms.tokens import TokenForm
from web.guards import by_posting
from web.hands import PersonRequest, hand_of

from .me import NEW_TOKEN, page
from .people import attempt, posted


@login_required
@by_posting("me")
def make(request: PersonRequest) -> HttpResponse:
    """The token stands on the next page and nowhere else: nothing goes back to it."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Chưa ghi được: hãy xem lại chỗ được đánh dấu."))
        return page(request, token_form=form, status=400)
    try:
        made = issue(request.user, **form.cleaned_data, by=request.user)
    except Refusal as refusal:
        return page(request, token_form=form, status=answer(request, form, refusal))
    once.keep(request, NEW_TOKEN, {"name": made.token.name, "secret": made.secret})
    return redirect("me")


@login_required
def end(request: PersonRequest, token: int) -> HttpResponse:
    """Revoked only after asking."""
    found = get_object_or_404(tokens_of(request.user), pk=token)
    if request.method != "POST":
        return render(request, "web/token-end.html", {"token": found})
    revoke(found, by=request.user)
    once.take(request, NEW_TOKEN)
    messages.success(request, _("Đã thu hồi mã truy cập “%(name)s”.") % {"name": found.name})
    return redirect("me")


@posted
def end_all(request: PersonRequest, person: User) -> HttpResponse:
    if not hand_of(request).cities_administered:
        raise PermissionDenied
    return attempt(
        request, person, "tokens", forms.Form(request.POST),
        do=lambda: end_tokens(person, by=request.user),
        done=_("Đã thu hồi mọi mã truy cập API của người này."),
    )  # fmt: skip
