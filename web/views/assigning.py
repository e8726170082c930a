"""Giving out several cases in one go, each through the one door; what is refused stays on the page."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from web.attempts import STATUSES
from web.deadlines import today
from web.forms.assigning import AssigningForm
from web.hands import PersonRequest, hand_of
from workflow.models import Case
from workflow.operations import take_step
from workflow.refusals import Refusal
from workflow.vocabulary import WORKED_ON, Step

#: Nobody gives out more in one go; a unit has 39 indicators.
MOST = 39


def _chosen(request: PersonRequest, asked: QueryDict) -> list[Case]:
    """The cases that were ticked, of those the person gives out; all of one unit, the first's."""
    hand = hand_of(request)
    if not hand.units_chaired:
        raise PermissionDenied
    numbers = asked.getlist("case")[:MOST]
    theirs = Case.objects.visible_to(request.user).filter(unit__in=hand.units_chaired, number__in=numbers)
    cases = list(theirs.filter(state__in=WORKED_ON).for_reading().order_by("turn_due_on", "id"))
    return [case for case in cases if case.unit_id == cases[0].unit_id]


@login_required
def assign(request: PersonRequest) -> HttpResponse:
    is_sent = request.method == "POST"
    cases = _chosen(request, request.POST if is_sent else request.GET)
    if not cases:
        messages.error(request, _("Hãy chọn ít nhất một hồ sơ chờ phân công."))
        return redirect("home")
    day = today()
    form = AssigningForm(cases, on=day.on, data=request.POST if is_sent else None)
    status = 200
    if is_sent:
        status = _assign_all(request, form) if form.is_valid() else 400
        if status == 200:
            return redirect("home")
        messages.error(request, _("Chưa ghi hết: hãy xem lại chỗ được đánh dấu."))
    return render(request, "web/assigning.html", {"form": form, "today": day}, status=status)


def _assign_all(request: PersonRequest, form: AssigningForm) -> int:
    """Every case that can be given is; the others stay on the form, each with its reason."""
    worst, left = 200, []
    for case in form.cases:
        try:
            take_step(case, Step.ASSIGN, by=request.user, version=_seen(request, case), **form.given(case))
        except Refusal as refusal:
            worst = max(worst, STATUSES[type(refusal)])
            left.append(case)
            said = [text for each in refusal.errors.values() for text in each] or refusal.sentences
            form.add_error(form.names[case.pk], said)
    if given := len(form.cases) - len(left):
        done = ngettext("Đã phân công %(count)s hồ sơ.", "Đã phân công %(count)s hồ sơ.", given)
        messages.success(request, done % {"count": given})
    form.cases = left
    return worst


def _seen(request: PersonRequest, case: Case) -> int | None:
    """The state of the case that the person looked at."""
    seen = request.POST.get(f"version-{case.number}", "")
    return int(seen) if seen.isdecimal() and len(seen) < 10 else None
