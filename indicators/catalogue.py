"""Editions of the catalogue: the 39 codes are locked, their wording may change by edition."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from organisations.models import Department
from organisations.vietnamese import fold

from . import plain_yaml
from .models import Catalogue, Group, Indicator, Wording

_REQUIRED = ("code", "group", "title_vi", "title_en")
_TITLES = ("title_vi", "title_en")
#: Columns that hold one word or sentence each.
_WORDS = (*_REQUIRED, "lead_department", "title_status")
_LONGEST_TITLE, _LONGEST_STATUS = 200, 20
_GOALS = {str(goal) for goal in range(1, 18)}


class BadCatalogue(Exception):
    """The file cannot be read as a catalogue; says where and why."""


def read_catalogue(path: Path) -> list[dict[str, Any]]:
    """Rows with code, group, title_vi, title_en, lead_department, sdgs (1;2), title_status."""
    return parse_catalogue(path.read_bytes(), path.name)


def parse_catalogue(content: bytes, name: str) -> list[dict[str, Any]]:
    """The same rows of a file that is YAML by its name, and CSV by any other."""
    try:
        text = content.decode("utf-8-sig")
        if name.lower().endswith((".yaml", ".yml")):
            rows = plain_yaml.read(text)
        else:
            header = text.partition("\n")[0]
            delimiter = ";" if header.count(";") > header.count(",") else ","
            rows = list(csv.DictReader(text.splitlines(), delimiter=delimiter))
    except UnicodeDecodeError:
        raise BadCatalogue(f"{name}: tệp phải lưu ở bảng mã UTF-8.") from None
    except (yaml.YAMLError, csv.Error) as fault:
        raise BadCatalogue(f"{name}: không đọc được ({plain_yaml.what_is_wrong(fault)}).") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows) or not rows:
        raise BadCatalogue(f"{name}: cần một danh sách chỉ số.")
    for number, row in enumerate(rows, start=1):
        _check(name, number, row)
    return rows


def _check(name: str, number: int, row: dict[str, Any]) -> None:
    where = f"{name}, chỉ số thứ {number}"
    if any(not isinstance(row.get(column) or "", str) for column in _WORDS):
        raise BadCatalogue(f"{where}: {', '.join(_WORDS)} là chữ, không phải danh sách.")
    lacking = [column for column in _REQUIRED if not row.get(column)]
    if lacking:
        raise BadCatalogue(f"{where}: thiếu {', '.join(lacking)}.")
    if str(row["group"]) not in {str(group) for group in Group.values}:
        raise BadCatalogue(f"{where}: nhóm phải từ 1 đến 4.")
    if row.get("lead_department") and row["lead_department"] not in Department.values:
        raise BadCatalogue(f"{where}: không có bộ phận “{row['lead_department']}”.")
    if any(not str(row[t]).isprintable() or len(str(row[t])) > _LONGEST_TITLE for t in _TITLES):
        raise BadCatalogue(f"{where}: tên phải đọc được, không quá {_LONGEST_TITLE} ký tự.")
    status = row.get("title_status") or ""
    if not status.isprintable() or len(status) > _LONGEST_STATUS:
        raise BadCatalogue(f"{where}: title_status phải đọc được, không quá {_LONGEST_STATUS} ký tự.")
    if not all(part.strip() in _GOALS for part in _parts(row.get("sdgs")) if part.strip()):
        raise BadCatalogue(f"{where}: mục tiêu phát triển bền vững ghi như 1;2, từ 1 đến 17.")


@transaction.atomic
def load_catalogue(
    rows: list[dict[str, Any]], *, edition: str, source: str, compared_on: str | None = None
) -> Catalogue:
    """Put an edition in force; the codes must be the standard's 39, no more and no fewer."""
    known = {indicator.code: indicator for indicator in Indicator.objects.all()}
    codes = [str(row["code"]) for row in rows]
    if known and sorted(codes) != sorted(known):
        odd = sorted(set(codes) ^ set(known)) or ["trùng mã"]
        raise BadCatalogue(f"Danh mục phải có đúng {len(known)} mã của tiêu chuẩn: {', '.join(odd)}.")
    try:
        compared = date.fromisoformat(compared_on) if compared_on else None
    except ValueError:
        raise BadCatalogue(f"“{compared_on}” không phải ngày dạng YYYY-MM-DD.") from None
    catalogue, _made = Catalogue.objects.update_or_create(
        edition=edition, defaults={"source": source, "compared_on": compared}
    )
    for position, row in enumerate(rows, start=1):
        titles = {"title_vi": row["title_vi"], "title_en": row["title_en"]}
        indicator = known.get(str(row["code"])) or Indicator(code=str(row["code"]), position=position)
        indicator.group = int(row["group"])
        indicator.lead_department = row.get("lead_department") or ""
        indicator.sdgs = _goals(row.get("sdgs"))
        indicator.catalogue = catalogue
        indicator.title_vi, indicator.title_en = titles["title_vi"], titles["title_en"]
        indicator.search_text = fold(" ".join([indicator.code, *titles.values()]))
        indicator.save()
        Wording.objects.update_or_create(
            catalogue=catalogue,
            indicator=indicator,
            defaults=titles | {"title_status": row.get("title_status") or ""},
        )
    return catalogue


def _parts(value: Any) -> list[str]:
    return [str(part) for part in value] if isinstance(value, list) else str(value or "").split(";")


def _goals(value: Any) -> list[int]:
    return [int(part) for part in _parts(value) if part.strip()]
