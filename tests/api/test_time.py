"""Calendar and deadlines by API: read by everybody, changed by the administrator, tried out first."""

from __future__ import annotations

from datetime import date

import pytest

from tests.conftest import WEDNESDAY
from workflow.models import CalendarDay, Case, Policy

STORM = {"days": [{"on": "2026-10-09", "is_working": False, "name": "Nghỉ bão", "source": "CĐ 05"}]}


@pytest.fixture(autouse=True)
def _today(time_machine) -> None:
    time_machine.move_to(WEDNESDAY, tick=False)


def test_everybody_reads_the_calendar_in_the_order_of_days(city, as_) -> None:
    days = as_(city.staff).get("calendar/", page_size=200).json()["results"]
    assert days[0] == {
        "on": "2025-01-01", "is_working": False, "name": "Tết Dương lịch",
        "source": "BLLĐ 2019 Điều 112", "is_certain": True,
    }  # fmt: skip
    assert [day["on"] for day in days] == sorted(day["on"] for day in days)


def test_a_change_is_tried_and_made(city, as_) -> None:
    case, admin = city.open_case(), as_(city.administrator)
    tried = admin.post("calendar/?dry_run=true", STORM)
    assert tried.status_code == 200
    told = tried.json()
    assert told.pop("rehearsal") == {
        "at": "2026-10-08T00:30:00Z", "rests_tomorrow": False, "reminders": 0, "told": [],
        "vacant": [], "waiting": 0,
    }  # fmt: skip
    assert told == {
        "dry_run": True, "days": 1, "cases": 1,
        "moves": [{"case": case.number, "unit": "11443", "date": "assign_by", "corrective_action": None,
                   "before": "2026-10-12", "after": "2026-10-13"}],
    }  # fmt: skip
    assert not CalendarDay.objects.filter(on=date(2026, 10, 9)).exists()
    made = admin.post("calendar/", STORM)
    assert (made.status_code, made.json()) == (201, told | {"dry_run": False, "rehearsal": None})
    assert admin.post("calendar/", STORM).status_code == 200  # nothing new
    taken_back = admin.post("calendar/", {"days": [{"on": "2026-10-09"}]})
    assert taken_back.json()["moves"][0]["after"] == "2026-10-12"
    assert Case.objects.get(pk=case.pk).version == 3


@pytest.mark.parametrize("who", ["chairperson", "auditor", "stranger"])
def test_nobody_else_changes_either(city, as_, who) -> None:
    caller = as_(getattr(city, who))
    assert caller.post("calendar/", STORM).status_code == 403
    assert caller.post("policies/", {}).status_code == 403
    assert caller.get("policies/").status_code == 200


def test_what_is_wrong_is_named(city, as_) -> None:
    admin = as_(city.administrator)
    twice = admin.post("calendar/", {"days": STORM["days"] * 2})
    assert (twice.status_code, list(twice.json()["errors"])) == (400, ["on"])
    nameless = admin.post("calendar/", {"days": [{"on": "2026-10-09", "is_working": False}]})
    assert list(nameless.json()["errors"]) == ["name"]
    assert list(admin.post("calendar/", {"days": [{"on": "x"}]}).json()["errors"]) == ["days[0].on"]
    assert admin.post("calendar/", {"days": []}).status_code == 400
    assert admin.post("calendar/", {}).status_code == 400


def test_new_terms_are_tried_and_set(city, as_) -> None:
    city.open_case()
    admin = as_(city.administrator)
    terms = {"colour": "red", "valid_from": "2026-10-08", "assign_within_working_days": 4}
    tried = admin.post("policies/?dry_run=true", terms)
    assert (tried.status_code, tried.json()["keep_theirs"], tried.json()["cases"]) == (200, 1, 0)
    assert Policy.objects.count() == 2
    made = admin.post("policies/", terms)
    assert (made.status_code, made.json()["policy"]["complete_within_days"]) == (201, 30)
    assert admin.get("policies/").json()["results"][0]["assign_within_working_days"] == 4
    late = admin.post("policies/", terms | {"valid_from": "2026-10-01"})
    assert (late.status_code, list(late.json()["errors"])) == (400, ["valid_from"])
    assert admin.post("policies/", terms | {"check_after_days": 0}).status_code == 400
    assert admin.post("policies/", {"colour": "yellow", "valid_from": "2026-10-08"}).status_code == 409
