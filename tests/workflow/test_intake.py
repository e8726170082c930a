"""The table of case-life: what a new rating does to no case, a live one, a closed one."""

from datetime import date

from indicators.models import Indicator, Rating
from tests.conftest import WEDNESDAY
from workflow.models import Case, Event, Timer
from workflow.vocabulary import Kind, State


def kinds(case) -> list[str]:
    return list(case.events.order_by("seq").values_list("kind", flat=True))


def effects(report) -> dict[str, str]:
    codes = dict(Indicator.objects.values_list("pk", "code"))
    return {codes[e.indicator_id]: e.effect for e in report.effects}


def test_red_and_yellow_open_cases_and_green_opens_none(city) -> None:
    report = city.rate(red="1.1", yellow="1.2", green="1.3")
    assert effects(report) == {"1.1": "opened", "1.2": "opened"}
    red, yellow = Case.objects.order_by("number")
    assert (red.number, yellow.number) == ("2026-000001", "2026-000002")
    assert (red.colour, red.assign_by) == ("red", date(2026, 10, 12))
    assert (yellow.colour, yellow.assign_by) == ("yellow", date(2026, 10, 14))
    assert kinds(red) == [Kind.OPENED]
    opened = red.events.get()
    assert opened.actor is None
    assert opened.changes["state"] == [None, "open"]
    assert Timer.objects.get(case=red).due_on == red.assign_by


def test_the_same_assessment_again_changes_nothing(city) -> None:
    city.rate(red="1.1", green="1.3")
    before = (Rating.objects.count(), Event.objects.count())
    report = city.rate(red="1.1", green="1.3")
    assert report.has_changed_nothing
    assert report.unchanged == 2
    assert (Rating.objects.count(), Event.objects.count()) == before


def test_a_dry_run_says_what_would_happen_and_stores_nothing(city) -> None:
    report = city.rate(red="1.1 1.2", dry_run=True)
    assert effects(report) == {"1.1": "opened", "1.2": "opened"}
    assert not Rating.objects.exists()
    assert not Case.objects.exists()
    assert city.rate(red="1.1").cases("opened") == ["2026-000001"]


def test_a_live_case_is_rated_again_and_tightens_nothing_silently(city) -> None:
    case = city.open_case("1.1", colour="yellow")
    report = city.rate(red="1.1", period="2026-Q4")
    assert effects(report) == {"1.1": "rated_again"}
    case.refresh_from_db()
    assert (case.colour, case.state, case.assign_by) == ("yellow", State.OPEN, date(2026, 10, 14))
    assert case.latest_rating.colour == "red"
    assert case.events.latest("seq").changes["rated"] == ["yellow", "red"]


def test_a_watched_case_closes_on_a_later_green(city) -> None:
    case = city.monitored()
    report = city.rate(green="1.4", period="2026-Q4")
    assert effects(report) == {"1.4": "confirmed"}
    case.refresh_from_db()
    assert case.state == State.CLOSED
    assert case.closed_at
    assert kinds(case)[-2:] == [Kind.RATED_AGAIN, Kind.CONFIRMED]
    assert case.events.latest("seq").actor is None
    assert not Timer.objects.exclude(next_at=None).exists()


def test_a_watched_case_reopens_on_a_later_red(city) -> None:
    case = city.monitored()
    assert effects(city.rate(yellow="1.4", period="2026-Q4")) == {"1.4": "reopened"}
    case.refresh_from_db()
    assert (case.state, case.reopening_count) == (State.IN_PROGRESS, 1)
    assert case.turn_due_on == case.due_on == date(2026, 11, 6)


def test_a_green_while_work_is_under_way_lets_the_verifier_confirm_at_once(city) -> None:
    case = city.in_progress()
    city.rate(green="1.4", period="2026-Q4")
    case = city.complete_file(case)
    case = city.take(case, "submit", city.staff)
    case = city.take(case, "verify", city.chairperson)
    assert city.take(case, "confirm", city.chairperson).state == State.CLOSED


def test_a_relapse_after_closing_opens_a_new_case_linked_to_the_old(city) -> None:
    old = city.closed()
    report = city.rate(red="1.4", period="2027-Q1")
    assert effects(report) == {"1.4": "recurrence"}
    new = Case.objects.get(state=State.OPEN)
    assert (new.recurrence_of, new.recurrence_count) == (old, 1)
    assert new.events.get().changes["recurrence_of"] == [None, old.number]


def test_after_a_cancelled_case_a_red_opens_one_that_is_no_recurrence(city) -> None:
    city.take(city.open_case(), "cancel", city.auditor, note="Nhầm")
    assert effects(city.rate(red="1.4", period="2026-Q4")) == {"1.4": "opened"}


def test_an_untouched_case_is_cancelled_when_its_rating_is_corrected_to_green(city) -> None:
    case = city.open_case("1.1")
    assert effects(city.rate(green="1.1")) == {"1.1": "cancelled"}
    case.refresh_from_db()
    assert case.state == State.CANCELLED
    assert Rating.objects.filter(superseded_at=None).get().colour == "green"
    assert Rating.objects.count() == 2


def test_a_touched_case_is_not_cancelled_by_a_correction(city) -> None:
    case = city.assigned(city.open_case("1.1"))
    assert effects(city.rate(green="1.1")) == {"1.1": "rated_again"}
    case.refresh_from_db()
    assert case.state == State.ASSIGNED


def test_the_citys_green_does_not_correct_the_units_own_red(city) -> None:
    case = city.open_case("1.1")
    assert effects(city.rate(green="1.1", kind="city")) == {"1.1": "rated_again"}
    case.refresh_from_db()
    assert case.state == State.OPEN
    in_force = Rating.objects.in_force().order_by("pk").values_list("assessment__kind", "colour")
    assert list(in_force) == [("self", "red"), ("city", "green")]


def test_a_rating_of_an_earlier_period_is_kept_and_moves_nothing(city) -> None:
    case = city.monitored()
    city.rate(yellow="1.1", period="2026-Q3")
    city.rate(green="1.1", period="2026-Q4")
    assert effects(city.rate(red="1.1 1.2", period="2026-Q2")) == {"1.2": "opened"}
    case.refresh_from_db()
    assert case.state == State.MONITORING
    assert Rating.objects.filter(assessment__period__code="2026-Q2").count() == 2


def test_many_cases_take_no_more_statements_than_one(city, django_assert_num_queries) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    codes = list(Indicator.objects.values_list("code", flat=True))
    counts = []
    for period, unit, red in (
        ("2026-Q3", city.kien_an, codes[:1]),
        ("2026-Q3", city.phu_lien, codes),
    ):
        with CaptureQueriesContext(connection) as context:
            city.rate(red=" ".join(red), period=period, unit=unit)
        counts.append(len([q for q in context if "SAVEPOINT" not in q["sql"]]))
    assert counts[1] <= counts[0]
    assert Case.objects.count() == 40


def test_numbers_run_on_through_the_year(city) -> None:
    city.rate(red="1.1 1.2")
    city.rate(red="1.1", unit=city.phu_lien)
    city.rate(red="1.3", period="2027-Q1", now=WEDNESDAY.replace(year=2027, month=4))
    assert list(Case.objects.order_by("pk").values_list("number", flat=True)) == [
        "2026-000001", "2026-000002", "2026-000003", "2027-000001",
    ]  # fmt: skip
