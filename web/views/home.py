"""My work: what waits for me, what is late in my city, what I have not read."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render

from notifications.entries import troubled
from notifications.keepers import switched_off
from notifications.models import Notification
from web.deadlines import today
from web.hands import PersonRequest, hand_of
from workflow.models import Case
from workflow.queries import without_a_chair

#: What does not fit is one click away in the list.
ROWS = 30
LATE = 10
NEWS = 5
VACANT = 10
#: Nobody counts further.
TROUBLED = 100


@login_required
def show(request: PersonRequest) -> HttpResponse:
    day, hand = today(), hand_of(request)
    mine = Case.objects.visible_to(request.user).awaiting(request.user)
    waiting = list(mine.for_reading().order_by("turn_due_on", "id")[: ROWS + 1])
    late, vacant = [], []
    if hand.cities:
        vacant = list(without_a_chair(hand.visible_units(), on=day.on)[: VACANT + 1])
        all_late = Case.objects.visible_to(request.user).live().overdue(on=day.on)
        late = list(all_late.for_reading().order_by("turn_due_on", "id")[:LATE])
    cities = hand.cities_administered
    stuck = troubled(cities)[: TROUBLED + 1].count() if cities else 0
    context = {
        "today": day,
        "waiting": waiting[:ROWS],
        "has_more": len(waiting) > ROWS,
        "late_count": sum(case.is_overdue(day.on) for case in waiting[:ROWS]),
        "late": late,
        "serves_a_city": bool(hand.cities),
        "vacant": vacant[:VACANT],
        "has_more_vacant": len(vacant) > VACANT,
        "troubled": min(stuck, TROUBLED),
        "has_more_troubled": stuck > TROUBLED,
        "webhooks_off": switched_off(hand),
        "news": Notification.objects.to(hand)
        .filter(read_at=None)
        .select_related("case__indicator", "unit", "event__actor")[:NEWS],
    }
    return render(request, "web/home.html", context)
