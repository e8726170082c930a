"""Search among a million cases, as milliseconds and as a ratio to the bare index.

    python bench/search.py [--cases 1000000] [--rounds 5]

Runs on the database in DATABASE_URL, in one of its own that it makes and removes: once with SQLite,
once with PostgreSQL. Every case has a unit, an indicator, a person and a finding of its own, whose
words fall as words do: few are said everywhere, most are rare. Each search is timed as the list page
does it for a city's auditor who sees all of them: the first page of rows with everything they show,
and how many there are, counted no further than anybody reads. The floor, in turn with it, is the
index alone: the keys of the same page, newest first. The least of the rounds counts.
"""

import argparse
import gc
import os
import random
import sys
import time
from collections.abc import Callable
from datetime import date
from importlib import import_module
from typing import Any

import sweep  # sets up Django; also how a bench gets behind the triggers
from django.db import connection, transaction

from indicators.bulk import copy_rows
from indicators.models import Assessment, Indicator, Intake, Period, Rating
from organisations.models import Appointment, Role, Unit, User
from organisations.vietnamese import fold
from web.views.cases import COUNTED, PAGE
from workflow.models import Case, Policy
from workflow.words import cases_that_say

BEGINNINGS = "b c ch d đ g gi h kh l m n ng nh ph qu r s t th tr v x".split()
ENDINGS = "a ai an ang anh ao ăn ăng ân âu e em ê ên i in inh o oa oc ôi ông ơ ơn u ung ư ương".split()
SYLLABLES = [beginning + ending for beginning in BEGINNINGS for ending in ENDINGS]
FAMILIES, NAMES = ["Nguyễn", "Trần", "Lê", "Phạm"], ["Bình", "Cường", "Dũng", "Hải"]
SEARCHES = {
    "a number": "2026-123456",
    "a number's end": "654321",
    "a rare word": "",  # filled in from the findings
    "two words of a finding": "",
    "a word of every case": "phuong",
    "a ward and a word": "",
    "an indicator's title": "bao ve dat",
    "a person": "nguyen van binh",
    "the beginning of a word": "th",
    "what nobody says": "zzyzx",
}


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--cases", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=5)
    given = options.parse_args()
    name = connection.creation.create_test_db(verbosity=0, serialize=False)
    try:
        auditor = fill(given.cases)
        measure(auditor, given.cases, given.rounds)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


# --- A country that has said much ----------------------------------------------------------------


def fill(cases: int, standing: Callable[[int], dict[str, Any]] = lambda n: {}) -> User:
    """So many cases; `standing` says of each by its number how it stands, where that is not as usual."""
    pick = random.Random(18091)
    indicators = list(Indicator.objects.order_by("pk").values_list("pk", flat=True))
    city = Unit.objects.create(code="01", kind="city", name="Cả nước")
    units = -(-cases // len(indicators))
    said = [f"{pick.choice(SYLLABLES)} {pick.choice(SYLLABLES)}" for _ in range(units)]
    rows = [
        (code := f"{n:05}", "ward", name.title(), city.pk, f"{code} phuong {fold(name)}", name)
        for n, name in enumerate(said, start=10_000)
    ]
    copy_rows(Unit, ["code", "kind", "name", "parent", "search_text", "sort_key"], rows)
    auditor = User.objects.create_user("kiemtra@example.org", full_name="Nguyễn Thị Hoa")
    Appointment.objects.create(user=auditor, unit=city, role=Role.AUDITOR, since=date(2025, 7, 1))
    named = [f"{pick.choice(FAMILIES)} Văn {pick.choice(NAMES)}" for _ in range(2000)]
    people = [
        User(email=f"{n}@example.org", full_name=name, search_text=fold(name)) for n, name in enumerate(named)
    ]
    User.objects.bulk_create(people)
    write(pick, cases, indicators, auditor, [person.pk for person in people], standing)
    return auditor


def write(
    pick: random.Random,
    cases: int,
    indicators: list[int],
    by: User,
    people: list[int],
    standing: Callable[[int], dict[str, Any]],
) -> None:
    units = list(Unit.objects.filter(kind="ward").order_by("pk").values_list("pk", flat=True))
    period = Period.objects.create(code="2026-Q3", starts_on=date(2026, 7, 1), ends_on=date(2026, 9, 30))
    intake = Intake.objects.create(period=period, kind="self", recorded_by=by, recorded_at=sweep.OPENED)
    copy_rows(Assessment, ["id", "unit", "period", "kind"], [(u, u, period.pk, "self") for u in units])
    policy = Policy.objects.filter(colour="red").values_list("pk", flat=True)[0]
    rates = [1 / (n + 1) for n in range(len(SYLLABLES))]
    words = pick.choices(SYLLABLES, rates, k=200_000)
    findings = [" ".join(words[(at := pick.randrange(len(words) - 12)) : at + 12]) for _ in range(50_000)]
    where = [(unit, indicator) for unit in units for indicator in indicators][:cases]
    numbered = list(enumerate(where, start=1))
    rated = {"intake": intake.pk, "colour": "red", "evidence_note": ""}
    opened = {
        "colour": "red", "policy": policy, "opened_at": sweep.OPENED, "assign_by": sweep.WHEN.date(),
        "turn_due_on": sweep.WHEN.date(), "state": "in_progress", "head_hash": sweep.A_HASH,
        "recurrence_count": 0, "product": "", "authority": "", "verifier": "", "extension_count": 0,
        "reopening_count": 0, "version": 1,
    }  # fmt: skip

    def fill_tables(cursor: Any) -> None:
        for start in range(0, cases, 100_000):
            part = numbered[start : start + 100_000]
            columns = ["id", "assessment", "indicator", "finding", *rated]
            said = [(n, u, i, f"{findings[n % 50_000]} v{n}", *rated.values()) for n, (u, i) in part]
            copy_rows(Rating, columns, said)
            columns = ["number", "unit", "indicator", "rating", "latest_rating", "assignee", *opened]
            columns += [name for name in standing(0) if name not in columns]
            made = [
                {
                    "number": f"2026-{n:06}", "unit": u, "indicator": i, "rating": n, "latest_rating": n,
                    "assignee": people[n % len(people)], **opened, **standing(n),
                }
                for n, (u, i) in part
            ]  # fmt: skip
            copy_rows(Case, columns, ([row[name] for name in columns] for row in made))
        of_words = import_module("workflow.migrations.0007_words")
        is_postgresql = connection.vendor == "postgresql"
        cursor.execute(of_words._kept("true") if is_postgresql else of_words._written("true"))

    with transaction.atomic():
        sweep.behind_everyones_back(fill_tables)
    settle()
    SEARCHES["a rare word"] = f"v{cases // 2}"
    SEARCHES["two words of a finding"] = " ".join(findings[7].split()[:2])
    ward = Unit.objects.get(pk=units[len(units) // 2])
    SEARCHES["a ward and a word"] = f"{ward.name} {SYLLABLES[3]}"


def settle() -> None:
    """The tables as the database leaves them over night."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for table in ("workflow_case", "workflow_case_words", "indicators_rating", "organisations_unit"):
                cursor.execute(f"VACUUM ANALYZE {table}")
        else:
            cursor.execute("INSERT INTO workflow_case_words(workflow_case_words) VALUES ('optimize')")


# --- What is timed -------------------------------------------------------------------------------


def page(auditor: User, text: str) -> Callable[[], int]:
    def read() -> int:
        found = Case.objects.visible_to(auditor).search(text)
        count = found[: COUNTED + 1].count()
        len(list(found.for_reading().order_by("-id")[: PAGE + 1]))
        return count

    return read


def bare(text: str) -> Callable[[], int]:
    def read() -> int:
        asked: Any = cases_that_say(text)
        column = "case_id" if connection.vendor == "postgresql" else "rowid"
        with connection.cursor() as cursor:
            cursor.execute(f"{asked.sql} ORDER BY {column} DESC LIMIT {PAGE + 1}", asked.params)
            return len(cursor.fetchall())

    return read


def timed(run: Callable[[], int]) -> tuple[float, int]:
    gc.collect()
    began = time.perf_counter()
    count = run()
    return time.perf_counter() - began, count


def measure(auditor: User, cases: int, rounds: int) -> None:
    print(f"{connection.vendor}: {cases:,} cases, load {os.getloadavg()[0]:.1f}")
    print(f"{'':26}{'found':>8}{'page':>10}{'index':>10}{'ratio':>7}")
    for name, text in SEARCHES.items():
        pairs = [(timed(page(auditor, text)), timed(bare(text))) for _round in range(rounds)]
        taken, floor = min(p[0][0] for p in pairs), min(p[1][0] for p in pairs)
        found = pairs[0][0][1]
        shown = f">{COUNTED}" if found > COUNTED else found
        print(f"{name:26}{shown:>8}{taken * 1000:>7.1f} ms{floor * 1000:>7.1f} ms{taken / floor:>7.1f}")


if __name__ == "__main__":
    sys.exit(main())
