"""What a person has been told, newest first, and what they have read of it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from notifications.models import Notification
from web.hands import PersonRequest, hand_of

PAGE = 50


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 19 else None


@login_required
def index(request: PersonRequest) -> HttpResponse:
    told = Notification.objects.to(hand_of(request))
    after = _number(request.GET.get("after"))
    if after is not None:
        told = told.filter(pk__lt=after)
    rows = list(told.select_related("case__indicator", "unit", "event__actor")[: PAGE + 1])
    context = {
        "notifications": rows[:PAGE],
        "next": rows[PAGE - 1].pk if len(rows) > PAGE else None,
        "is_first": after is None,
    }
    return render(request, "web/notifications.html", context)


@login_required
@require_POST
def read(request: PersonRequest) -> HttpResponse:
    """Everything up to what the person has seen; what came since stays unread."""
    up_to = _number(request.POST.get("up_to"))
    if up_to is not None:
        unread = Notification.objects.filter(recipient=request.user, read_at=None, pk__lte=up_to)
        unread.update(read_at=timezone.now())
    return redirect("notifications")
