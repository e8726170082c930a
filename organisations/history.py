"""The units before 1 July 2025, told afterwards: for a city that starts with those of today."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date

from django.db import transaction

from .loading import DATA, FIRST_DAY, BadTable
from .models import Succession, Unit, UnitKind, UnitVersion
from .vietnamese import spelling

#: The old units were there before anything that is told of them; since when, no table says.
KNOWN_SINCE = date(2000, 1, 1)
INSTRUMENT = "NQ 1669/NQ-UBTVQH15"
#: Which old commune went where, for each province that has such a table.
TABLES = {"31": DATA / "succession-hai-phong-2025.csv"}

Row = dict[str, str]


def read_succession(province: str) -> list[Row]:
    """Rows of old and new commune with the district the old one lay in; BadTable where there are none."""
    if province not in TABLES:
        raise BadTable(f"Không có bảng đơn vị trước 01/07/2025 của tỉnh mang mã {province}.")
    with TABLES[province].open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@transaction.atomic
def load_history(province: str, rows: list[Row]) -> int:
    """Make the dissolved districts and communes of a province with their names and successors.

    Answers how many units are new; a second time it is none. Raises BadTable where the units of
    today are not there.
    """
    city, today = _units_of_today(province, rows)
    before = Unit.objects.count()
    districts = {
        code: _old_unit(city, code, UnitKind.DISTRICT, name, parent=city)
        for code, name in dict.fromkeys((row["old_district_code"], row["old_district"]) for row in rows)
    }
    for code, its in _grouped(rows, "old_code").items():
        row, successors = its[0], [today[r["new_code"]] for r in its]
        district = districts[row["old_district_code"]]
        if successors == [today.get(code)] and sum(r["new_code"] == code for r in rows) == 1:
            _remember_name(today[code], row, district)  # the unit went on by itself
            continue
        old = _old_unit(city, code, row["old_kind"], row["old_name"], parent=district)
        _succeeded(old, successors)
    for code, its in _grouped(rows, "old_district_code").items():
        _succeeded(districts[code], [today[new] for new in dict.fromkeys(r["new_code"] for r in its)])
    return Unit.objects.count() - before


def _units_of_today(province: str, rows: list[Row]) -> tuple[Unit, dict[str, Unit]]:
    city = Unit.objects.filter(code=province, parent=None).first()
    standing = Unit.objects.filter(parent=city, dissolved_on=None) if city else Unit.objects.none()
    today = {unit.code: unit for unit in standing.prefetch_related("versions")}
    lacking = [row["new_code"] for row in rows if not _is_formed(today.get(row["new_code"]), row)]
    if city is None or lacking:
        said = "Chưa có đơn vị từ 01/07/2025 của tỉnh mang mã {}: {}. Hãy chạy load_units trước."
        raise BadTable(said.format(province, ", ".join(sorted(set(lacking)))))
    return city, today


def _is_formed(unit: Unit | None, row: Row) -> bool:
    """A code alone does not tell the new unit from an old one that still stands."""
    if unit is None:
        return False
    names = [unit.name, *(version.name for version in unit.versions.all())]
    return spelling(row["new_name"]) in [spelling(name) for name in names]


def _grouped(rows: Iterable[Row], column: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row[column], []).append(row)
    return found


def _old_unit(city: Unit, code: str, kind: str, name: str, *, parent: Unit) -> Unit:
    """A unit that ended on the day; its row hangs below the city, its version below its district."""
    unit, _is_new = Unit.objects.get_or_create(
        code=code, parent=city, dissolved_on=FIRST_DAY, defaults={"kind": kind, "name": name}
    )
    if not unit.versions.exists():
        UnitVersion.objects.create(unit=unit, since=KNOWN_SINCE, kind=kind, name=name, parent=parent)
    return unit


def _remember_name(unit: Unit, row: Row, district: Unit) -> None:
    was = {"kind": row["old_kind"], "name": row["old_name"], "parent": district}
    UnitVersion.objects.get_or_create(unit=unit, since=KNOWN_SINCE, defaults=was)


def _succeeded(old: Unit, successors: list[Unit]) -> None:
    for successor in successors:
        Succession.objects.get_or_create(
            predecessor=old,
            successor=successor,
            since=FIRST_DAY,
            defaults={"is_partial": len(successors) > 1, "legal_instrument": INSTRUMENT},
        )
