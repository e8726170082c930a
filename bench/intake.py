"""Intake of a whole country, as a ratio to the same rows written by raw SQL in the same run.

    python bench/intake.py [--units 3321] [--rounds 3]

Runs on the database in DATABASE_URL, in one of its own that it makes and removes: once with
SQLite, once with PostgreSQL. For each load it times the operation and, on the same interpreter and
in turn, the floor: the rows that the operation left, written back by COPY (PostgreSQL) or prepared
INSERT (SQLite) with all keys, indexes and triggers on. The least of the rounds counts; a run whose
floors spread by more than half says so and should be made again.
"""

import argparse
import gc
import os
import random
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("SECRET_KEY", "bench")
os.environ.setdefault("LOG_LEVEL", "ERROR")
os.environ.setdefault("BROKER_URL", "memory://")

import django  # noqa: E402

django.setup()

from django.db import connection, transaction  # noqa: E402

from indicators.bulk import analyse, copy_rows, update_rows  # noqa: E402
from indicators.models import Assessment, Indicator, Intake, Rating  # noqa: E402
from indicators.operations import Row, record_assessments  # noqa: E402
from organisations.loading import DATA, load_units, read_table  # noqa: E402
from organisations.models import Appointment, Role, Unit, User  # noqa: E402
from workflow.models import Case, CaseNumber, Event, Timer  # noqa: E402

TABLES = (Intake, Assessment, Rating, Case, Event, Timer, CaseNumber)
NEEDS_WORK = 0.2988  # share of red and yellow: 38,704 of 129,519
WHEN = datetime(2026, 10, 7, 2, 0, tzinfo=UTC)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--units", type=int, default=3321)
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    name = connection.creation.create_test_db(verbosity=0, serialize=False)
    try:
        measure(given.units, given.rounds)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def measure(units: int, rounds: int) -> None:
    rows, by = country(units)
    print(f"{connection.vendor}: {len(rows):,} ratings of {units:,} units, load {os.getloadavg()[0]:.1f}")
    loads = {
        "empty database": lambda: load(rows, "2026-Q3", by),
        "next period": lambda: load(rows, "2026-Q4", by),
        "same file again": lambda: load(rows, "2026-Q4", by),
    }
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in loads}
    statements: dict[str, int] = {}
    for _round in range(rounds):
        empty()
        for name, run in loads.items():
            before = snapshot()
            settle()
            taken, statements[name] = counted(run)
            floor = written_back(before) if name != "same file again" else floors_of(times)
            times[name].append((taken, floor))
    report(times, statements)


def country(count: int) -> tuple[list[Row], User]:
    """A rating for each unit and indicator, by a person who may record them all."""
    load_units(read_table(DATA / "units.csv"))
    by = User.objects.create_user("bench@example.org", full_name="Bench")
    units = list(Unit.objects.exclude(parent=None).order_by("code")[:count])
    Appointment.objects.bulk_create(
        Appointment(user=by, unit=city, role=Role.ADMINISTRATOR, since=date(2025, 7, 1))
        for city in Unit.objects.filter(parent=None)
    )
    pick = random.Random(18091)
    colours = ("red", "yellow", "green")
    weights = (NEEDS_WORK / 2, NEEDS_WORK / 2, 1 - NEEDS_WORK)
    codes = list(Indicator.objects.values_list("code", flat=True))
    return [
        Row(unit.code, code, colour, f"Phát hiện tại {unit.name}: {code}", "", f"B{n}")
        for unit in units
        for n, (code, colour) in enumerate(zip(codes, pick.choices(colours, weights, k=39), strict=True))
    ], by


def load(rows: list[Row], period: str, by: User) -> None:
    record_assessments(rows, period=period, kind="self", by=by, now=WHEN)


def counted(run: Callable[[], None]) -> tuple[float, int]:
    """Seconds taken and statements sent."""
    sent = 0

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal sent
        sent += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        start = time.perf_counter()
        run()
        return time.perf_counter() - start, sent


def empty() -> None:
    """All tables of the intake without rows, behind the triggers that forbid it."""

    def clear(cursor: Any) -> None:
        for model in reversed(TABLES):
            table = model._meta.db_table
            is_pg = connection.vendor == "postgresql"
            cursor.execute(f"TRUNCATE {table} CASCADE" if is_pg else f"DELETE FROM {table}")

    behind_everyones_back(clear)


def behind_everyones_back(run: Callable[[Any], None]) -> None:
    """Without triggers, and on SQLite without the search for rows that refer to a deleted one."""
    from tests.conftest import without_triggers

    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA foreign_keys = OFF")
    without_triggers(run)
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA foreign_keys = ON")


def settle() -> None:
    """The tables as autovacuum leaves them between two quarters."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for model in TABLES:
                cursor.execute(f"VACUUM ANALYZE {model._meta.db_table}")
    gc.collect()


def snapshot() -> dict[Any, int]:
    """The highest key of each table, and the versions of the cases, before a load."""
    return {
        model: model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0 for model in TABLES
    }


def written_back(before: dict[Any, int]) -> float:
    """Seconds that raw SQL takes to leave the rows that the load left: new ones and changed ones."""
    new: dict[Any, tuple[list[str], list[tuple[Any, ...]]]] = {}
    for model in TABLES[:-1]:
        names = [field.name for field in model._meta.concrete_fields]
        columns = [field.attname for field in model._meta.concrete_fields]
        new[model] = (names, list(model.objects.filter(pk__gt=before[model]).values_list(*columns)))
    changed_names = ["latest_rating", "version", "head_hash"]
    changed = list(
        Case.objects.filter(pk__lte=before[Case], version__gt=1).values_list(
            "pk", "latest_rating_id", "version", "head_hash"
        )
    )

    def take_back(cursor: Any) -> None:
        for model in reversed(TABLES[:-1]):
            cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE id > %s", [before[model]])

    first_ratings = list(Case.objects.filter(pk__lte=before[Case]).values_list("pk", "rating_id"))
    update_rows(Case, ["latest_rating"], first_ratings)
    behind_everyones_back(take_back)
    settle()
    start = time.perf_counter()
    with transaction.atomic():
        for model, (names, values) in new.items():
            copy_rows(model, names, values)
        update_rows(Case, changed_names, changed)
        analyse(*[model for model, (_names, values) in new.items() if len(values) > 1000])
    return time.perf_counter() - start


def floors_of(times: dict[str, list[tuple[float, float]]]) -> float:
    """What writing the file for the first time costs raw SQL: the floor of sending it again."""
    return times["empty database"][-1][1]


def report(times: dict[str, list[tuple[float, float]]], statements: dict[str, int]) -> None:
    print(f"{'':18}{'seconds':>9}{'raw SQL':>9}{'ratio':>7}{'spread':>8}{'statements':>12}")
    for name, pairs in times.items():
        taken, floor = min(t for t, _f in pairs), min(f for _t, f in pairs)
        spread = max(f for _t, f in pairs) / floor
        print(f"{name:18}{taken:9.2f}{floor:9.2f}{taken / floor:7.2f}{spread:8.2f}{statements[name]:12}")
        if spread > 1.5:
            print("    the floors spread too much: run this again on a quieter machine")
    print(f"highest memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
