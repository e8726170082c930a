"""My work: what waits for me, what is late in my city, what I have not read."""

from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import render

from notifications.models import Message, Notification
from notifications.settling import SETTLED
from organisations.hands import Hand
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
    context = {
        "today": day,
        "waiting": waiting[:ROWS],
        "has_more": len(waiting) > ROWS,
        "late_count": sum(case.is_overdue(day.on) for case in waiting[:ROWS]),
        "late": late,
        "serves_a_city": bool(hand.cities),
        "vacant": vacant[:VACANT],
        "has_more_vacant": len(vacant) > VACANT,
        "troubled": _troubled(hand) if hand.cities_administered else 0,
        "news": Notification.objects.to(hand)
        .filter(read_at=None)
        .select_related("case__indicator", "unit", "event__actor")[:NEWS],
    }
    return render(request, "web/home.html", context)


def _troubled(hand: Hand) -> int:
    """Messages of their cities that only a person can settle."""
    units = hand.visible_units().values("pk")
    stuck = Message.objects.filter(state__in=SETTLED)
    of_ours = Exists(Notification.objects.filter(dispatches__message=OuterRef("pk"), unit__in=units))
    return stuck.filter(of_ours)[:TROUBLED].count()
