"""Units from a table of official codes: made where new, renamed where changed, never doubled."""

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from .models import Unit, UnitKind, UnitVersion

DATA = Path(__file__).parent / "data"
#: The two-level local government began on this day (Law 72/2025/QH15).
FIRST_DAY = date(2025, 7, 1)


class BadTable(Exception):
    """The table cannot be read; says which line and why."""


def read_table(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV with the columns province, code, kind and name."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for line, row in enumerate(rows, start=2):
        lacking = [name for name in ("province", "code", "kind", "name") if not row.get(name)]
        if lacking:
            raise BadTable(f"{path.name}, dòng {line}: thiếu cột {', '.join(lacking)}.")
        if row["kind"] not in UnitKind.values:
            raise BadTable(f"{path.name}, dòng {line}: không có loại đơn vị “{row['kind']}”.")
    return rows


@transaction.atomic
def load_units(rows: Iterable[dict[str, str]]) -> tuple[int, int]:
    """(made, changed) units; a changed name or kind begins a new version today."""
    rows = list(rows)
    provinces = {r["code"]: r for r in _provinces() if r["code"] in {x["province"] for x in rows}}
    made, changed = _upsert([r | {"province": ""} for r in provinces.values()])
    more_made, more_changed = _upsert(rows)
    return made + more_made, changed + more_changed


def _provinces() -> list[dict[str, str]]:
    with (DATA / "provinces.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _upsert(rows: list[dict[str, str]]) -> tuple[int, int]:
    known = {unit.code: unit for unit in Unit.objects.standing(timezone.localdate())}
    reorganised = _reorganised_since()
    new, changed = [], []
    for row in rows:
        if row["code"] in reorganised:
            continue
        unit = known.get(row["code"])
        parent = known.get(row["province"])
        said = (row["kind"], row["name"], parent)
        if unit is None:
            unit = Unit(code=row["code"], kind=row["kind"], name=row["name"], parent=parent)
            new.append(unit)
        elif (unit.kind, unit.name, unit.parent) != said:
            unit.kind, unit.name, unit.parent = said
            changed.append(unit)
        unit.fill_search_columns()
    Unit.objects.bulk_create(new)
    Unit.objects.bulk_update(changed, ["kind", "name", "parent", "search_text", "sort_key"])
    UnitVersion.objects.bulk_create([_version(unit, FIRST_DAY) for unit in new])
    for unit in changed:
        UnitVersion.objects.update_or_create(
            unit=unit,
            since=timezone.localdate(),
            defaults={"kind": unit.kind, "name": unit.name, "parent": unit.parent},
        )
    return len(new), len(changed)


def _reorganised_since() -> set[str]:
    """Codes whose units an act has changed or ended since: a table knows less of them than we do."""
    ended = Unit.objects.filter(dissolved_on__gt=FIRST_DAY).values_list("code", flat=True)
    by_an_act = UnitVersion.objects.filter(since__gt=FIRST_DAY).exclude(legal_instrument="")
    return {*ended, *by_an_act.values_list("unit__code", flat=True)}


def _version(unit: Unit, since: date) -> UnitVersion:
    return UnitVersion(unit=unit, since=since, kind=unit.kind, name=unit.name, parent=unit.parent)
