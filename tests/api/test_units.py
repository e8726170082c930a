"""Units by API: found as on the page, with their former names, those before and after, and their people."""

from __future__ import annotations

from organisations.models import Unit
from organisations.plan import choose
from tests import kien_an
from tests.conftest import WEDNESDAY
from workflow.reorganisation import reorganise

from .twins import asked


def codes(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [unit["code"] for unit in answer.json()["results"]]


def test_units_are_narrowed_and_tell_their_past(city_of_june_2025, as_, signed_in, time_machine) -> None:
    city = city_of_june_2025
    time_machine.move_to(WEDNESDAY, tick=False)
    reader = as_(city.auditor)
    assert codes(reader.get("units/", search="van dau", standing="standing")) == ["11446"]
    assert "11446" in codes(reader.get("units/", parent="31", kind="ward"))
    assert codes(reader.get("units/", standing="dissolved")) == []
    assert list(reader.get("units/", kind="village").json()["errors"]) == ["kind"]
    reorganise(
        choose(kien_an.plan(), {}), on=kien_an.FIRST_DAY, legal_instrument=kien_an.RESOLUTION,
        by=city.administrator,
    )  # fmt: skip
    gone = codes(reader.get("units/", standing="dissolved"))
    assert len(gone) == 9
    new = reader.get("units/11443/").json()
    assert (new["name"], new["dissolved_on"], new["successors"]) == ("Kiến An", None, [])
    before = {kin["name"]: kin for kin in new["predecessors"]}
    assert before["Phường Trần Thành Ngọ, Quận Kiến An"] | {"is_partial": True} == {
        "code": "11443", "name": "Phường Trần Thành Ngọ, Quận Kiến An", "dissolved_on": "2025-07-01",
        "since": "2025-07-01", "is_partial": True, "legal_instrument": kien_an.RESOLUTION,
    }  # fmt: skip
    [old] = reader.get("units/11443/former/").json()
    assert [(name["since"], name["full_name"]) for name in old["names"]] == [
        ("2000-01-01", "Phường Trần Thành Ngọ, Quận Kiến An")
    ]
    assert "11443" in [kin["code"] for kin in old["successors"]]
    assert reader.get("units/99999/former/").status_code == 404
    page = signed_in(city.auditor).get("/units/11443/").context
    assert {kin.name for kin, _may_read in page["lineage"]} == set(before)


def test_the_people_of_a_unit_are_those_of_its_page(city, as_, signed_in) -> None:
    told = as_(city.staff).get("units/11443/people/").json()
    roles = signed_in(city.staff).get("/units/11443/").context["roles"]
    assert [(o["role"], o["person"]["full_name"]) for o in told["offices"] if o["role"] == "staff"] == [
        ("staff", office.user.full_name) for role, found in roles if role == "staff" for office in found
    ]
    assert as_(city.neighbour_staff).get("units/11443/people/").status_code == 404
    assert as_(city.staff).get("units/31/people/").status_code == 404


def test_units_cost_the_same_however_many(city, as_) -> None:
    reader, counts = as_(city.auditor), []
    for count in (1, 3, 50):
        for n in range(count):
            code = f"9{count:02}{n:02}"
            unit = Unit.objects.create(code=code, kind="ward", name=f"Mới {code}", parent=city.unit)
            city.person(f"chair{code}", "Trần Văn Một", "chairperson", unit)
            city.person(f"staff{code}", "Trần Văn Hai", "staff")
        paths = ("units/?search=phuong&parent=31&standing=standing", "units/11443/", "units/11443/people/")
        counts.append([asked(lambda p=p: reader.client.get(f"/api/v1/{p}")) for p in paths])
    assert counts[0] == counts[1] == counts[2], counts
    assert max(counts[0]) <= 8, counts
