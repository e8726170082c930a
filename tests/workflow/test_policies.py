"""New terms are for new cases: versions by date, and nothing of what is open moves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry

from tests.conftest import WEDNESDAY
from tests.workflow.test_clock import at
from workflow.models import Case, Event, Policy
from workflow.policies import BOUNDS, Report, set_policy
from workflow.refusals import Invalid, NotNow, NotYours

TODAY, TOMORROW = date(2026, 10, 7), date(2026, 10, 8)


def set_(city: Any, colour: str = "red", *, valid_from: date = TOMORROW, **given: Any) -> Report:
    return set_policy(colour, valid_from=valid_from, by=city.administrator, now=WEDNESDAY, **given)


def versions(colour: str = "red") -> list[tuple[date, int]]:
    rows = Policy.objects.filter(colour=colour).order_by("valid_from")
    return list(rows.values_list("valid_from", "assign_within_working_days"))


def test_a_case_keeps_the_policy_it_was_opened_under(city) -> None:
    old = city.open_case("1.1")
    report = set_(city, assign_within_working_days=10, complete_within_days=45)
    assert (report.keep_theirs, report.is_replacement) == (1, False)
    assert (report.before.assign_within_working_days, report.policy.verify_within_working_days) == (3, 5)
    new = city.open_case("1.2", now=at(2026, 10, 8))
    assert (new.policy, new.assign_by) == (report.policy, date(2026, 10, 22))
    assert Case.objects.get(pk=old.pk).policy == report.before
    given = city.take(old, "assign", city.chairperson, assignee=city.staff, now=at(2026, 10, 8))
    assert given.due_on == date(2026, 11, 9)  # thirty days, as when it was opened
    assert not Event.objects.filter(kind="rescheduled").exists()


def test_the_day_before_it_begins_the_old_terms_hold(city) -> None:
    set_(city, valid_from=date(2026, 10, 12), assign_within_working_days=10)
    assert city.open_case("1.1", now=at(2026, 10, 11, 23)).policy.assign_within_working_days == 3
    assert city.open_case("1.2", now=at(2026, 10, 12, 1)).policy.assign_within_working_days == 10


def test_a_version_still_to_come_is_replaced(city) -> None:
    set_(city, assign_within_working_days=10)
    report = set_(city, assign_within_working_days=8)
    assert report.is_replacement
    assert versions() == [(date(2020, 1, 1), 3), (TOMORROW, 8)]
    said = LogEntry.objects.order_by("pk").values_list("object_repr", "change_message", "user")
    by = city.administrator.pk
    assert list(said) == [
        ("Đỏ, 08/10/2026", '{"assign_within_working_days": "3 → 10"}', by),
        ("Đỏ, 08/10/2026", '{"assign_within_working_days": "10 → 8"}', by),
    ]


def test_each_colour_has_versions_of_its_own(city) -> None:
    set_(city, "yellow", check_after_days=45)
    assert versions() == [(date(2020, 1, 1), 3)]
    assert versions("yellow") == [(date(2020, 1, 1), 5), (TOMORROW, 5)]


def test_today_will_do_while_no_case_of_the_colour_was_opened_today(city) -> None:
    city.open_case("1.1", now=WEDNESDAY - timedelta(days=1))
    city.open_case("1.2", colour="yellow")
    assert set_(city, valid_from=TODAY, assign_within_working_days=4).policy.pk
    assert city.open_case("1.3").policy.assign_within_working_days == 4
    with pytest.raises(Invalid, match="từ ngày mai"):
        set_(city, "yellow", valid_from=TODAY, assign_within_working_days=4)


def test_what_is_in_force_is_never_changed(city) -> None:
    set_(city, valid_from=TODAY, assign_within_working_days=4)
    with pytest.raises(Invalid, match="đã có hiệu lực"):
        set_(city, valid_from=TODAY, assign_within_working_days=6)
    with pytest.raises(Invalid, match="từ hôm nay"):
        set_(city, valid_from=date(2020, 1, 1), assign_within_working_days=6)
    assert versions() == [(date(2020, 1, 1), 3), (TODAY, 4)]


def test_the_same_terms_again_are_nothing_new(city) -> None:
    with pytest.raises(NotNow):
        set_(city, assign_within_working_days=3, verifier="chairperson")


@pytest.mark.parametrize("who", ["chairperson", "auditor", "stranger"])
def test_only_an_administrator_sets_terms(city, who) -> None:
    with pytest.raises(NotYours):
        set_policy("red", valid_from=TOMORROW, by=getattr(city, who), now=WEDNESDAY, check_after_days=9)


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, value) for name, (least, most) in BOUNDS.items() for value in (least - 1, most + 1)]
    + [("verifier", "nobody"), ("colour", "green"), ("check_after_days", "9"), ("check_after_days", True),
       ("valid_from", TODAY - timedelta(days=1)), ("valid_from", date(2126, 1, 1)), ("speed", 3)],
)  # fmt: skip
def test_terms_out_of_bounds_are_refused_by_name(city, name, value) -> None:
    given = {"colour": "red", "check_after_days": 50} | {name: value}
    with pytest.raises(Invalid) as refusal:
        set_(city, given.pop("colour"), **given)
    assert set(refusal.value.errors) == {name}
    assert len(versions()) == 1


def test_a_dry_run_stores_nothing(city) -> None:
    city.open_case()
    report = set_(city, dry_run=True, extension_limit=1)
    assert (report.policy.extension_limit, report.keep_theirs) == (1, 1)
    assert versions() == [(date(2020, 1, 1), 3)]
