"""What people do while the service runs, each deed in a process of its own.

python -m tests.faults.deeds found [WARDS]         a city with its people, in an empty database
python -m tests.faults.deeds rate CODE [AT]        rates an indicator red; says the case's number
python -m tests.faults.deeds rate_all CODES [AT]   rates indicators red in every ward, each by itself
python -m tests.faults.deeds tell_all CODES AT     the same, and people are told at once
python -m tests.faults.deeds cancel NUMBER…        the auditor cancels cases
"""

import sys
from datetime import datetime

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from indicators.models import Indicator  # noqa: E402
from indicators.operations import Row, record_assessments  # noqa: E402
from notifications.telling import tell  # noqa: E402
from organisations.models import Role, Unit, User  # noqa: E402
from tests.conftest import City  # noqa: E402
from workflow.models import Case  # noqa: E402
from workflow.operations import take_step  # noqa: E402
from workflow.vocabulary import Step  # noqa: E402


def found(wards: str = "1") -> None:
    call_command("migrate", verbosity=0)
    hai_phong = Unit.objects.create(code="31", kind="city", name="Hải Phòng")
    names = [("11443", "Kiến An"), ("11446", "Phù Liễn")]
    names += [(f"{20000 + n}", f"Phường {n}") for n in range(2, int(wards))]
    units = [Unit.objects.create(code=c, kind="ward", name=n, parent=hai_phong) for c, n in names]
    city = City(hai_phong, units[0], units[1])
    city.person("chairperson", "Trần Thị Hạnh", Role.CHAIRPERSON)
    city.person("administrator", "Bùi Gia Huy", Role.ADMINISTRATOR, hai_phong)
    city.person("auditor", "Vũ Thanh Mai", Role.AUDITOR, hai_phong)
    for n, unit in enumerate(units[1 : int(wards)], start=2):
        city.person(f"chair{n}", f"Lê Văn {n}", Role.CHAIRPERSON, unit)


def rate(code: str, at: str = "") -> None:
    _rate([Unit.objects.get(code="11443")], [code], at)
    print(Case.objects.latest("pk").number)


def rate_all(codes: str, at: str = "") -> None:
    """ "all" stands for every indicator, told together; others are told one by one."""
    units = list(Unit.objects.filter(appointments__role=Role.CHAIRPERSON).order_by("pk"))
    if codes == "all":
        _rate(units, list(Indicator.objects.values_list("code", flat=True)), at)
    else:
        for code in codes.split():
            _rate(units, [code], at)


def tell_all(codes: str, at: str) -> None:
    rate_all(codes, at)
    tell(now=datetime.fromisoformat(at))


def _rate(units: list[Unit], codes: list[str], at: str) -> None:
    now = datetime.fromisoformat(at) if at else timezone.now()
    rows = [Row(unit.code, code, "red", "Phát hiện", "", code) for unit in units for code in codes]
    by = User.objects.get(email__startswith="administrator@")
    record_assessments(rows, period="2026-Q3", kind="self", by=by, now=now)


def cancel(*numbers: str) -> None:
    auditor = User.objects.get(email__startswith="auditor@")
    for case in Case.objects.filter(number__in=numbers):
        take_step(case, Step.CANCEL, by=auditor, note="Nhập sai")


if __name__ == "__main__":
    deeds = {"found": found, "rate": rate, "rate_all": rate_all, "tell_all": tell_all, "cancel": cancel}
    deeds[sys.argv[1]](*sys.argv[2:])
