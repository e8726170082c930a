"""The people of the demo city: named as Vietnamese people are, one password for all of them."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import NamedTuple

from django.contrib.auth.hashers import make_password

from organisations.models import Appointment, Delegation, Department, Role, Unit, User

DOMAIN = "vexanh.example"
PASSWORD = "ve-xanh-dung-thu"
SINCE = date(2025, 7, 1)

_FAMILY = (
    "Nguyễn Trần Lê Phạm Hoàng Phan Vũ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đào Đoàn Vương Trịnh Mai Tô"
).split()
_MEN = (
    ("Văn", "Đức", "Quốc", "Hữu", "Minh"),
    "An Bình Cường Dũng Hải Hùng Khánh Long Nam Phong Quân Sơn Tuấn Việt".split(),
)
_WOMEN = (
    ("Thị", "Thu", "Ngọc", "Thanh", "Minh"),
    "Anh Bích Chi Dung Hà Hạnh Hoa Hương Lan Linh Mai Nga Phương Thảo".split(),
)

#: Posts of a unit: start of the e-mail, role, department.
_POSTS = (
    ("chutich", Role.CHAIRPERSON, ""),
    ("phochutich", Role.VICE_CHAIR, ""),
    ("daumoi", Role.COORDINATOR, Department.VP),
    ("canbo1", Role.STAFF, Department.VP),
    ("canbo2", Role.STAFF, Department.KT),
    ("canbo3", Role.STAFF, Department.VHXH),
)
_CITY_POSTS = (
    ("kiemtra", Role.AUDITOR, ""),
    ("kiemtra2", Role.AUDITOR, ""),
    ("quantri", Role.ADMINISTRATOR, ""),
)


class Office(NamedTuple):
    """A person of a unit who holds one post."""

    user: User
    department: str


def email(post: str, unit: Unit) -> str:
    return f"{post}@{DOMAIN}" if unit.parent_id is None else f"{post}.{unit.code}@{DOMAIN}"


def settle(city: Unit, units: list[Unit], pick: Random) -> None:
    """Give every unit its people, and the city its auditors and administrator."""
    # One hash for all: a hash each would take minutes, and the password is printed anyway.
    password = make_password(PASSWORD)
    posts = [(city, *post) for post in _CITY_POSTS] + [(u, *post) for u in units for post in _POSTS]
    people = []
    for unit, post, _role, _department in posts:
        middles, givens = pick.choice((_MEN, _WOMEN))
        user = User(
            email=email(post, unit),
            full_name=f"{pick.choice(_FAMILY)} {pick.choice(middles)} {pick.choice(givens)}",
            address="mr" if middles is _MEN[0] else "mrs",
            password=password,
        )
        user.fill_search_columns()
        people.append(user)
    User.objects.bulk_create(people)
    Appointment.objects.bulk_create(
        Appointment(user=user, unit=unit, role=role, department=department, since=SINCE)
        for user, (unit, _post, role, department) in zip(people, posts, strict=True)
    )
    by_email = {user.email: user for user in people}
    Delegation.objects.bulk_create(
        Delegation(
            giver=by_email[email("chutich", unit)],
            taker=by_email[email("phochutich", unit)],
            unit=unit,
            since=SINCE,
            reason="Phụ trách khối văn hóa – xã hội",
        )
        for unit in units[::3]
    )


def office_holders(unit: Unit) -> dict[str, list[Office]]:
    """The people of a unit by role."""
    held: dict[str, list[Office]] = {}
    for appointment in Appointment.objects.filter(unit=unit).select_related("user").order_by("pk"):
        held.setdefault(appointment.role, []).append(Office(appointment.user, appointment.department))
    return held
