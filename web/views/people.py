"""People: those of a city for its administrator, those of a unit for whoever chairs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from actions.people import looked_after, looks_after_people
from notifications.invitations import welcome
from organisations.models import User
from organisations.reach import units_to_give
from organisations.refusals import Refusal
from web.attempts import answer, tried
from web.forms.filters import UNITS_SUGGESTED
from web.forms.people import PeopleFilter, PersonForm
from web.guards import by_posting, for_administrators
from web.hands import PersonRequest, hand_of
from web.people import of_cities, of_units, person_file

PAGE = 50


@login_required
def index(request: PersonRequest) -> HttpResponse:
    if not looks_after_people(hand_of(request)):
        raise PermissionDenied
    return _list(request)


def _list(request: PersonRequest, form: PersonForm | None = None, *, status: int = 200) -> HttpResponse:
    hand = hand_of(request)
    context: dict[str, Any] = {"units": of_units(hand) if hand.units_chaired else []}
    if hand.cities_administered:
        context |= _of_the_city(request) | {"form": form or PersonForm()}
    return render(request, "web/people.html", context, status=status)


def _of_the_city(request: PersonRequest) -> dict[str, Any]:
    hand = hand_of(request)
    filters = PeopleFilter(request.GET)
    people = filters.apply(of_cities(hand))
    key = filters.cleaned_data.get("after")
    last = User.objects.filter(pk=key).values_list("sort_key", "pk").first() if key else None
    if last:
        people = people.filter(Q(sort_key__gt=last[0]) | Q(sort_key=last[0], pk__gt=last[1]))
    rows = list(people.order_by("sort_key", "pk")[: PAGE + 1])
    suggested = list(units_to_give(hand)[: UNITS_SUGGESTED + 1])
    return {
        "filters": filters,
        "people": rows[:PAGE],
        "next": filters.address_after(rows[PAGE - 1]) if len(rows) > PAGE else "",
        "is_first": last is None,
        "first": filters.address_after(None),
        "suggested": suggested if len(suggested) <= UNITS_SUGGESTED else [],
    }


@for_administrators
@by_posting("people")
def add(request: PersonRequest) -> HttpResponse:
    form = PersonForm(request.POST)
    if not form.is_valid():
        return _list(request, form, status=400)
    try:
        person = welcome(**form.cleaned_data, by=request.user)
    except Refusal as refusal:
        return _list(request, form, status=answer(request, form, refusal))
    messages.success(
        request,
        _("Đã thêm %(person)s và gửi thư mời đặt mật khẩu. Hãy giao chức vụ.") % {"person": person},
    )
    return redirect("person", person=person.pk)


def fetched(handler: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The person, if the reader looks after them; whoever does not learns nothing."""

    @wraps(handler)
    def answer_with(request: PersonRequest, person: int, **given: Any) -> HttpResponse:
        found = get_object_or_404(looked_after(hand_of(request)), pk=person)
        return handler(request, found, **given)

    return login_required(answer_with)


def posted(handler: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A change of a person comes by POST; whoever only follows the address finds the person."""

    @wraps(handler)
    def answer_posts(request: PersonRequest, person: User, **given: Any) -> HttpResponse:
        if request.method != "POST":
            return redirect("person", person=person.pk)
        return handler(request, person, **given)

    return fetched(answer_posts)


@fetched
def show(request: PersonRequest, person: User) -> HttpResponse:
    return page(request, person)


def page(
    request: PersonRequest, person: User, *, bound: Mapping[str, Form] | None = None, status: int = 200
) -> HttpResponse:
    context = person_file(hand_of(request), person, bound or {})
    return render(request, "web/person.html", context, status=status)


def attempt(
    request: PersonRequest, person: User, key: str, form: Form, *, do: Callable[[], Any], done: str
) -> HttpResponse:
    """Do it and go back to the person; or show the person with the form as typed and why not."""
    status = tried(request, form, do=do, done=done)
    if status is None:
        return redirect("person", person=person.pk)
    return page(request, person, bound={key: form}, status=status)
