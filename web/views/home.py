"""My work: what waits for me by what it asks, what is late where I answer for it, what I have not read."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render

from notifications.entries import troubled
from notifications.keepers import switched_off
from notifications.models import Notification
from web.deadlines import today
from web.hands import PersonRequest, hand_of
from web.waiting import waiting_for
from workflow.models import Case
from workflow.queries import without_a_chair

#: What does not fit is one click away in the list.
ROWS = 100
LATE = 10
NEWS = 5
VACANT = 10
#: Nobody counts further.
TROUBLED = 100


@login_required
def show(request: PersonRequest) -> HttpResponse:
    day, hand = today(), hand_of(request)
    visible = Case.objects.visible_to(request.user)
    groups, has_more = waiting_for(hand, visible, limit=ROWS)
    late, vacant = [], []
    if hand.cities:
        vacant = list(without_a_chair(hand.visible_units(), on=day.on)[: VACANT + 1])
    if hand.cities or hand.units_chaired:
        answered_for = visible if hand.cities else visible.filter(unit__in=hand.units_chaired)
        shown = [case.pk for group in groups for case in group.cases]
        all_late = answered_for.live().overdue(on=day.on).exclude(pk__in=shown)
        late = list(all_late.for_reading().order_by("turn_due_on", "id")[:LATE])
    cities = hand.cities_administered
    stuck = troubled(cities)[: TROUBLED + 1].count() if cities else 0
    context = {
        "today": day,
        "groups": groups,
        "has_more": has_more,
        "waiting_count": sum(len(group.cases) for group in groups),
        "late_count": sum(group.late for group in groups),
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
