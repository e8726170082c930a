"""Editions of the catalogue by API: seen in a dry run, put in force as the page does, marked as compared."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from indicators.models import Catalogue, Indicator
from tests.conftest import WEDNESDAY
from tests.web.test_catalogue import edition


@pytest.fixture(autouse=True)
def _today(time_machine) -> None:
    time_machine.move_to(WEDNESDAY, tick=False)


def test_an_edition_is_seen_then_put_in_force_as_by_the_page(city, as_) -> None:
    admin = as_(city.administrator)

    def given(content: bytes | None = None, **more: Any) -> dict[str, Any]:
        file = SimpleUploadedFile("tcvn.csv", edition(";", i1_4="Tiếng dân") if content is None else content)
        return {"file": file, "edition": "TCVN  2027", "compared_on": "2026-10-01"} | more

    def send(who: Any = admin, *of: Any, **more: Any) -> Any:
        return who.post("catalogue/", given(*of, **more), format="multipart")

    seen = send(dry_run="true")
    assert (seen.status_code, seen.json()["unchanged"], seen.json()["is_replacement"]) == (200, 38, False)
    [reworded] = seen.json()["reworded"]
    assert (reworded["indicator"], reworded["title_vi"]) == ("1.4", "Tiếng dân")
    assert not Indicator.objects.filter(title_vi="Tiếng dân").exists()
    assert send().status_code == 201
    assert send(dry_run="true").json() == seen.json() | {
        "reworded": [], "unchanged": 39, "is_replacement": True,
    }  # fmt: skip
    told = as_(city.stranger).get("catalogue/").json()["results"]
    assert {e["edition"]: e["in_force"] for e in told} == {"TCVN 2027": True, "2026": False}
    for odd, fields in (
        ({"edition": " "}, ["edition"]),
        ({"compared_on": "x"}, ["compared_on"]),
        ({"compared_on": "2030-01-01"}, ["compared_on"]),
        ({"edition": "a\u200bb"}, ["edition"]),
    ):
        assert list(send(**odd).json()["errors"]) == fields, odd
    wrong = send(admin, b"code,group,title_vi,title_en\n9.9,1,x,y")
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["file"])
    assert send(admin, b"x" * 200_001).json()["errors"]["file"] == ["Tệp quá lớn để là danh mục 39 chỉ số."]
    assert send(as_(city.auditor), dry_run="true").status_code == 403
    assert Catalogue.objects.filter(edition="TCVN 2027").count() == 1


def test_the_titles_in_force_were_compared_on_a_day(city, as_) -> None:
    admin = as_(city.administrator)
    given, path = {"compared_on": "2026-10-01"}, "catalogue/compared/"
    told = admin.post(path, given).json()
    assert (told["compared_on"], told["in_force"]) == ("2026-10-01", True)
    assert list(admin.post(path, {}).json()["errors"]) == ["compared_on"]
    assert as_(city.chairperson).post(path, given).status_code == 403
