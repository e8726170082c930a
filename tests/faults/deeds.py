"""What people do while the service runs, each deed in a process of its own.

python -m tests.faults.deeds found         a city with its people, in an empty database
python -m tests.faults.deeds rate CODE     rates an indicator red; says the case's number
"""

import sys

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from organisations.models import Role, Unit, User  # noqa: E402
from tests.conftest import City  # noqa: E402


def found() -> None:
    call_command("migrate", verbosity=0)
    hai_phong = Unit.objects.create(code="31", kind="city", name="Hải Phòng")
    city = City(hai_phong, *(Unit.objects.create(code=c, kind="ward", name=n, parent=hai_phong) for c, n in (
        ("11443", "Kiến An"), ("11446", "Phù Liễn")
    )))  # fmt: skip
    city.person("chairperson", "Trần Thị Hạnh", Role.CHAIRPERSON)
    city.person("administrator", "Bùi Gia Huy", Role.ADMINISTRATOR, hai_phong)


def rate(code: str) -> None:
    units = {unit.code: unit for unit in Unit.objects.all()}
    city = City(units["31"], units["11443"], units["11446"])
    city.people = {user.email.split("@")[0]: user for user in User.objects.all()}
    print(city.open_case(code, now=timezone.now()).number)


if __name__ == "__main__":
    {"found": found, "rate": rate}[sys.argv[1]](*sys.argv[2:])
