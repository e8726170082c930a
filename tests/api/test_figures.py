"""Figures through the API: by unit, indicator and period, for the units whose affairs one sees."""

from datetime import date

from organisations.models import Unit, UnitVersion
from tests.audits.city import followed_through


def test_board_and_follow_through(city, as_, time_machine):
    cases = followed_through(city)
    time_machine.move_to("2026-12-10T03:00:00Z", tick=False)
    auditor, chairperson = as_(city.auditor), as_(city.chairperson)
    board = auditor.get("board/", period="2026-Q3").json()
    kien_an = next(unit for unit in board["units"] if unit["unit"] == "11443")
    assert kien_an["colours"] == {"red": 6, "green": 1, "not_rated": 32}
    assert (kien_an["live"], kien_an["late"], len(kien_an["cells"])) == (6, 5, 39)
    cell = next(cell for cell in kien_an["cells"] if cell["indicator"] == "1.3")
    assert cell == {
        "indicator": "1.3", "colour": "red", "case": cases["1.3"].number, "state": "in_progress",
        "late": True,
    }  # fmt: skip
    of_2_2 = next(one for one in board["indicators"] if one["indicator"] == "2.2")
    assert of_2_2 == {"indicator": "2.2", "colours": {"red": 1, "not_rated": 1}, "live": 1, "late": 1}
    assert [one["period"] for one in board["periods"]] == ["2026-Q3", "2026-Q4"]
    assert auditor.get("board/").json()["period"] == "2026-Q4"
    assert auditor.get("board/", period="2026-Q3", rated="self", group=2).json()["units"][0]["colours"] == {
        "red": 1, "yellow": 1, "not_rated": 6
    }  # fmt: skip

    told = auditor.get("follow-through/", period_from="2026-Q3", period_to="2026-Q3").json()
    assert told["total"] == {
        "opened": 6, "on_time": 1, "late": 1, "open_late": 5, "closed": 0, "recurring": 0,
        "median_days": {"assign": 0, "complete": 35, "verify": 7, "check": None},
    }  # fmt: skip
    assert [unit["unit"] for unit in told["units"]] == ["11443", "11446"]
    behind = {
        "opened": {},
        "on_time": {"done": "on_time"},
        "late": {"done": "late"},
        "open_late": {"overdue": "true"},
    }
    for name, query in behind.items():
        cases_listed = auditor.get("cases/", period_from="2026-Q3", period_to="2026-Q3", **query)
        assert len(cases_listed.json()["results"]) == told["total"][name], name
    for query, number in (({"passed": "complete"}, 2), ({"held": "city"}, 1), ({"group": 2}, 2)):
        assert len(auditor.get("cases/", unit="11443", **query).json()["results"]) == number, query
    assert [one["period"] for one in told["periods"]] == ["2026-Q3"]
    own = chairperson.get("follow-through/").json()
    assert [unit["unit"] for unit in own["units"]] == ["11443"]
    assert own["total"]["opened"] == 6
    for query in ({"period": "2020-Q1"}, {"moon": "1"}, {"rated": "us"}):
        assert auditor.get("board/", **query).status_code == 400, query
    assert auditor.get("follow-through/", period_from="2026-Q4", period_to="2026-Q3").status_code == 400
    assert as_(city.staff).get("board/").status_code == 403


def test_before_anything_is_rated(city, as_):
    auditor = as_(city.auditor)
    assert auditor.get("board/").json()["period"] is None
    assert auditor.get("follow-through/").json()["total"]["opened"] == 0


def test_what_lies_between_a_year_and_its_quarters_and_what_was_not_there(city, as_, time_machine):
    time_machine.move_to("2026-12-10T03:00:00Z", tick=False)
    founded = Unit.objects.create(code="11450", kind="ward", name="An Dương", parent=city.unit)
    UnitVersion.objects.create(unit=founded, since=date(2026, 10, 1), kind="ward", name="An Dương")
    city.rate(green="1.1", period="2026-Q2")
    city.rate(red="1.2", period="2026", kind="city")
    case = city.open_case("1.3", unit=founded, period="2026-Q4")
    auditor = as_(city.auditor)
    for query in ({}, {"period_from": "2026-Q2", "period_to": "2026"}):
        told = auditor.get("follow-through/", **query).json()
        between = (told["period_from"], told["period_to"])
        assert (between, told["total"]["opened"]) == (("2026", "2026"), 2)
        listed = auditor.get("cases/", period_from=between[0], period_to=between[1]).json()["results"]
        assert len(listed) == 2
    board = auditor.get("board/", period="2026-Q2").json()
    row = next(unit for unit in board["units"] if unit["unit"] == "11450")
    cell = next(cell for cell in row["cells"] if cell["indicator"] == "1.3")
    assert (row["colours"], row["live"], cell["colour"], cell["case"]) == ({}, 1, None, case.number)
    of_1_3 = next(one for one in board["indicators"] if one["indicator"] == "1.3")
    assert (of_1_3["colours"], of_1_3["live"]) == ({"not_rated": 2}, 1)
