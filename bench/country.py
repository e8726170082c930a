"""A country of a million cases at work, and one ward in it whose cases have lived."""

from datetime import date, timedelta
from typing import Any, NamedTuple

import search
import sweep  # sets up Django; also how a bench gets behind the triggers
from django.db import connection, transaction

from indicators.bulk import reserve_ids
from indicators.models import Assessment, Indicator, Rating
from notifications.models import Told
from organisations.models import Unit, User
from tests.conftest import City, settled
from tests.tokens import token_of
from workflow.models import Case, CaseNumber, Participation
from workflow.operations import comment


class Country(NamedTuple):
    """Who reads what: a city's auditor sees all of it, somebody of a ward one ward's 39 cases."""

    auditor: User
    staff: User
    case: Case
    tokens: dict[int, str]


def fill(cases: int) -> Country:
    """So many cases as they stand in a country at work, and one ward whose cases have lived."""
    auditor = search.fill(cases, _standing)
    nation = Unit.objects.get(code="01")
    with transaction.atomic():
        sweep.behind_everyones_back(_record_openings)
    _count_on()
    wards = [
        Unit.objects.create(code=code, kind="ward", name=name, parent=nation)
        for code, name in (("99001", "Kiến An"), ("99002", "Phù Liễn"))
    ]
    case = _live(settled(City(nation, *wards)))
    with transaction.atomic():
        sweep.behind_everyones_back(_tell)
    settle()
    staff = User.objects.get(email="staff@haiphong.example")
    tokens = {person.pk: token_of(person) for person in (auditor, staff)}
    return Country(auditor, staff, case, tokens)


def _standing(n: int) -> dict[str, Any]:
    """Of twenty cases fourteen are worked on, three wait to be given, and three are over."""
    due = date(2026, 10, 7) + timedelta(days=n * 7919 % 400 - 100)
    state = "open" if n % 20 in (3, 8, 13) else "closed" if n % 20 in (5, 10, 15) else "in_progress"
    stands = {"state": state, "turn_due_on": due, "due_on": due, "original_due_on": due, "closed_at": None}
    if state == "open":
        stands |= {"due_on": None, "original_due_on": None}
    if state == "closed":
        stands |= {"turn_due_on": None, "closed_at": sweep.WHEN}
    return stands


def _count_on() -> None:
    """Numbers and keys that were given by hand are not given again."""
    CaseNumber.objects.update_or_create(year=2026, defaults={"last": Case.objects.count()})
    for model in (Assessment, Rating):
        reserve_ids(model, model.objects.order_by("pk").values_list("pk", flat=True).last() or 0)


def _record_openings(cursor: Any) -> None:
    cursor.execute(
        "INSERT INTO workflow_event (case_id, seq, kind, at, note, changes, previous_hash, hash)"
        """ SELECT id, 1, 'opened', opened_at, '', '{"state": [null, "open"]}', %s, head_hash"""
        " FROM workflow_case ORDER BY id",
        ["0" * 64],
    )
    cursor.execute(
        "INSERT INTO workflow_timer (case_id, corrective_action_number, due_on, revision, next_at)"
        " SELECT id, 0, turn_due_on, 1, %s FROM workflow_case WHERE turn_due_on IS NOT NULL",
        [connection.ops.adapt_datetimefield_value(sweep.WHEN + timedelta(days=900))],
    )


def _tell(cursor: Any) -> None:
    cursor.execute(
        "INSERT INTO notifications_told (event_id, at, position) SELECT id, at, id FROM workflow_event"
    )


def _live(city: City) -> Case:
    """The cases of a ward; eight of them are worked on, and what is done is in their record."""
    codes = [str(code) for code in Indicator.objects.values_list("code", flat=True)]
    city.rate(red=" ".join(codes))
    for case in Case.objects.filter(unit=city.kien_an).order_by("pk")[:8]:
        city.complete_file(city.in_progress(case, supporters=[city.supporter]))
        for n in range(8):
            comment(case, by=city.coordinator, note=f"Đã gọi lần {n}", version=None)
        city.complete_file(case)
    return Case.objects.filter(unit=city.kien_an).order_by("pk")[3]


def settle() -> None:
    """The tables as autovacuum leaves them. The product has SQLite weigh no index, for weighed ones make
    it gather a whole city to sort it; so neither does this."""
    search.settle()
    sweep.settle()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for model in (Told, Participation, User):
                cursor.execute(f"VACUUM ANALYZE {model._meta.db_table}")
