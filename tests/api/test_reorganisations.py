"""Units become other units by API, exactly as by the pages."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from organisations.models import Unit
from tests import kien_an
from tests.conftest import WEDNESDAY
from workflow.models import Case

from .twins import leave_the_same

TAKEN = {("11443", "11446"): "take"}


def test_a_plan_is_seen_and_carried_out_as_by_the_pages(
    city_of_june_2025, as_, signed_in, time_machine
) -> None:
    city = city_of_june_2025
    time_machine.move_to(WEDNESDAY, tick=False)
    cases = [city.open_case("1.1"), city.assigned()]
    admin, page = as_(city.administrator), signed_in(city.administrator)

    def given(content: bytes, **more: Any) -> dict[str, Any]:
        file = SimpleUploadedFile("phuong-an.csv", content)
        return {"file": file, "on": "2025-07-01", "legal_instrument": kien_an.RESOLUTION} | more

    def send(content: bytes, who: Any = admin, **more: Any) -> Any:
        return who.post("reorganisations/", given(content, **more), format="multipart")

    def by_page() -> Any:
        page.post("/reorganisations/upload/", given(kien_an.plan_file()))
        taken = {"takes_11443": "11446"}
        seen = page.get("/reorganisations/preview/", taken).context["seen"]
        return page.post("/reorganisations/confirm/", taken | {"seen": seen})

    left = leave_the_same(by_page, lambda: send(kien_an.plan_file(TAKEN)), apart={"changes"})
    assert {"Unit", "Succession", "Appointment", "Case", "Event"} <= set(left)
    undecided = send(kien_an.plan_file(), dry_run="true")
    [(where, _said)] = undecided.json()["errors"].items()
    assert (undecided.status_code, where.startswith("dòng ")) == (400, True)
    seen = send(kien_an.plan_file(TAKEN), dry_run="true")
    body = seen.json()
    assert (seen.status_code, len(body["made"]), len(body["dissolved"])) == (200, 3, 9)
    assert {(c["case"], c["to"]) for c in body["cases"]} == {(case.number, "11446") for case in cases}
    assert not Unit.objects.exclude(dissolved_on=None).exists()
    for odd, fields in (
        ({"on": "2030-01-01", "legal_instrument": "NQ"}, ["on"]),
        ({"on": "x"}, ["on"]),
        ({"on": "0001-01-01"}, ["on"]),
        ({"legal_instrument": " "}, ["legal_instrument"]),
    ):
        assert list(send(kien_an.plan_file(TAKEN), **odd).json()["errors"]) == fields
    assert list(send(b"old_code\n1").json()["errors"]) == ["file"]
    for who in (city.auditor, city.chairperson):
        assert send(kien_an.plan_file(TAKEN), as_(who)).status_code == 403
    done = send(kien_an.plan_file(TAKEN))
    assert (done.status_code, done.json()) == (201, body | {"dry_run": False})
    assert Case.objects.get(pk=cases[0].pk).unit == Unit.objects.get(code="11446", dissolved_on=None)
    [past] = admin.get("reorganisations/").json()
    assert (past["on"], past["legal_instrument"]) == ("2025-07-01", kien_an.RESOLUTION)
    names = {p["name"] for heir in past["successors"] for p in heir["predecessors"]}
    assert "Phường Trần Thành Ngọ, Quận Kiến An" in names


def test_the_template_is_the_page_s(city, as_, signed_in) -> None:
    content = as_(city.administrator).get("reorganisations/plan/").content
    assert content == signed_in(city.administrator).get("/reorganisations/plan/").content
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row["old_code"] for row in rows] == ["11443", "11446"]
    assert as_(city.auditor).get("reorganisations/plan/").status_code == 403
