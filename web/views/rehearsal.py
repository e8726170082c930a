"""What the next working morning would send: to be looked at before it does."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from notifications.rehearsal import rehearse
from web.guards import for_administrators
from web.hands import PersonRequest, hand_of

#: People shown on a page; their number is said in full.
SHOWN = 200


@for_administrators
def show(request: PersonRequest) -> HttpResponse:
    context = {"rehearsal": rehearse(hand_of(request)), "shown": SHOWN}
    return render(request, "web/rehearsal.html", context)
