"""What is done to one person: offices, deputies, hand-over, leaving; each handler fetches and calls."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions.handover import hand_over_all, in_hand
from notifications.invitations import invite_again
from organisations import deputies, offices, people
from organisations.models import Unit, User
from organisations.reach import units_to_give, within_reach
from organisations.refusals import Refusal
from web.attempts import answer
from web.deadlines import today
from web.forms.people import DeputyForm, EndForm, HandOverForm, OfficeForm, TypedForm
from web.hands import PersonRequest, hand_of

from .people import attempt, fetched, page, posted


def _for_administrators(request: PersonRequest) -> None:
    if not hand_of(request).cities_administered:
        raise PermissionDenied


@posted
def appoint(request: PersonRequest, person: User) -> HttpResponse:
    _for_administrators(request)
    form = OfficeForm(units_to_give(hand_of(request)), request.POST, on=timezone.localdate())
    return attempt(
        request, person, "office", form,
        do=lambda: offices.appoint(person, by=request.user, **form.cleaned_data),
        done=_("Đã giao chức vụ."),
    )  # fmt: skip


@posted
def end_office(request: PersonRequest, person: User, office: int) -> HttpResponse:
    theirs = person.appointments.filter(within_reach(hand_of(request))).select_related("unit__parent")
    appointment = get_object_or_404(theirs, pk=office)
    form = EndForm(f"end-{office}", request.POST, on=timezone.localdate())
    return attempt(
        request, person, f"end-{office}", form,
        do=lambda: offices.end_office(appointment, by=request.user, **form.cleaned_data),
        done=_("Đã ghi ngày thôi chức vụ."),
    )  # fmt: skip


@posted
def delegate(request: PersonRequest, person: User) -> HttpResponse:
    on = timezone.localdate()
    held = person.appointments.current(on).filter(within_reach(hand_of(request)))
    here = Unit.objects.filter(appointments__in=held).distinct()
    form = DeputyForm(person, list(here), request.POST, on=on)
    return attempt(
        request, person, "deputy", form,
        do=lambda: deputies.delegate(person, by=request.user, **form.cleaned_data),
        done=_("Đã ghi người thay."),
    )  # fmt: skip


@posted
def end_delegation(request: PersonRequest, person: User, delegation: int) -> HttpResponse:
    theirs = deputies.deputies_of(person, timezone.localdate()).filter(within_reach(hand_of(request)))
    found = get_object_or_404(theirs, pk=delegation)
    return attempt(
        request, person, f"end-deputy-{delegation}", forms.Form(request.POST),
        do=lambda: deputies.end_delegation(found, by=request.user),
        done=_("Đã kết thúc việc thay."),
    )  # fmt: skip


@posted
def hand_over(request: PersonRequest, person: User, code: str) -> HttpResponse:
    """A preview first; what is confirmed is done at once, all of it."""
    chaired = Unit.objects.filter(pk__in=hand_of(request).units_chaired, dissolved_on=None)
    unit = get_object_or_404(chaired, code=code)
    form = HandOverForm(person, unit, request.POST, on=timezone.localdate())
    if form.is_valid() and "confirmed" not in request.POST:
        cases = list(in_hand(person, unit).for_reading().order_by("turn_due_on", "pk"))
        context = {"person": person, "unit": unit, "form": form, "cases": cases, "today": today()}
        return render(request, "web/hand-over.html", context)
    return attempt(
        request, person, f"hand-over-{unit.pk}", form,
        do=lambda: hand_over_all(person, unit=unit, by=request.user, **form.cleaned_data),
        done=_("Đã bàn giao toàn bộ hồ sơ."),
    )  # fmt: skip


@posted
def invite(request: PersonRequest, person: User) -> HttpResponse:
    """Another letter to somebody who has never signed in."""
    _for_administrators(request)
    return attempt(
        request, person, "invite", forms.Form(request.POST),
        do=lambda: invite_again(person, by=request.user),
        done=_("Thư mời sẽ được gửi trong ít phút."),
    )  # fmt: skip


@fetched
def deactivate(request: PersonRequest, person: User) -> HttpResponse:
    """Asked on a page of its own what it means, then done."""
    _for_administrators(request)
    if request.method != "POST":
        context = {"person": person, "cases": people.cases_in_hand(person)}
        return render(request, "web/deactivate.html", context)
    try:
        left = people.deactivate(person, by=request.user)
    except Refusal as refusal:
        return page(request, person, status=answer(request, forms.Form(), refusal))
    messages.success(request, _("%(person)s đã ngừng sử dụng hệ thống.") % {"person": person})
    if count := len(left.cases):
        said = ngettext(
            "Còn %(count)s hồ sơ trong tay; người đứng đầu đơn vị cần bàn giao.",
            "Còn %(count)s hồ sơ trong tay; người đứng đầu đơn vị cần bàn giao.",
            count,
        )
        messages.warning(request, said % {"count": count})
    return redirect("person", person=person.pk)


@fetched
def pseudonymise(request: PersonRequest, person: User) -> HttpResponse:
    """Cannot be undone: the address of the person is typed out first."""
    _for_administrators(request)
    form = TypedForm(person, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"person": person, "form": form}
        return render(request, "web/pseudonymise.html", context, status=400 if form.is_bound else 200)
    try:
        people.pseudonymise(person, by=request.user)
    except Refusal as refusal:
        return page(request, person, status=answer(request, forms.Form(), refusal))
    messages.success(request, _("Đã bỏ tên và thư điện tử; hồ sơ và diễn biến giữ nguyên."))
    return redirect("person", person=person.pk)
