"""Whatever is sent, the answer is a sentence in a problem document, and nothing is half stored."""

from datetime import date

import pytest

from indicators.models import Period
from workflow.models import Case, Event


def is_refused(answer, status: int, *fields: str) -> bool:
    """A problem document of that status, which names these fields and says something of each."""
    assert answer.status_code == status, answer.content[:500]
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["detail"]
    errors = problem.get("errors", {})
    assert all(errors.values())
    return set(fields) <= set(errors)


# --- Days -------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["9999-12-31", "9999-12-30", "2200-01-01", "2031-10-02", "0001-01-01"])
def test_a_day_nobody_can_mean_is_refused_by_its_field(city, as_, time_machine, day) -> None:
    time_machine.move_to("2026-10-07T02:00Z", tick=False)
    case = city.in_progress()
    work, steps = f"cases/{case.number}/corrective-actions/", f"cases/{case.number}/steps/"
    plan = {"description": "Lập sổ", "owner": city.staff.email, "due_on": day}
    assert is_refused(as_(city.staff).post(work, plan), 400, "due_on")
    assign = {"assignee": city.staff.email, "due_on": day}
    assert is_refused(as_(city.chairperson).post(f"{steps}assign/", assign), 400, "due_on")
    case = city.in_verification(city.open_case("2.1"))
    answer = as_(city.chairperson).post(f"cases/{case.number}/steps/verify/", {"check_on": day})
    assert is_refused(answer, 400, "check_on")
    assert not Case.objects.filter(turn_due_on__year__gt=2027).exists()


def test_the_farthest_day_is_five_years_ahead(city, as_, time_machine) -> None:
    time_machine.move_to("2026-10-07T02:00Z", tick=False)
    case = city.in_progress()
    sent = {"due_on": "2031-10-01", "note": "Chờ vốn trung hạn", "objective_cause": True}
    answer = as_(city.chairperson).post(f"cases/{case.number}/steps/extend/", sent)
    assert answer.json()["due_on"] == "2031-10-01"
    assert Event.objects.filter(case=case, kind="extended").count() == 1
    assert Case.objects.get(pk=case.pk).due_on == date(2031, 10, 1)


@pytest.mark.parametrize("code", ["0000", "9999", "9999-Q4", "2062-Q4", "1999-H2", "２０２６-Q4", "2026-13"])
def test_a_period_nobody_can_mean_is_refused(city, as_, code) -> None:
    rating = {"unit": "11443", "period": code, "ratings": [{"indicator": "1.4", "colour": "red"}]}
    assert is_refused(as_(city.coordinator).post("assessments/", rating), 400, "period")
    days = {"code": "X", "starts_on": "2026-01-01", "ends_on": "9999-12-31"}
    assert is_refused(as_(city.administrator).post("periods/", days), 400, "ends_on")
    assert not Period.objects.exists()
