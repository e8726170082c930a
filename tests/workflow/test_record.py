"""The record: append-only in Python and by plain SQL, and checkable by anyone."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from tests.conftest import without_triggers
from workflow.models import Case, Event


def plain_sql(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE workflow_event SET note = 'khác' WHERE seq = 1",
        "UPDATE workflow_event SET note = note",
        "DELETE FROM workflow_event",
    ],
)
def test_plain_sql_cannot_change_or_delete_an_event(city, statement: str) -> None:
    city.open_case()
    with pytest.raises(DatabaseError, match="append-only"):
        plain_sql(statement)


def test_an_event_cannot_be_replaced_or_cut_off_whole(city) -> None:
    city.open_case()
    if connection.vendor == "postgresql":
        plain_sql("SET CONSTRAINTS ALL IMMEDIATE")
        statement = "TRUNCATE workflow_event CASCADE"
    else:
        columns = [f.column for f in Event._meta.concrete_fields]
        names = ", ".join(f'"{c}"' for c in columns)
        values = ", ".join("'khác'" if c == "note" else f'"{c}"' for c in columns)
        statement = f"INSERT OR REPLACE INTO workflow_event ({names}) SELECT {values} FROM workflow_event"
    with pytest.raises(DatabaseError, match="append-only"):
        plain_sql(statement)


def test_python_cannot_change_or_delete_an_event(city) -> None:
    event = city.open_case().events.get()
    event.note = "khác"
    for attempt in (event.save, event.delete, Event.objects.all().delete):
        with pytest.raises(TypeError):
            attempt()
    with pytest.raises(TypeError):
        Event.objects.update(note="khác")


def check() -> str:
    out = StringIO()
    call_command("check_trail", stdout=out)
    return out.getvalue()


def test_a_whole_trail_checks_out(city) -> None:
    city.closed()
    city.open_case("2.1")
    assert "Toàn vẹn: " in check()
    assert "2 hồ sơ" in check()


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE workflow_event SET note = 'khác' WHERE seq = 2", "sự kiện 2: its contents"),
        ("UPDATE workflow_event SET actor_id = NULL WHERE seq = 2", "sự kiện 2: its contents"),
        ("DELETE FROM workflow_event WHERE seq = 2", "sự kiện 3: event 2 is missing"),
        ("DELETE FROM workflow_event WHERE seq = 3", "sự kiện 3: the end of the chain"),
        (
            "UPDATE workflow_event SET previous_hash = hash WHERE seq = 3",
            "sự kiện 3: it is not chained",
        ),
    ],
)
def test_what_is_altered_behind_the_triggers_back_is_found(city, statement: str, says: str) -> None:
    case = city.in_progress()
    without_triggers(lambda cursor: cursor.execute(statement))
    with pytest.raises(CommandError) as broken:
        check()
    assert f"hồ sơ {case.number}, {says}" in str(broken.value)


def test_one_case_can_be_checked_alone_and_an_unknown_one_is_named(city) -> None:
    case = city.open_case()
    call_command("check_trail", case=case.number, stdout=StringIO())
    with pytest.raises(CommandError, match="2026-999999"):
        call_command("check_trail", case="2026-999999")


def test_the_case_knows_the_head_of_its_chain(city) -> None:
    case = Case.objects.get(pk=city.monitored().pk)
    last = case.events.latest("seq")
    assert (case.version, case.head_hash) == (last.seq, last.hash)


def test_a_renamed_person_breaks_no_hash(city) -> None:
    city.assigned()
    city.chairperson.full_name = "Người dùng đã ẩn danh"
    city.chairperson.save()
    assert "Toàn vẹn" in check()
