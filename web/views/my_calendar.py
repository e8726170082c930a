"""The reader's own calendar feed: its address made, made anew, and taken back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from notifications.calendar_keys import make_key, revoke_key
from web.guards import by_posting
from web.hands import PersonRequest

from .me import page


@login_required
@by_posting("me")
def open_calendar(request: PersonRequest) -> HttpResponse:
    """The address stands on this one answer and nowhere else: nothing goes back to it."""
    response = page(request, calendar_url=make_key(request.user, by=request.user))
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@by_posting("me")
def close_calendar(request: PersonRequest) -> HttpResponse:
    revoke_key(request.user, by=request.user)
    messages.success(request, _("Đã ngừng lịch cá nhân; địa chỉ cũ không mở được nữa."))
    return redirect("me")
