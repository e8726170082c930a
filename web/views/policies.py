"""The deadlines policy: its versions by colour and date, and a new one with a preview."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from indicators.models import NEEDS_WORK
from notifications.rehearsal import rehearse
from web.attempts import answer
from web.forms.policies import PolicyForm
from web.guards import by_posting, for_administrators
from web.hands import PersonRequest, hand_of
from web.views.rehearsal import SHOWN
from workflow.models import Policy
from workflow.policies import TERMS, Report, set_policy
from workflow.refusals import Refusal
from workflow.timekeepers import keeps_time
from workflow.vocabulary import LIVE


@for_administrators
def show(request: PersonRequest) -> HttpResponse:
    return _page(request)


def _page(request: PersonRequest, bound: PolicyForm | None = None, *, status: int = 200) -> HttpResponse:
    on = timezone.localdate()
    live = Count("cases", filter=Q(cases__state__in=LIVE))
    versions = list(Policy.objects.annotate(live=live).order_by("colour", "-valid_from"))
    colours = []
    for colour in NEEDS_WORK:
        theirs = [policy for policy in versions if policy.colour == colour]
        in_force = next((policy for policy in theirs if policy.valid_from <= on), None)
        form = PolicyForm(colour, terms=in_force, on=on)
        if bound and bound.initial["colour"] == colour:
            form = bound
        colours.append({"colour": colour, "versions": theirs, "in_force": in_force, "form": form})
    context = {"colours": colours, "today": on, "keeps_time": keeps_time(hand_of(request))}
    return render(request, "web/policies.html", context, status=status)


def _posted(request: PersonRequest) -> PolicyForm:
    colour = request.POST.get("colour", "")
    known = colour if colour in NEEDS_WORK else NEEDS_WORK[0]
    return PolicyForm(known, request.POST, on=timezone.localdate())


@for_administrators
@by_posting("policies")
def preview(request: PersonRequest) -> HttpResponse:
    form = _posted(request)
    report = _set(request, form, dry_run=True)
    if isinstance(report, int):
        return _page(request, form, status=report)
    rows: list[tuple[Any, Any, Any]] = [
        (Policy._meta.get_field(name).verbose_name, _shown(report.before, name), _shown(report.policy, name))  # type: ignore[union-attr]
        for name in TERMS
    ]
    as_it_is = rehearse(hand_of(request))
    context = {
        "form": form,
        "report": report,
        "rows": rows,
        "rehearsal": report.seen,
        "as_it_is": as_it_is,
        "shown": SHOWN,
    }
    return render(request, "web/policy-preview.html", context)


def _shown(policy: Policy | None, name: str) -> Any:
    if policy is None:
        return ""
    return policy.get_verifier_display() if name == "verifier" else getattr(policy, name)


@for_administrators
@by_posting("policies")
def change(request: PersonRequest) -> HttpResponse:
    form = _posted(request)
    report = _set(request, form, dry_run=False)
    if isinstance(report, int):
        return _page(request, form, status=report)
    said = _("Đã ghi quy định mới, áp dụng cho hồ sơ mở từ %(on)s.")
    messages.success(request, said % {"on": f"{report.policy.valid_from:%d/%m/%Y}"})
    return redirect("policies")


def _set(request: PersonRequest, form: PolicyForm, *, dry_run: bool) -> Report | int:
    """The report, or the status of a refusal that is beside its fields by then."""
    if not form.is_valid():
        messages.error(request, _("Chưa ghi được: hãy xem lại chỗ được đánh dấu."))
        return 400
    try:
        asked, look = form.asked(), partial(rehearse, hand_of(request))
        return set_policy(form.cleaned_data["colour"], by=request.user, dry_run=dry_run, look=look, **asked)
    except Refusal as refusal:
        return answer(request, form, refusal)
