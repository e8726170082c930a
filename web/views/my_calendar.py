"""The reader's own calendar feed: its address made, made anew, and taken back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from notifications.calendar_keys import make_key, revoke_key
from web import once
from web.guards import by_posting
from web.hands import PersonRequest

from .me import CALENDAR_URL


@login_required
@by_posting("me")
def open_calendar(request: PersonRequest) -> HttpResponse:
    """The address stands on the next page and nowhere else: nothing goes back to it."""
    once.keep(request, CALENDAR_URL, make_key(request.user, by=request.user))
    return redirect("me")


@login_required
@by_posting("me")
def close_calendar(request: PersonRequest) -> HttpResponse:
    revoke_key(request.user, by=request.user)
    once.take(request, CALENDAR_URL)
    messages.success(request, _("Đã ngừng lịch cá nhân; địa chỉ cũ không mở được nữa."))
    return redirect("me")
