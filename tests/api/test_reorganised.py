"""The API after a reorganisation: codes name standing units, the old ones are there to be read."""

import pytest

from organisations.models import Role, Unit
from organisations.plan import PlanRow
from tests import kien_an
from tests.conftest import WEDNESDAY
from workflow.reorganisation import reorganise


@pytest.fixture
def july(city_of_june_2025, time_machine):
    city = city_of_june_2025
    time_machine.move_to(WEDNESDAY, tick=False)
    city.case = city.closed(city.open_case("2.1"))
    city.live = city.open_case("1.1")
    reorganise(
        kien_an.plan({("11443", "11443"): "take"}),
        on=kien_an.FIRST_DAY, legal_instrument=kien_an.RESOLUTION, by=city.administrator, now=WEDNESDAY,
    )  # fmt: skip
    new = Unit.objects.get(code="11443", dissolved_on=None)
    city.person("heir", "Trần Văn Một", Role.CHAIRPERSON, new)
    return city


def test_the_list_of_units_shows_both_and_pages_through_equal_codes(july, as_) -> None:
    seen, query = [], {"page_size": 1}
    while True:
        page = as_(july.heir).get("units/", **query).json()
        seen += [(row["code"], row["name"], row["dissolved_on"]) for row in page["results"]]
        if not page["next"]:
            break
        query = {"page_size": 1, "cursor": page["next"].split("cursor=")[1].split("&")[0].replace("%3D", "=")}
    assert len(seen) == len(set(seen)) == Unit.objects.count()
    assert [code for code, *_rest in seen] == sorted(Unit.objects.values_list("code", flat=True))
    bearers = {row for row in seen if row[0] == "11443"}
    assert bearers == {("11443", "Trần Thành Ngọ", "2025-07-01"), ("11443", "Kiến An", None)}


def test_a_code_names_the_unit_that_stands_or_the_last_that_bore_it(july, as_) -> None:
    assert as_(july.heir).get("units/11443/").json()["name"] == "Kiến An"
    old = as_(july.heir).get("units/11449/").json()
    assert (old["name"], old["parent"], old["dissolved_on"]) == ("Bắc Hà", "31", "2025-07-01")
    assert as_(july.heir).get("units/99999/").status_code == 404


def test_a_step_means_the_standing_unit_by_its_code(july, as_) -> None:
    """By hand a case of a unit that gave a part away goes to who received it."""
    ceding = [PlanRow("11443", "11446", "", "", keeps=True)]
    reorganise(ceding, on=WEDNESDAY.date(), legal_instrument="NQ 2", by=july.administrator, now=WEDNESDAY)
    address = f"cases/{july.live.number}/steps/transfer/"
    refused = as_(july.administrator).post(address, {"unit": "11449", "note": "Nhầm"})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["unit"])
    answer = as_(july.administrator).post(address, {"unit": "11446", "note": "Thuộc phần đã chia"})
    assert (answer.status_code, answer.json()["unit_name"]) == (200, "Phường Phù Liễn")


def test_a_successor_reads_the_case_its_record_and_the_assessment_and_writes_nothing(july, as_) -> None:
    heir, number = as_(july.heir), july.case.number
    case = heir.get(f"cases/{number}/").json()
    assert (case["unit"], case["unit_name"]) == ("11443", "Phường Trần Thành Ngọ, Quận Kiến An")
    assert not any(step["possible"] and step["step"] != "comment" for step in case["steps"])
    assert heir.get(f"cases/{number}/events/").status_code == 200
    refused = heir.post(f"cases/{number}/comments/", {"note": "Xin hỏi"})
    assert (refused.status_code, refused.json()["detail"]) == (403, "Hồ sơ của đơn vị tiền thân chỉ để xem.")
    named = {(row["period"], row["unit_name"]) for row in heir.get("assessments/").json()["results"]}
    assert ("2026-Q3", "Phường Trần Thành Ngọ, Quận Kiến An") in named


def test_a_rating_by_code_opens_a_case_of_the_new_unit(july, as_) -> None:
    body = {"unit": "11443", "period": "2026-Q4", "ratings": [{"indicator": "3.1", "colour": "red"}]}
    answer = as_(july.heir).post("assessments/", body)
    assert answer.status_code == 201
    opened = as_(july.heir).get(f"cases/{answer.json()['opened'][0]}/").json()
    assert (opened["unit"], opened["unit_name"]) == ("11443", "Phường Kiến An")
    body["unit"] = "11449"
    refused = as_(july.administrator).post("assessments/", body)
    assert (refused.status_code, "11449" in str(refused.json()["errors"])) == (400, True)


def test_both_are_found_by_the_code_they_share(july, as_) -> None:
    found = as_(july.auditor).get("cases/", unit="11443").json()["results"]
    assert {row["number"] for row in found} >= {july.case.number, july.live.number}
