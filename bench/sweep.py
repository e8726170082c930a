"""The clock's sweep among a million live cases, as a ratio to one set-based SQL statement.

    python bench/sweep.py [--cases 1000000] [--due 10000] [--rounds 3]

Runs on the database in DATABASE_URL, in one of its own that it makes and removes: once with
SQLite, once with PostgreSQL. Two things are timed. The sweep of so many deadlines that have come
due, each time others, spread over the whole table, and in turn with it, on the same interpreter,
the floor: rows of the same shape written by one statement (PostgreSQL) or three (SQLite), with all
keys, indexes and triggers on. And the idle sweep, with nothing due, among 10,000 cases and among
all: it must not know how many there are. The least of the rounds counts; a run whose floors spread
by more than half says so and should be made again.
"""

import argparse
import gc
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
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

from indicators.bulk import copy_rows, update_rows  # noqa: E402
from indicators.models import Assessment, Indicator, Intake, Period, Rating  # noqa: E402
from organisations.models import Unit, User  # noqa: E402
from workflow import deadlines  # noqa: E402
from workflow.calendar import working_days  # noqa: E402
from workflow.clock import ring_due  # noqa: E402
from workflow.models import Case, Event, Policy, Timer  # noqa: E402

FEW = 10_000  # cases, with which all are compared
#: A Wednesday, 09:00 in Hải Phòng.
WHEN = datetime(2026, 10, 7, 2, 0, tzinfo=UTC)
OPENED = WHEN - timedelta(days=100)
A_HASH = "18091" * 12 + "2020"
IDLE_SWEEPS = 40


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--cases", type=int, default=1_000_000)
    options.add_argument("--due", type=int, default=10_000)
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    name = connection.creation.create_test_db(verbosity=0, serialize=False)
    try:
        measure(given.cases, given.due, given.rounds)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def measure(cases: int, due: int, rounds: int) -> None:
    idle = {}
    for count in sorted({min(FEW, cases), cases}):
        fill(count)
        idle[count] = idle_sweeps()
    print(f"{connection.vendor}: {cases:,} live cases, {due:,} due, load {os.getloadavg()[0]:.1f}")
    explain()
    keys = random.Random(18091).sample(list(Timer.objects.values_list("pk", flat=True)), 2 * rounds * due)
    pairs = []
    for n in range(0, len(keys), 2 * due):
        floor = swept(keys[n : n + due], one_statement)
        taken = swept(keys[n + due : n + 2 * due], lambda: ring_due(now=WHEN))
        pairs.append((taken, floor))
    report(pairs, idle)


# --- A country larger than there is ------------------------------------------------------------


def fill(cases: int) -> None:
    """So many live cases, each with its opening event and a timer that rings some day to come."""
    last_unit = Unit.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    last_case = Case.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    indicators = Indicator.objects.count()
    more = -(-(cases - Case.objects.count()) // indicators)
    names = ["code", "kind", "name", "search_text", "sort_key"]
    numbers = range(last_unit + 1, last_unit + more + 1)
    copy_rows(Unit, names, [(f"{n:05}", "ward", f"Phường {n}", f"phuong {n}", f"{n}") for n in numbers])
    ratings = ratings_to_open_by()
    behind_everyones_back(lambda cursor: write_cases(cursor, ratings, last_unit, last_case, cases))
    settle()


def ratings_to_open_by() -> int:
    """One red rating of each indicator; answers what to add to an indicator's key to have its own."""
    indicators = list(Indicator.objects.order_by("pk").values_list("pk", flat=True))
    if not (first := Rating.objects.order_by("pk").first()):
        period, _new = Period.objects.get_or_create(
            code="2026-Q2", defaults={"starts_on": date(2026, 4, 1), "ends_on": date(2026, 6, 30)}
        )
        by = User.objects.create_user("bench@example.org", full_name="Bench")
        intake = Intake.objects.create(period=period, kind="self", recorded_by=by, recorded_at=OPENED)
        assessment = Assessment.objects.create(unit=Unit.objects.all()[0], period=period, kind="self")
        shared = {"assessment": assessment, "intake": intake, "colour": "red"}
        Rating.objects.bulk_create(Rating(pk=key, indicator_id=key, **shared) for key in indicators)
        first = Rating.objects.order_by("pk")[0]
    return first.pk - indicators[0]


def write_cases(cursor: Any, ratings: int, last_unit: int, last_case: int, cases: int) -> None:
    policy = Policy.objects.filter(colour="red").values_list("pk", flat=True)[0]
    day = connection.ops.adapt_datefield_value(WHEN.date() + timedelta(days=30))
    at = connection.ops.adapt_datetimefield_value
    cursor.execute(
        "INSERT INTO workflow_case (number, unit_id, indicator_id, colour, rating_id, latest_rating_id,"
        " policy_id, recurrence_count, product, authority, opened_at, assign_by, turn_began_on,"
        " turn_due_on, verifier, extension_count, reopening_count, version, head_hash, state)"
        " SELECT 'B' || ((u.id - 1) * 39 + i.id), u.id, i.id, 'red', i.id + %s, i.id + %s, %s, 0, '', '',"
        " %s, %s, %s, %s, '', 0, 0, 1, %s, 'open'"
        " FROM organisations_unit u, indicators_indicator i WHERE u.id > %s ORDER BY u.id, i.id LIMIT %s",
        [
            ratings,
            ratings,
            policy,
            at(OPENED),
            day,
            day,
            day,
            A_HASH,
            last_unit,
            cases - Case.objects.count(),
        ],
    )
    cursor.execute(
        "INSERT INTO workflow_event (case_id, seq, kind, at, note, changes, previous_hash, hash)"
        " SELECT id, 1, 'opened', opened_at, '', '{}', %s, head_hash FROM workflow_case WHERE id > %s",
        ["0" * 64, last_case],
    )
    for n in range(20):
        cursor.execute(
            "INSERT INTO workflow_timer (case_id, corrective_action_number, due_on, revision, next_at)"
            " SELECT id, 0, assign_by, 1, %s FROM workflow_case WHERE id > %s AND id %% 20 = %s",
            [at(WHEN + timedelta(days=n + 1)), last_case, n],
        )


def behind_everyones_back(run: Callable[[Any], None]) -> None:
    """Without triggers, which would look up what each of a million rows refers to."""
    from tests.conftest import without_triggers

    with transaction.atomic():
        without_triggers(run)


def settle() -> None:
    """The tables as autovacuum leaves them over night."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for model in (Case, Event, Timer):
                cursor.execute(f"VACUUM ANALYZE {model._meta.db_table}")
            cursor.execute("CHECKPOINT")
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    gc.collect()


# --- What is timed -----------------------------------------------------------------------------


def swept(keys: list[int], sweep: Callable[[], object]) -> float:
    """Seconds in which a sweep rings these timers; each has an event more when it is done."""
    update_rows(Timer, ["due_on", "last_milestone", "next_at"], coming_due(keys))
    settle()
    before = Event.objects.count()
    start = time.perf_counter()
    sweep()
    taken = time.perf_counter() - start
    assert Event.objects.count() - before == len(keys)
    assert not Timer.objects.filter(next_at__lte=WHEN).exists()
    return taken


def coming_due(keys: list[int]) -> Iterator[tuple[int, date, int | None, datetime]]:
    """Timers that have one milestone or another to ring this morning."""
    days, today = working_days(), WHEN.date()
    milestones = [None, *deadlines.MILESTONES, 12, 17]
    for n, key in enumerate(keys):
        last, due = milestones[n % 9], milestones[n % 9 + 1]
        yield key, days.shift(today, -(due or 0)), last, deadlines.opening_of(today)


def one_statement() -> None:
    """The same number of rows of the same shape, and nothing decided about them."""
    at = connection.ops.adapt_datetimefield_value
    now, later = at(WHEN), at(WHEN + timedelta(days=2))
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL, [now, now, later])
        else:
            for statement, params in zip(SQLITE, ([now, now], [now], [later, now]), strict=True):
                cursor.execute(statement, params)


POSTGRESQL = """
WITH due AS (
    SELECT t.id, t.case_id, c.version + 1 AS seq, c.number, c.head_hash AS previous,
        json_build_object('milestone', json_build_array(t.last_milestone, 0),
            'due_on', json_build_array(NULL, t.due_on),
            'timer', json_build_array(NULL, 'assign_by'))::jsonb AS changes,
        'timer ' || t.id || ', deadline ' || t.revision || ', milestone 0' AS once
    FROM workflow_timer t JOIN workflow_case c ON c.id = t.case_id
    WHERE t.next_at <= %s
), sealed AS (
    SELECT *, encode(sha256(convert_to(
        json_build_object('actor', NULL, 'at', '2026-10-07T02:00:00.000000Z', 'case', number,
            'changes', changes, 'kind', 'due_today', 'note', '', 'once', once, 'previous', previous,
            'seq', seq)::text, 'UTF8')), 'hex') AS hash
    FROM due
), rung AS (
    INSERT INTO workflow_event (case_id, seq, kind, at, note, changes, once, previous_hash, hash)
    SELECT case_id, seq, 'due_today', %s, '', changes, once, previous, hash FROM sealed
), moved AS (
    UPDATE workflow_timer t SET last_milestone = 0, next_at = %s FROM due WHERE t.id = due.id
)
UPDATE workflow_case c SET version = seq, head_hash = hash FROM sealed WHERE c.id = sealed.case_id
"""

# SQLite has no SHA-256: as many letters by chance.
SQLITE = (
    """
    INSERT INTO workflow_event (case_id, seq, kind, at, note, changes, once, previous_hash, hash)
    SELECT c.id, c.version + 1, 'due_today', %s, '', json_object('milestone',
        json_array(t.last_milestone, 0), 'due_on', json_array(NULL, t.due_on),
        'timer', json_array(NULL, 'assign_by')),
        'timer ' || t.id || ', deadline ' || t.revision || ', milestone 0', c.head_hash,
        lower(hex(randomblob(32)))
    FROM workflow_timer t JOIN workflow_case c ON c.id = t.case_id WHERE t.next_at <= %s
    """,
    """
    UPDATE workflow_case SET version = version + 1, head_hash = (SELECT e.hash FROM workflow_event e
        WHERE e.case_id = workflow_case.id AND e.seq = workflow_case.version + 1)
    WHERE id IN (SELECT case_id FROM workflow_timer WHERE next_at <= %s)
    """,
    "UPDATE workflow_timer SET last_milestone = 0, next_at = %s WHERE next_at <= %s",
)


def idle_sweeps() -> list[float]:
    """Milliseconds of each of many sweeps that find nothing due."""
    times = []
    for _n in range(IDLE_SWEEPS):
        start = time.perf_counter()
        assert ring_due(now=WHEN) == 0
        times.append((time.perf_counter() - start) * 1000)
    return times[IDLE_SWEEPS // 4 :]  # the first ones open the connection and prepare


def explain() -> None:
    """The plan by which the sweep looks for its next batch."""
    due = Timer.objects.filter(next_at__lte=WHEN).order_by("next_at", "id")[:500]
    print("\n".join(f"    {line}" for line in due.explain().splitlines()))


def report(pairs: list[tuple[float, float]], idle: dict[int, list[float]]) -> None:
    taken, floor = min(t for t, _f in pairs), min(f for _t, f in pairs)
    spread = max(f for _t, f in pairs) / floor
    print(f"{'':24}{'seconds':>9}{'raw SQL':>9}{'ratio':>7}{'spread':>8}")
    print(f"{'sweep':24}{taken:9.2f}{floor:9.2f}{taken / floor:7.2f}{spread:8.2f}")
    if spread > 1.5:
        print("    the floors spread too much: run this again on a quieter machine")
    print(f"{'':24}{'least ms':>9}{'median':>9}")
    for count, times in idle.items():
        print(f"{f'idle, {count:,} cases':24}{min(times):9.2f}{median(times):9.2f}")


if __name__ == "__main__":
    main()
