"""Every figure is the number of cases in the list behind it, on either database."""

from collections import Counter
from datetime import date

import pytest
from django.utils import timezone

from audits.follow_through import by_period, by_unit, in_all
from audits.heat import heat_map, indicators_of
from audits.late import late_with
from audits.listing import rating_list
from audits.ratings import rated_periods
from audits.trend import movers, trend
from audits.vocabulary import Stage
from indicators.models import Period
from organisations.hands import Hand
from organisations.models import Unit, UnitVersion
from tests.audits.city import followed_through
from web.forms.filters import CaseFilter
from workflow.models import Case

TODAY = date(2026, 12, 10)


@pytest.fixture
def world(city, time_machine):
    followed_through(city)
    time_machine.move_to("2026-12-10T03:00:00Z", tick=False)
    return city


def units_of(person):
    return Hand(person, on=TODAY).visible_units()


def listed(person, **query):
    """How many cases the list shows for the query of a figure."""
    filters = CaseFilter(query, units=units_of(person))
    return filters.apply(Case.objects.visible_to(person), user=person, on=timezone.localdate()).count()


def test_follow_through_by_unit_and_its_lists(world):
    first, last = Period.objects.get(code="2026-Q3"), Period.objects.get(code="2026-Q4")
    rows = {row.unit: row.figures for row in by_unit(units_of(world.auditor), first, last, on=TODAY)}
    kien_an = rows[world.kien_an]
    assert kien_an[:6] == (6, 1, 1, 5, 0, 0)
    assert rows[world.phu_lien][:6] == (1, 0, 0, 1, 0, 0)
    # Assigned on the day; two and eight weeks of work, so five in the middle; verified after a week.
    assert kien_an.medians == {"assign": 0, "complete": 35, "verify": 7, "check": None}
    behind = {
        "opened": {}, "on_time": {"done": "on_time"}, "late": {"done": "late"},
        "open_late": {"state": "live", "overdue": "on"}, "closed": {"state": "closed"},
        "recurring": {"recurrence": "on"},
    }  # fmt: skip
    periods = {"period_from": "2026-Q3", "period_to": "2026-Q4"}
    for unit, figures in rows.items():
        for name, query in behind.items():
            found = listed(world.auditor, unit_key=unit.pk, **periods, **query)
            assert found == getattr(figures, name), (unit, name)
    whole = in_all(units_of(world.auditor), first, last, on=TODAY)
    assert whole[:6] == (7, 1, 1, 6, 0, 0)
    assert listed(world.auditor, passed="complete") == 2
    assert whole.median("complete") == 35
    told = by_period(units_of(world.auditor), [last, first], on=TODAY)
    assert [(p.code, f.opened) for p, f in told] == [("2026-Q3", 6), ("2026-Q4", 1)]
    # A chairperson counts their own unit only.
    assert [row.unit for row in by_unit(units_of(world.chairperson), first, last, on=TODAY)] == [
        world.kien_an
    ]


def test_what_comes_back_after_closing_is_counted_as_recurring(city):
    city.closed(city.open_case("3.1"))
    city.rate(red="3.1", period="2027-Q1")
    periods = [Period.objects.get(code=code) for code in ("2026-Q3", "2027-Q1")]
    figures = in_all(units_of(city.auditor), *periods, on=TODAY)
    assert (figures.opened, figures.closed, figures.recurring) == (2, 1, 1)
    assert figures.median("check") == 0
    again = {"unit_key": city.kien_an.pk, "period_from": "2027-Q1", "recurrence": "on"}
    assert listed(city.chairperson, **again) == 1
    assert listed(city.chairperson, **again | {"period_from": "2026-Q3", "period_to": "2026-Q3"}) == 0
    assert listed(city.neighbour_chairperson, **again) == 0, "of another unit nobody counts anything"


def test_the_heat_map_and_whose_ratings_it_shows(world):
    units, columns = units_of(world.auditor), indicators_of(None)
    period = Period.objects.get(code="2026-Q3")

    def cell(code, rated):
        rows = heat_map(units, columns, period=period, rated=rated, on=TODAY)
        kien_an = next(row for row in rows if row.unit == world.kien_an)
        return kien_an.cells[[column.code for column in columns].index(code)]

    assert [cell("2.2", rated).colour for rated in ("self", "city", "newest")] == ["yellow", "red", "red"]
    assert cell("4.8", "city").colour == "not_rated"
    late = cell("1.3", "newest")
    assert (late.state, late.is_late, cell("4.8", "newest").case) == ("in_progress", True, "")
    rows = heat_map(units, columns, period=period, rated="newest", on=TODAY)
    assert sum(row.late for row in rows) == listed(world.auditor, state="live", overdue="on")
    assert sum(row.live for row in rows) == listed(world.auditor, state="live")
    society = heat_map(units, indicators_of(2), period=period, rated="self", on=TODAY)
    assert sum(row.live for row in society) == listed(world.auditor, state="live", group="2") == 2
    told = trend(units, [period], rated="newest", indicators=columns, on=TODAY)[0].colours
    counted = sum((row.colours for row in rows), start=rows[0].colours.__class__())
    assert {colour: counted[colour] for colour in told} == told


def test_who_moved_and_who_holds_what_is_late(world):
    units, columns = units_of(world.auditor), indicators_of(None)
    world.rate(red="3.1", green="1.1 1.2 1.3 1.4 2.1 2.2", period="2026-Q4")
    world.rate(green="4.1", period="2026-Q3", unit=world.phu_lien)
    now, before = rated_periods(units, most=2)
    worse, better = movers(units, before, now, rated="self", indicators=columns)
    assert [(m.unit, m.before, m.now, m.change) for m in worse] == [(world.phu_lien, 0, 1, 1)]
    assert [(m.unit, m.before, m.now, m.change) for m in better] == [(world.kien_an, 6, 1, -5)]
    held = late_with(units, on=TODAY)
    found = {(h.unit, h.post.value, h.person, h.cases) for h in held}
    assert found == {
        (world.kien_an, "chair", world.chairperson, 4),
        (world.kien_an, "assignee", world.staff, 1),
        (world.kien_an, "city", None, 1),
        (world.phu_lien, "chair", world.neighbour_chairperson, 1),
    }
    for holder in held:
        query = {"unit_key": holder.unit.pk, "held": holder.post.value, "state": "live", "overdue": "on"}
        if holder.post == "assignee":
            query["assignee"] = holder.person.pk
        assert listed(world.auditor, **query) == holder.cases, holder
    # Whoever has left holds nothing: it waits for whoever gives it again.
    world.staff.appointments.update(until=TODAY)
    assert {h.post.value for h in late_with(units, on=TODAY)} == {"chair", "city"}


def test_a_unit_is_counted_from_its_first_period_on_while_its_live_cases_always_are(world):
    founded = Unit.objects.create(code="11450", kind="ward", name="An Dương", parent=world.unit)
    UnitVersion.objects.create(unit=founded, since=date(2026, 10, 1), kind="ward", name="An Dương")
    world.rate(red="1.1", green="1.2", unit=founded, period="2026-Q4")
    units, columns = units_of(world.auditor), indicators_of(None)
    before, now = Period.objects.get(code="2026-Q3"), Period.objects.get(code="2026-Q4")
    asked = {"rated": "newest", "indicators": columns, "on": TODAY}
    told = {one.period: one.colours for one in trend(units, [now, before], **asked)}
    assert [sum(told[period].values()) for period in (before, now)] == [2 * 39, 3 * 39]
    for period, colours in ((before, {}), (now, {"red": 1, "green": 1, "not_rated": 37})):
        rows = heat_map(units, columns, period=period, rated="newest", on=TODAY)
        row = next(row for row in rows if row.unit == founded)
        assert (dict(row.colours), row.live) == (colours, 1)
        assert sum(row.live for row in rows) == listed(world.auditor, state="live")
        counted = sum((row.colours for row in rows), start=Counter())
        assert {colour: counted[colour] for colour in told[period]} == told[period]
        behind = rating_list(
            units, columns, period=period, rated="newest", colour="not_rated", after=None, on=TODAY
        )
        assert behind.total == told[period]["not_rated"] == sum(len(lines) for _u, lines in behind.units)


def test_what_was_sent_back_or_reopened_has_not_passed_the_stage(city):
    """Each case is seen when it has passed a stage, and after it was sent back to it."""

    def passed():
        period = Period.objects.get(code="2026-Q3")
        figures = in_all(units_of(city.auditor), period, period, on=TODAY)
        numbers = {stage: listed(city.auditor, passed=stage) for stage in Stage}
        assert {stage for stage, number in numbers.items() if number} == {
            stage for stage, median in figures.medians.items() if median is not None
        }, "a median and the list behind it are of the same cases"
        return [numbers[stage] for stage in Stage]

    case = city.in_verification()
    assert passed() == [1, 1, 0, 0]
    city.take(case, "send_back", city.chairperson, note="Chưa đạt")
    assert passed() == [1, 0, 0, 0]
    case = city.take(Case.objects.get(pk=case.pk), "submit", city.staff)
    case = city.take(case, "verify", city.chairperson)
    assert passed() == [1, 1, 1, 0]
    city.take(case, "reopen", city.auditor, note="Vấn đề còn đó")
    assert passed() == [1, 0, 0, 0]
    other = city.assigned(city.open_case("2.1"))
    assert passed() == [2, 0, 0, 0]
    city.take(other, "decline", city.staff, note="Không đúng việc")
    assert passed() == [1, 0, 0, 0]
