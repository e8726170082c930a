"""Audit notes by API: of one case, and across the cases a person sees."""

from __future__ import annotations

from datetime import timedelta

from audits.operations import note_audit
from tests.conftest import WEDNESDAY

from .twins import asked


def told(answer) -> list[tuple[str, str | None]]:
    assert answer.status_code == 200, answer.content
    return [(note["note"], note["verdict"]) for note in answer.json()["results"]]


def test_notes_are_read_where_their_cases_are_seen(city, as_, signed_in, time_machine) -> None:
    time_machine.move_to(WEDNESDAY + timedelta(days=9), tick=False)
    mine, theirs = city.open_case("1.1"), city.open_case("1.2", unit=city.phu_lien)
    for case, days, note, verdict in (
        (mine, 0, "Sổ có thật", "holds"), (theirs, 1, "Chưa rõ số liệu", "unclear"),
        (mine, 2, "Đã xem tại đơn vị", ""),
    ):  # fmt: skip
        note_audit(case, by=city.auditor, note=note, verdict=verdict, now=WEDNESDAY + timedelta(days=days))
    auditor, all_of_them = as_(city.auditor), "audit-notes/"
    assert told(auditor.get(all_of_them)) == [
        ("Đã xem tại đơn vị", None), ("Chưa rõ số liệu", "unclear"), ("Sổ có thật", "holds"),
    ]  # fmt: skip
    assert told(as_(city.staff).get(all_of_them)) == [("Đã xem tại đơn vị", None), ("Sổ có thật", "holds")]
    assert told(as_(city.stranger).get(all_of_them)) == []
    assert told(auditor.get(all_of_them, verdict="unclear")) == [("Chưa rõ số liệu", "unclear")]
    assert told(auditor.get(all_of_them, case=mine.number, since="2026-10-08")) == [
        ("Đã xem tại đơn vị", None)
    ]
    assert told(auditor.get(all_of_them, until="2026-10-07")) == [("Sổ có thật", "holds")]
    assert list(auditor.get(all_of_them, verdict="good").json()["errors"]) == ["verdict"]
    assert list(auditor.get(all_of_them, since="7/10/2026").json()["errors"]) == ["since"]
    path = f"cases/{mine.number}/audit-notes/"
    [newest, first] = as_(city.staff).get(path).json()["results"]
    assert (newest["case"], newest["unit"], newest["indicator"], newest["actor"]["full_name"]) == (
        mine.number, "11443", "1.1", "Vũ Thanh Mai",
    )  # fmt: skip
    assert mine.events.get(seq=first["seq"]).note == "Sổ có thật"
    page = signed_in(city.staff).get(mine.get_absolute_url()).context["audit_notes"]
    assert {line.note for line in page} == {"Đã xem tại đơn vị", "Sổ có thật"}
    assert as_(city.neighbour_staff).get(path).status_code == 404


def test_notes_cost_the_same_however_many(city, as_) -> None:
    case, auditor, counts = city.open_case(), as_(city.auditor), []
    for count in (1, 3, 50):
        for n in range(count):
            note_audit(case, by=city.auditor, note=f"Lần {count}-{n}", verdict="holds")
        paths = ("audit-notes/", f"cases/{case.number}/audit-notes/")
        counts.append([asked(lambda p=p: auditor.get(p)) for p in paths])
    assert counts[0] == counts[1] == counts[2], counts
    assert max(counts[0]) <= 8, counts
