"""A small city that every test can live in: Kiến An, its neighbour, and the people who work there."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations

from actions.operations import add_evidence, complete_action, plan_action, record_analysis
from indicators.models import Indicator
from indicators.operations import Report, Row, record_assessments
from organisations.models import Appointment, Role, Unit, User
from tests import kien_an
from workflow.models import Case
from workflow.operations import take_step
from workflow.vocabulary import Step

#: A Wednesday with no holiday near it: 09:00 in Hải Phòng.
WEDNESDAY = datetime(2026, 10, 7, 2, 0, tzinfo=UTC)
PASSWORD = "mat-khau-du-dai-2026"
A_PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"

append_only = importlib.import_module("workflow.migrations.0002_append_only")
_reference = [
    importlib.import_module("indicators.migrations.0003_catalogue").load,
    importlib.import_module("workflow.migrations.0003_calendar_and_policy").load,
    importlib.import_module("workflow.migrations.0006_rounds_of_the_clock").load,
]


#: What takes longest begins first, so that at the end nobody waits for one test.
LONGEST = ("tests/workflow/test_lives.py", "tests/faults/", "tests/browser/", "tests/demo/")


def pytest_collection_modifyitems(items: list[Any]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


def without_triggers(run: Callable[[Any], Any]) -> Any:
    """Run something on a cursor behind the triggers' back, as only the table's owner can."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            try:
                return run(cursor)
            finally:
                cursor.execute("SET session_replication_role = origin")
        for statement in append_only.DROP_SQLITE:
            cursor.execute(statement)
        try:
            return run(cursor)
        finally:
            for statement in append_only.SQLITE:
                cursor.execute(statement)


@pytest.fixture(scope="session", autouse=True)
def _events_can_be_flushed_between_tests() -> None:
    """The triggers that keep events for ever would keep them from one test to the next as well."""
    flush = BaseDatabaseOperations.execute_sql_flush

    def execute_sql_flush(self: Any, sql_list: list[str]) -> None:
        without_triggers(lambda cursor: flush(self, sql_list))

    BaseDatabaseOperations.execute_sql_flush = execute_sql_flush


@pytest.fixture(autouse=True)
def _apart(settings: Any, tmp_path: Any) -> None:
    """Files, mail and cache of a test are its own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.SECURE_SSL_REDIRECT = False
    # Making a password's digest slow is for attackers; tests sign in hundreds of times.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    cache.clear()


def a_person(name: str, full_name: str) -> User:
    """Somebody with an office e-mail, addressed as their name tells, not stored yet."""
    address = "mrs" if full_name.split()[1] in ("Thị", "Thu", "Thanh") else "mr"
    email = f"{name.replace('_', '.')}@haiphong.example"
    user = User(email=email, full_name=full_name, address=address)
    user.set_unusable_password()
    user.fill_search_columns()
    return user


@dataclass
class City:
    """Hải Phòng with two wards; people are attributes, named by the part they play."""

    unit: Unit
    kien_an: Unit
    phu_lien: Unit
    people: dict[str, User] = field(default_factory=dict)

    def __getattr__(self, name: str) -> User:
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None

    def person(
        self, name: str, full_name: str, role: Role | None, unit: Unit | None = None, **office: Any
    ) -> User:
        user = a_person(name, full_name)
        user.save()
        if role:
            since = office.pop("since", date(2025, 7, 1))
            Appointment.objects.create(user=user, unit=unit or self.kien_an, role=role, since=since, **office)
        self.people[name] = user
        return user

    # --- What people do --------------------------------------------------------------------

    def rate(
        self,
        *,
        red: str = "",
        yellow: str = "",
        green: str = "",
        period: str = "2026-Q3",
        unit: Unit | None = None,
        kind: str = "self",
        by: User | None = None,
        now: datetime = WEDNESDAY,
        finding: str = "",
        **options: Any,
    ) -> Report:
        """Record ratings: rate(red="1.1 1.4", green="2.1")."""
        unit = unit or self.kien_an
        rows = [
            Row(unit.code, code, colour, finding or f"Phát hiện ở {code}", "", f"{colour} {code}")
            for colour, codes in (("red", red), ("yellow", yellow), ("green", green))
            for code in codes.split()
        ]
        by = by or (self.auditor if kind == "city" else self.administrator)
        return record_assessments(rows, period=period, kind=kind, by=by, now=now, **options)

    def open_case(self, code: str = "1.4", *, colour: str = "red", **options: Any) -> Case:
        report = self.rate(**{colour: code}, **options)
        return Case.objects.get(number=report.effects[0].case)

    def take(
        self, case: Case, step: str, by: User | None, *, now: datetime = WEDNESDAY, **asked: Any
    ) -> Case:
        return take_step(case, Step(step), by=by, now=now, **asked)

    def assigned(self, case: Case | None = None, **asked: Any) -> Case:
        case = case or self.open_case()
        return self.take(case, "assign", self.chairperson, assignee=self.staff, **asked)

    def in_progress(self, case: Case | None = None, **asked: Any) -> Case:
        return self.take(self.assigned(case, **asked), "start", self.staff)

    def complete_file(self, case: Case, *, by: User | None = None, now: datetime = WEDNESDAY) -> Case:
        by = by or self.staff
        record_analysis(
            case,
            by=by,
            now=now,
            correction="Trả lời ngay các phản ánh quá hạn.",
            whys=["Không ai theo dõi hạn", "Phân công theo nhóm Zalo"],
            root_cause="Phân công theo nhóm Zalo, không ghi nhận hạn.",
            similar_cases="Đã rà soát ba tổ dân phố, không có.",
            similar_cases_found=False,
            effectiveness_criterion="Ba tháng liền không quá 5 % quá hạn.",
        )
        action = plan_action(
            case, by=by, description="Lập sổ theo dõi điện tử.", owner=by, due_on=date(2026, 10, 20), now=now
        )
        complete_action(case, action.number, by=by, result="Đã lập.", now=now)
        add_evidence(case, by=by, upload=SimpleUploadedFile("so-theo-doi.pdf", A_PDF), now=now)
        return case

    def in_verification(self, case: Case | None = None, **asked: Any) -> Case:
        return self.take(self.complete_file(self.in_progress(case, **asked)), "submit", self.staff)

    def monitored(self, case: Case | None = None) -> Case:
        return self.take(self.in_verification(case), "verify", self.chairperson)

    def handed_up(self, case: Case | None = None, **options: Any) -> Case:
        note = "Cần vốn của thành phố"
        return self.take(case or self.open_case(), "hand_up", self.chairperson, note=note, **options)

    def with_city(self, case: Case | None = None, **options: Any) -> Case:
        return self.take(self.handed_up(case), "accept", self.auditor, **options)

    def closed(self, case: Case | None = None) -> Case:
        case = self.monitored(case)
        self.rate(green=case.indicator.code, period="2026-Q4")
        return Case.objects.get(pk=case.pk)


@pytest.fixture
def reference(db: None) -> None:
    """Catalogue, calendar, policy and rounds, also after a transactional test that emptied the tables."""
    if not Indicator.objects.exists():
        for load in _reference:
            load(apps, None)


@pytest.fixture
def city(reference: None) -> City:
    hai_phong = Unit.objects.create(code="31", kind="city", name="Hải Phòng")
    units = [
        Unit.objects.create(code=code, kind="ward", name=name, parent=hai_phong)
        for code, name in (("11443", "Kiến An"), ("11446", "Phù Liễn"))
    ]
    return settled(City(hai_phong, *units))


@pytest.fixture
def city_of_june_2025(reference: None) -> City:
    """Hải Phòng before the change: its people work in Trần Thành Ngọ, with Văn Đẩu next to it."""
    hai_phong = Unit.objects.create(code="31", kind="city", name="Hải Phòng")
    old = kien_an.old_units(hai_phong)
    return settled(City(hai_phong, old["11443"], old["11446"]))


def settled(city: City) -> City:
    """Give a city the people every test knows."""
    hai_phong, units = city.unit, [city.kien_an, city.phu_lien]
    offices = [
        ("chairperson", "Trần Thị Hạnh", Role.CHAIRPERSON, units[0], None),
        ("vice_chair", "Lê Văn Minh", Role.VICE_CHAIR, units[0], None),
        ("staff", "Phạm Quốc Tuấn", Role.STAFF, units[0], None),
        ("supporter", "Đỗ Thu Hà", Role.STAFF, units[0], None),
        ("other_staff", "Hoàng Văn Nam", Role.STAFF, units[0], None),
        ("coordinator", "Nguyễn Đức Long", Role.COORDINATOR, units[0], None),
        ("former_staff", "Ngô Văn Cựu", Role.STAFF, units[0], date(2026, 10, 7)),
        ("auditor", "Vũ Thanh Mai", Role.AUDITOR, hai_phong, None),
        ("administrator", "Bùi Gia Huy", Role.ADMINISTRATOR, hai_phong, None),
        ("neighbour_chairperson", "Đặng Văn Sơn", Role.CHAIRPERSON, units[1], None),
        ("neighbour_staff", "Phan Thị Lan", Role.STAFF, units[1], None),
    ]
    # Two sets and not fifty statements: nearly every test begins here.
    people = [a_person(name, full_name) for name, full_name, *_office in offices]
    people.append(a_person("stranger", "Lý Văn Lạ"))
    User.objects.bulk_create(people)
    city.people |= dict(zip([name for name, *_rest in offices] + ["stranger"], people, strict=True))
    Appointment.objects.bulk_create(
        Appointment(user=city.people[name], unit=unit, role=role, since=date(2025, 7, 1), until=until)
        for name, _full_name, role, unit, until in offices
    )
    return city
