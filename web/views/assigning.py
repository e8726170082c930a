"""Giving out several cases in one go, each through the one door; what is refused stays on the page."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from web.attempts import STATUSES
from web.deadlines import today
from web.drafts import arrived, draft_of
from web.forms.assigning import AssigningForm
from web.hands import PersonRequest, hand_of
from workflow.models import Case
from workflow.operations import take_step
from workflow.refusals import Refusal
from workflow.vocabulary import WORKED_ON, Step

#: Nobody gives out more in one go; a unit has 39 indicators.
MOST = 39


def _chosen(request: PersonRequest, asked: QueryDict, *, is_sent: bool) -> tuple[list[Case], list[Case]]:
    """The cases that were ticked, of those whose unit the person chairs: what the form holds, and what it
    leaves for another time. What was sent stays on the form whatever became of it: the door says why not."""
    hand = hand_of(request)
    if not hand.units_chaired:
        raise PermissionDenied
    numbers = [number for number in asked.getlist("case") if "\0" not in number]
    theirs = Case.objects.visible_to(request.user).filter(unit__in=hand.units_chaired, number__in=numbers)
    cases = list(theirs.for_reading().order_by("turn_due_on", "id"))
    if not is_sent:
        cases = [case for case in cases if case.state in WORKED_ON]
    first = [case for case in cases if case.unit_id == cases[0].unit_id][:MOST]
    return first, [case for case in cases if case not in first]


@login_required
def assign(request: PersonRequest) -> HttpResponse:
    is_sent = request.method == "POST"
    cases, left = _chosen(request, request.POST if is_sent else request.GET, is_sent=is_sent)
    if not cases:
        messages.error(request, _("Hãy chọn ít nhất một hồ sơ chờ phân công."))
        return redirect("home")
    if left:
        said = _("Mỗi lần phân công hồ sơ của một đơn vị, tối đa %(most)s hồ sơ. Để lại: %(numbers)s.")
        numbers = ", ".join(case.number for case in left)
        messages.warning(request, said % {"most": MOST, "numbers": numbers})
    day = today()
    form = AssigningForm(cases, on=day.on, data=request.POST if is_sent else None)
    status = 200
    if is_sent:
        status = _assign_all(request, form) if form.is_valid() else 400
        if status == 200:
            return redirect("home")
        messages.error(request, _("Chưa ghi hết: hãy xem lại chỗ được đánh dấu."))
    context = {"form": form, "today": day, "draft": draft_of(request.user, "assign", cases[0].number)}
    return render(request, "web/assigning.html", context, status=status)


def _assign_all(request: PersonRequest, form: AssigningForm) -> int:
    """Every case that can be given is; the others stay on the form, each with its reason."""
    worst, left = 200, []
    # Told of together once all is stored: whoever is given three cases gets one letter, not three.
    with transaction.atomic():
        for case in form.cases:
            asked = form.given(case)
            try:
                take_step(case, Step.ASSIGN, by=request.user, version=_seen(request, case), **asked)
            except Refusal as refusal:
                worst = max(worst, STATUSES[type(refusal)])
                left.append(case)
                said = [text for each in refusal.errors.values() for text in each] or refusal.sentences
                form.add_error(form.names[case.pk], said)
    if given := len(form.cases) - len(left):
        done = ngettext("Đã phân công %(count)s hồ sơ.", "Đã phân công %(count)s hồ sơ.", given)
        messages.success(request, done % {"count": given}, extra_tags="" if left else arrived(request))
    form.cases = left
    return worst


def _seen(request: PersonRequest, case: Case) -> int | None:
    """The state of the case that the person looked at."""
    seen = request.POST.get(f"version-{case.number}", "")
    return int(seen) if seen.isdecimal() and len(seen) < 10 else None
