"""People in a file, as offices keep them: read cell by cell, refused where a cell cannot be understood."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Address, Department, Role
from .people import wrong_name
from .refusals import Fault, Refused
from .vietnamese import fold

#: Headings by what the columns hold; a file may have them in any order, and leave out the optional ones.
HEADERS = {
    "full_name": "Họ và tên",
    "address": "Xưng hô",
    "email": "Thư điện tử",
    "unit": "Mã đơn vị",
    "role": "Chức vụ",
    "department": "Bộ phận",
    "since": "Từ ngày",
    "until": "Thôi từ ngày",
}
REQUIRED = ("full_name", "email")
#: A city of a hundred units has a few thousand people.
MAX_PEOPLE = 10_000
_HEADER_WITHIN = 10
_BY_HEADER = {fold(header): name for name, header in HEADERS.items()} | {
    "thu dien tu cong vu": "email", "email": "email", "ho ten": "full_name", "don vi": "unit",
}  # fmt: skip


def _words(choices: Any, more: Mapping[str, str]) -> dict[str, str]:
    said = {fold(str(label)): value for value, label in choices}
    return said | {fold(value): value for value, _label in choices} | dict(more)


_ROLES = _words(Role.choices, {
    "chu tich": Role.CHAIRPERSON.value, "pho chu tich": Role.VICE_CHAIR.value, "can bo": Role.STAFF.value,
    "vien chuc": Role.STAFF.value, "dau moi": Role.COORDINATOR.value, "kiem tra": Role.AUDITOR.value,
})  # fmt: skip
_DEPARTMENTS = _words(Department.choices, {"": ""})
_ADDRESSES = {"": "", "ong": Address.MR.value, "ba": Address.MRS.value, "mr": "mr", "mrs": "mrs"}


#: What is said of a word that is none of those a column may hold.
NOT_UNDERSTOOD = {
    "address": gettext_lazy("Không hiểu xưng hô “%(said)s”; ghi Ông, Bà hoặc để trống."),
    "role": gettext_lazy("Không có chức vụ “%(said)s”; dùng Chủ tịch, Phó Chủ tịch, Công chức, Đầu mối ISO…"),
    "department": gettext_lazy("Không có bộ phận “%(said)s”; ghi VP, KT, VHXH, CA hoặc QS."),
}


class Entry(NamedTuple):
    """One line: a person, and the office they are to have; `row` is its number in the file."""

    full_name: str
    address: str
    email: str
    unit: str
    role: str
    department: str
    since: date | None
    until: date | None
    row: int
    places: Mapping[str, str]

    def place(self, name: str) -> str:
        """The cell that holds it, or the row where the file has no such column."""
        return self.places.get(name) or _("dòng %(number)s") % {"number": self.row}


def read_people(table: list[list[Any]]) -> list[Entry]:
    """The people of a table; Refused with every cell that cannot be understood."""
    top, columns = find_header(table)
    faults: list[Fault] = []
    entries: list[Entry] = []
    for number, values in enumerate(table[top + 1 :], start=top + 2):
        cells = {n: _text(values[c]) if c < len(values) else "" for n, c in columns.items()}
        if not any(cells.values()):
            continue
        if len(entries) >= MAX_PEOPLE:
            raise Refused([Fault("", _("Tệp có hơn %(count)s người.") % {"count": MAX_PEOPLE})])
        reader = _Reader(cells, number, columns)
        entries.append(reader.read())
        faults += reader.faults
    if not entries:
        faults.append(Fault("", _("Không có người nào dưới hàng tiêu đề.")))
    if faults:
        raise Refused(faults)
    return entries


def find_header(table: list[list[Any]]) -> tuple[int, dict[str, int]]:
    """The row of the headings, and the columns that are understood by what they hold."""
    for number, values in enumerate(table[:_HEADER_WITHIN]):
        columns: dict[str, int] = {}
        for column, value in enumerate(values):
            if known := _BY_HEADER.get(fold(_text(value))):
                columns.setdefault(known, column)
        if all(name in columns for name in REQUIRED):
            return number, columns
    said = _("Không tìm thấy hàng tiêu đề có cột “%(one)s” và “%(two)s”.")
    raise Refused([Fault("", said % {"one": HEADERS["full_name"], "two": HEADERS["email"]})])


class _Reader:
    """Reads one row and gathers what is wrong with it, cell by cell."""

    def __init__(self, cells: dict[str, str], number: int, columns: Mapping[str, int]) -> None:
        self.cells, self.number = cells, number
        self.places = {name: f"{_letter(column)}{number}" for name, column in columns.items()}
        self.faults: list[Fault] = []

    def read(self) -> Entry:
        unit, role = self.cells.get("unit", ""), self.cells.get("role", "")
        if bool(unit) != bool(role):
            said = _("Ghi cả mã đơn vị và chức vụ, hoặc để trống cả hai.")
            self._fault("role" if unit else "unit", said)
        return Entry(
            full_name=self._name(),
            address=self._known("address", _ADDRESSES, NOT_UNDERSTOOD["address"]),
            email=self._email(),
            # A spreadsheet program drops the leading zeros of a code it takes for a number.
            unit=unit.zfill(5) if unit.isdecimal() and len(unit) > 2 else unit,
            role=self._known("role", _ROLES, NOT_UNDERSTOOD["role"]) if role else "",
            department=self._known("department", _DEPARTMENTS, NOT_UNDERSTOOD["department"]),
            since=self._day("since"),
            until=self._day("until"),
            row=self.number,
            places=self.places,
        )

    def _fault(self, name: str, sentence: str) -> None:
        self.faults.append(Fault(self.places.get(name, self.places["email"]), sentence))

    def _name(self) -> str:
        full_name = " ".join(self.cells["full_name"].split())
        if said := wrong_name(full_name):
            self._fault("full_name", said)
        return full_name

    def _email(self) -> str:
        email = self.cells["email"].lower()
        if not _is_email(email):
            said = _("“%(email)s” không phải địa chỉ thư điện tử.")
            self._fault("email", said % {"email": email})
        return email

    def _known(self, name: str, words: Mapping[str, str], sentence: Any) -> str:
        said = self.cells.get(name, "")
        found = words.get(fold(said))
        if found is None:
            self._fault(name, sentence % {"said": said})
        return found or ""

    def _day(self, name: str) -> date | None:
        said = self.cells.get(name, "")
        found = _day(said)
        if said and found is None:
            self._fault(name, _("Không hiểu ngày “%(said)s”; ghi như 01/07/2026.") % {"said": said})
        return found


def _text(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return unicodedata.normalize("NFC", str(value)).strip() if value is not None else ""


def _day(said: str) -> date | None:
    """A day as people write it, day first, or as machines do."""
    found = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", said)
    turned = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", said)
    parts = [int(part) for part in (found.groups()[::-1] if found else turned.groups() if turned else ())]
    try:
        return date(*parts) if parts else None
    except ValueError:
        return None


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254


def _letter(column: int) -> str:
    """A, B … Z, AA: what a spreadsheet calls a column."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
