"""The plan of a reorganisation as a file, read line by line, and a form of it to fill in."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date

from django.utils.translation import gettext as _

from .models import Unit, UnitKind
from .plan import FINISH, TAKE, PlanRow
from .refusals import Fault, Refused
from .vietnamese import fold

REQUIRED = ("old_code", "new_code", "new_kind", "new_name")
CHOSEN = ("part", "cases", "keeps")
#: Written for the reader of the file; what they say is known from the code.
IGNORED = ("old_kind", "old_name", "old_district_code", "old_district", "successors_of_old")

_YES_OR_NO = {"": False, "no": False, "khong": False, "yes": True, "co": True, "x": True}
_CASES = {"": "", TAKE: TAKE, "nhan": TAKE, FINISH: FINISH, "ket thuc": FINISH}
#: What a commune-level unit may be from now on, in either language.
_KINDS = {
    "ward": UnitKind.WARD, "phuong": UnitKind.WARD, "commune": UnitKind.COMMUNE, "xa": UnitKind.COMMUNE,
    "special_zone": UnitKind.SPECIAL_ZONE, "dac khu": UnitKind.SPECIAL_ZONE,
}  # fmt: skip
_CODE = re.compile(r"[0-9]{3}|[0-9]{5}")
_MAX_NAME = 100
#: No country has more units to reorganise at a time.
_MAX_ROWS = 20_000


def read_plan(content: bytes) -> list[PlanRow]:
    """The rows of a plan (CSV, UTF-8, comma or semicolon); a line that says nothing new is left out.

    Raises Refused with every fault that the file alone shows.
    """
    reader = csv.DictReader(io.StringIO(_text(content)), delimiter=_delimiter(_text(content)))
    try:
        _refuse_header([name.strip() for name in reader.fieldnames or []])
        lines = list(_lines(reader))
    except csv.Error:
        raise Refused([Fault("", _("Tệp không phải CSV đọc được."))]) from None
    faults = [fault for where, cells in lines for fault in _faults(where, cells)]
    if not lines:
        faults.append(Fault("", _("Không có dòng nào nêu đơn vị mới ở cột new_code.")))
    if faults:
        raise Refused(faults)
    return [_row(where, cells) for where, cells in lines]


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused([Fault("", _("Tệp không phải UTF-8; hãy lưu dạng “CSV UTF-8”."))]) from None
    if "\0" in text:
        raise Refused([Fault("", _("Tệp không phải CSV đọc được."))])
    return unicodedata.normalize("NFC", text)


def _delimiter(text: str) -> str:
    header = text.partition("\n")[0]
    return ";" if header.count(";") > header.count(",") else ","


def _refuse_header(names: list[str]) -> None:
    lacking = [name for name in REQUIRED if name not in names]
    unknown = [name for name in names if name and name not in (*REQUIRED, *CHOSEN, *IGNORED)]
    faults = [Fault("", _("Thiếu cột %(name)s.") % {"name": name}) for name in lacking]
    faults += [Fault("", _("Không có cột nào tên “%(name)s”.") % {"name": name}) for name in unknown]
    if faults:
        raise Refused(faults)


def _lines(reader: csv.DictReader[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Every line that says where a unit goes, and its number in the file."""
    for count, line in enumerate(reader):
        if count >= _MAX_ROWS:
            raise Refused([Fault("", _("Tệp có hơn %(count)s dòng.") % {"count": _MAX_ROWS})])
        said = {(name or "").strip(): value for name, value in line.items()}
        cells = {name: " ".join(str(said.get(name) or "").split()) for name in (*REQUIRED, *CHOSEN)}
        if any(value for name, value in cells.items() if name != "old_code"):
            yield _("dòng %(number)s") % {"number": reader.line_num}, cells


def _faults(where: str, cells: dict[str, str]) -> Iterator[Fault]:
    for name in ("old_code", "new_code"):
        if not _CODE.fullmatch(cells[name]):
            said = _("Mã đơn vị “%(code)s” ở cột %(column)s phải có 5 chữ số (cấp huyện cũ: 3).")
            yield Fault(where, said % {"code": cells[name], "column": name})
    if cells["new_kind"] and fold(cells["new_kind"]) not in _KINDS:
        said = _("Không hiểu loại đơn vị “%(kind)s”; dùng ward, commune hoặc special_zone.")
        yield Fault(where, said % {"kind": cells["new_kind"]})
    if len(cells["new_name"]) > _MAX_NAME:
        yield Fault(where, _("Tên đơn vị mới quá dài."))
    for name in ("part", "keeps"):
        if fold(cells[name]) not in _YES_OR_NO:
            said = _("Không hiểu “%(value)s” ở cột %(column)s; ghi yes hoặc để trống.")
            yield Fault(where, said % {"value": cells[name], "column": name})
    if fold(cells["cases"]) not in _CASES:
        said = _("Không hiểu “%(value)s” ở cột cases; ghi take, finish hoặc để trống.")
        yield Fault(where, said % {"value": cells["cases"]})


def _row(where: str, cells: dict[str, str]) -> PlanRow:
    return PlanRow(
        old_code=cells["old_code"],
        new_code=cells["new_code"],
        new_kind=_KINDS[fold(cells["new_kind"])].value if cells["new_kind"] else "",
        new_name=cells["new_name"],
        is_part=_YES_OR_NO[fold(cells["part"])],
        cases=_CASES[fold(cells["cases"])],
        keeps=_YES_OR_NO[fold(cells["keeps"])],
        where=where,
    )


def write_template(cities: Iterable[int], *, on: date) -> str:
    """A plan to fill in: a line for each unit of these cities that stands today."""
    out = io.StringIO()
    out.write("\ufeff")  # without it Excel reads Vietnamese as noise
    table = csv.writer(out)
    table.writerow(["old_code", "old_name", *REQUIRED[1:], *CHOSEN])
    for unit in Unit.objects.standing(on).filter(parent__in=cities).order_by("code"):
        table.writerow([unit.code, str(unit), *[""] * (len(REQUIRED) - 1 + len(CHOSEN))])
    return out.getvalue()
