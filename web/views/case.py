"""One case on one page: where it stands, what may be done now, its file and its record."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from web.attempts import tried
from web.casefile import case_file
from web.hands import PersonRequest
from web.stale import meanwhile
from workflow.models import Case

CONFLICT = 409


def visible(request: PersonRequest, number: str) -> Case:
    """The case of this number, if the reader sees it; whoever does not learns nothing of it."""
    cases = (
        Case.objects.visible_to(request.user)
        .for_reading()
        .select_related(
            "indicator__catalogue",
            "analysis",
            "recurrence_of",
            "rating__assessment__period",
            "latest_rating__assessment__period",
        )
    )
    return get_object_or_404(cases, number=number)


@login_required
def show(request: PersonRequest, number: str) -> HttpResponse:
    return page(request, number)


def for_posting(handler: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A change comes by POST; whoever returns to its address after signing in finds the case."""

    @wraps(handler)
    def answer_posts(request: PersonRequest, number: str, **given: Any) -> HttpResponse:
        if request.method != "POST":
            return redirect("case", number=number)
        return handler(request, number, **given)

    return login_required(answer_posts)


def page(
    request: PersonRequest, number: str, *, bound: Mapping[str, Form] | None = None, status: int = 200
) -> HttpResponse:
    """The page of a case; a form in `bound` takes the place of the empty one of its name."""
    context = case_file(request, visible(request, number), bound or {})
    if status == CONFLICT:
        context |= meanwhile(request.POST, context)
    return render(request, "web/case.html", context, status=status)


def attempt(
    request: PersonRequest,
    case: Case,
    key: str,
    form: Form,
    *,
    do: Callable[[], Any],
    done: str,
    anchor: str = "",
) -> HttpResponse:
    """Do it and go back to the case; or show the case with the form as typed and why not."""
    status = tried(request, form, do=do, done=done)
    if status is None:
        return redirect(case.get_absolute_url() + anchor)
    return page(request, case.number, bound={key: form}, status=status)
