"""The change of 1 July 2025 in Kiến An: its old units, and the plan that the resolution makes of them."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

from organisations.loading import DATA
from organisations.models import Unit, UnitVersion
from organisations.plan import PlanRow
from organisations.planfile import read_plan

FIRST_DAY = date(2025, 7, 1)
RESOLUTION = "NQ 1669/NQ-UBTVQH15"
DISTRICTS = {"307": "Quận Kiến An", "313": "Huyện An Lão"}
#: The old units of the two new wards; the township goes to Phù Liễn and to the commune An Lão.
NEW = ("11443", "11446")
TOWNSHIP = "11656"


def table() -> list[dict[str, str]]:
    """The lines of the national table that speak of Kiến An."""
    with (DATA / "succession-hai-phong-2025.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row for row in rows if row["new_code"] in NEW or row["old_code"] == TOWNSHIP]


def old_units(hai_phong: Unit) -> dict[str, Unit]:
    """The districts and communes as they stood in June 2025, by code."""
    named = {code: ("district", name, None) for code, name in DISTRICTS.items()}
    named |= {r["old_code"]: (r["old_kind"], r["old_name"], r["old_district_code"]) for r in table()}
    made: dict[str, Unit] = {}
    for code, (kind, name, district) in named.items():
        unit = made[code] = Unit.objects.create(code=code, kind=kind, name=name, parent=hai_phong)
        parent = made[district] if district else hai_phong
        UnitVersion.objects.create(unit=unit, since=date(2000, 1, 1), kind=kind, name=name, parent=parent)
    return made


def plan_file(cases: dict[tuple[str, str], str] | None = None, *more: dict[str, str]) -> bytes:
    """The plan as an administrator would save it; `cases` marks (old, new) with take or finish."""
    parts: dict[str, int] = {}
    rows = [_line(row) for row in table()]
    rows += [_line({"old_code": "307", "new_code": c, "new_kind": "ward", "new_name": n}) for c, n in
             (("11443", "Kiến An"), ("11446", "Phù Liễn"))]  # fmt: skip
    for row in rows:
        parts[row["old_code"]] = parts.get(row["old_code"], 0) + 1
    for row in rows:
        row["part"] = "yes" if parts[row["old_code"]] > 1 else ""
        row["cases"] = (cases or {}).get((row["old_code"], row["new_code"]), "")
    return written([*rows, *more])


def _line(row: dict[str, str]) -> dict[str, str]:
    return {name: row[name] for name in ("old_code", "new_code", "new_kind", "new_name")}


def written(rows: list[dict[str, str]], *, encoding: str = "utf-8") -> bytes:
    out = io.StringIO()
    names = ["old_code", "new_code", "new_kind", "new_name", "part", "cases", "keeps"]
    table: Any = csv.DictWriter(out, names, restval="")
    table.writeheader()
    table.writerows(rows)
    return out.getvalue().encode(encoding)


def plan(cases: dict[tuple[str, str], str] | None = None) -> list[PlanRow]:
    return read_plan(plan_file(cases))
