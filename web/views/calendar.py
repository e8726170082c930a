"""The working calendar: a year to look at, days to change, a preview of what moves by it."""

from __future__ import annotations

from datetime import date
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.rehearsal import rehearse
from web.attempts import answer
from web.deadlines import today
from web.forms.calendar import TAKEN_BACK, DaysForm, of_a_day
from web.guards import by_posting, for_administrators
from web.hands import PersonRequest, hand_of
from web.moved import SHOWN, fingerprint, moved
from workflow.calendar import library_days
from workflow.models import CalendarDay
from workflow.refusals import Refusal
from workflow.rescheduling import FARTHEST_YEARS, FIRST_YEAR, Report, change_calendar
from workflow.timekeepers import keeps_time


class Special(NamedTuple):
    """A day that is not what its weekday says; `is_declared` where the city has said so itself."""

    on: date
    is_working: bool
    name: str
    source: str
    is_certain: bool
    is_declared: bool


@for_administrators
def show(request: PersonRequest) -> HttpResponse:
    asked = parse_day(request.GET.get("day"))
    form = DaysForm(initial=of_a_day(asked)) if asked else DaysForm(initial={"is_certain": True})
    return _page(request, form, year=asked.year if asked else None)


def parse_day(text: str | None) -> date | None:
    try:
        return parse_date(text or "")
    except ValueError:
        return None


def _page(
    request: PersonRequest, form: DaysForm, *, year: int | None = None, status: int = 200
) -> HttpResponse:
    day = today()
    years = range(FIRST_YEAR, day.on.year + FARTHEST_YEARS + 1)
    asked = request.GET.get("year", "")
    year = year or (int(asked) if asked.isdecimal() and len(asked) == 4 else day.on.year)
    year = min(max(year, years[0]), years[-1])
    days = special_days(year)
    context = {
        "form": form,
        "year": year,
        "before": year - 1 if year > years[0] else None,
        "after": year + 1 if year < years[-1] else None,
        "months": [(date(year, m, 1), list(group)) for m, group in groupby(days, lambda day: day.on.month)],
        "is_declared": any(day.is_declared for day in days),
        "today": day,
        "keeps_time": keeps_time(hand_of(request)),
    }
    return render(request, "web/calendar.html", context, status=status)


def special_days(year: int) -> list[Special]:
    """What the library knows of a year, with what the city has declared in its place."""
    days = {on: Special(on, *known, "", False, False) for on, known in library_days(year).items()}
    for row in CalendarDay.objects.filter(on__year=year):
        days[row.on] = Special(row.on, row.is_working, row.name, row.source, row.is_certain, True)
    return [days[on] for on in sorted(days)]


@for_administrators
@by_posting("calendar")
def preview(request: PersonRequest) -> HttpResponse:
    """What the days would move: nothing is stored by looking at it."""
    form = DaysForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=400)
    try:
        report = _rehearsed(request, form)
    except Refusal as refusal:
        return _page(request, form, status=answer(request, form, refusal))
    return _preview(request, form, report)


def _rehearsed(request: PersonRequest, form: DaysForm) -> Report:
    """What the days would move, and what the clock would then say next."""
    look = partial(rehearse, hand_of(request))
    return change_calendar(form.days(), by=request.user, dry_run=True, look=look)


def _preview(request: PersonRequest, form: DaysForm, report: Report, *, status: int = 200) -> HttpResponse:
    day = today()
    context: dict[str, Any] = {
        "form": form,
        "report": report,
        "moved": moved(report, on=day.on),
        "more": max(len(report.cases) - SHOWN, 0),
        "seen": fingerprint(report),
        "rehearsal": report.seen,
        "as_it_is": rehearse(hand_of(request)),
        "shown": SHOWN,
        "takes_back": form.cleaned_data["what"] == TAKEN_BACK,
    }
    return render(request, "web/calendar-preview.html", context, status=status)


@for_administrators
@by_posting("calendar")
def change(request: PersonRequest) -> HttpResponse:
    """Do what the preview showed; where that is no longer what would happen, show it again."""
    form = DaysForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=400)
    try:
        expected = _rehearsed(request, form)
        if request.POST.get("seen") != fingerprint(expected):
            messages.error(request, _("Từ lúc xem trước đã có thay đổi. Hãy xem lại rồi xác nhận."))
            return _preview(request, form, expected, status=409)
        report = change_calendar(form.days(), by=request.user)
    except Refusal as refusal:
        return _page(request, form, status=answer(request, form, refusal))
    messages.success(request, _told(len(report.cases)))
    return redirect(f"/calendar/?year={form.cleaned_data['first'].year}")


def _told(count: int) -> str:
    if not count:
        return _("Đã ghi lịch; không hồ sơ nào đổi hạn.")
    said = ngettext("Đã ghi lịch; %(count)s hồ sơ đổi hạn.", "Đã ghi lịch; %(count)s hồ sơ đổi hạn.", count)
    return said % {"count": count}
