"""The API among a million cases: inside, as a ratio to raw SQL, and over HTTP, to the smallest view.

    python bench/api.py [--cases 1000000] [--rounds 5] [--seconds 4]

Runs on the database in DATABASE_URL, in one of its own that it makes and removes: once with SQLite,
once with PostgreSQL; first with 10,000 cases and then with all, for nothing may grow with the table.

Inside, one request goes through the whole stack as the web server hands it over (middleware, token,
limits, permission, filter, page, JSON), and in turn with it, on the same interpreter, the floor: the
same rows fetched on a bare cursor, those of a list by one hand-written statement, those of a case by
one for each table it tells of. Deep is the page that begins a hundred rows before the end. Over HTTP
the web is started as script/serve.py starts it and asked by eight clients that stay connected, each of
its views in turn. The least of the rounds counts (of requests per second, the most); a run whose floors
spread by more than half should be made again.
"""

import argparse
import base64
import gc
import io
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

# Nobody is turned away here; that each request is counted costs what it costs.
os.environ.setdefault("API_REQUESTS_PER_MINUTE_AND_TOKEN", "100000000")
os.environ.setdefault("API_REQUESTS_PER_MINUTE_AND_ADDRESS", "100000000")
os.environ.setdefault("HTTPS", "off")

import search
import sweep  # sets up Django; also how a bench gets behind the triggers
from clients import requests_per_second, served
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.utils import timezone

from indicators.bulk import reserve_ids
from indicators.models import Assessment, Indicator, Rating
from notifications.models import Told
from organisations.models import Unit, User
from tests.conftest import City, settled
from tests.tokens import token_of
from workflow.models import Case, CaseNumber, Participation
from workflow.operations import comment

FEW = 10_000  # cases, with which all are compared
FROM_THE_END = 100  # rows
REPEATS = 20  # in each round

Run = Callable[[], Any]


class Country(NamedTuple):
    """Who reads what: a city's auditor sees all of it, somebody of a ward one ward's 39 cases."""

    auditor: User
    staff: User
    case: Case
    tokens: dict[int, str]


class Figure(NamedTuple):
    name: str
    taken: float  # milliseconds
    floor: float
    spread: float


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--cases", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=float, default=4)
    given = options.parse_args()
    figures = {}
    for cases in sorted({min(FEW, given.cases), given.cases}):
        with tempfile.TemporaryDirectory() as folder:
            figures[cases] = among(cases, Path(folder), given.rounds, given.seconds)
    say_growth(*figures.values())


def among(cases: int, folder: Path, rounds: int, seconds: float) -> dict[str, float]:
    """Milliseconds of every request among so many cases."""
    if connection.vendor == "sqlite":  # in a file, so that others can open it
        connection.settings_dict["TEST"]["NAME"] = str(folder / "db.sqlite3")
    settings.MEDIA_ROOT = folder / "media"
    outside = connection.settings_dict["NAME"]
    name = connection.creation.create_test_db(verbosity=0, serialize=False)
    try:
        country = fill(cases)
        print(f"\n{connection.vendor}: {cases:,} cases, load {os.getloadavg()[0]:.1f}")
        inside = [*lists(country, rounds), *details(country, rounds), *feeds(country, rounds)]
        connection.close()
        with served(folder) as port:
            over_http(country, port, rounds, seconds)
        return {figure.name: figure.taken for figure in inside}
    finally:
        connection.creation.destroy_test_db(str(outside), verbosity=0)
        del name


# --- A country and its record --------------------------------------------------------------------


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


# --- Inside --------------------------------------------------------------------------------------

_app = get_wsgi_application()


def asks(path: str, token: str) -> Run:
    """One request as the web server hands it over, to the last byte of the answer."""
    path, _mark, query = path.partition("?")

    def ask() -> bytes:
        environ = {
            "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "SCRIPT_NAME": "",
            "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "localhost", "REMOTE_ADDR": "127.0.0.1", "HTTP_ACCEPT": "application/json",
            "HTTP_AUTHORIZATION": f"Bearer {token}", "wsgi.input": io.BytesIO(), "wsgi.url_scheme": "http",
            "wsgi.errors": sys.stderr, "wsgi.version": (1, 0),
        }  # fmt: skip
        said: list[str] = []
        response: Any = _app(environ, lambda status, headers: said.append(status))
        body = b"".join(response)
        response.close()
        if said != ["200 OK"]:
            raise SystemExit(f"{path}?{query}: {said} {body.decode()}")
        return body

    return ask


def fetches(*statements: tuple[str, list[Any]]) -> Run:
    def fetch() -> int:
        count = 0
        with connection.cursor() as cursor:
            for sql, given in statements:
                cursor.execute(sql, given)
                count += len(cursor.fetchall())
        return count

    return fetch


def compared(name: str, candidate: Run, floor: Run, rounds: int) -> Figure:
    """Both in turn; printed as well as answered."""
    taken, floors = [], []
    for _round in range(rounds):
        taken.append(_least(candidate))
        connection.ensure_connection()  # which a request on SQLite may have closed
        floors.append(_least(floor))
    figure = Figure(name, min(taken), min(floors), max(floors) / min(floors))
    print(
        f"{name:44}{figure.taken:8.2f} ms{figure.floor:8.2f} ms"
        f"{figure.taken / figure.floor:7.1f} x   spread {figure.spread:.2f}",
        flush=True,
    )
    return figure


def _least(run: Run) -> float:
    run()
    gc.collect()
    least = float("inf")
    for _repeat in range(REPEATS):
        began = time.perf_counter()
        run()
        least = min(least, time.perf_counter() - began)
    return least * 1000


LIST = """
SELECT c.number, u.code, u.kind, u.name, i.code, i.title_vi, i.title_en, c.colour, c.state, c.verifier,
    c.turn_due_on, c.assignee_id, p.full_name, p.email, c.due_on, c.original_due_on, c.extension_count,
    c.reopening_count, r.number, c.recurrence_count, c.opened_at, c.closed_at, c.version
FROM workflow_case c
JOIN organisations_unit u ON u.id = c.unit_id
JOIN indicators_indicator i ON i.id = c.indicator_id
LEFT JOIN organisations_user p ON p.id = c.assignee_id
LEFT JOIN workflow_case r ON r.id = c.recurrence_of_id
WHERE {where} ORDER BY {order} LIMIT 50
"""


def lists(country: Country, rounds: int) -> list[Figure]:
    city, ward = country.case.unit.parent_id, country.case.unit_id
    # A plus keeps SQLite from gathering and sorting the whole city.
    all_of_it = ("u.parent_id = %s" if connection.vendor == "postgresql" else "+u.parent_id = %s", city)
    readers = [("auditor", country.auditor, all_of_it), ("ward", country.staff, ("c.unit_id = %s", ward))]
    today = timezone.localdate().isoformat()
    found = []
    for who, person, (sees, key) in readers:
        for name, order, beyond, more, query in (
            ("newest", "c.id DESC", "c.id < %s", "", ""),
            ("number", "c.id", "c.id > %s", "", "&ordering=number"),
            (
                "turn_due_on",
                "c.turn_due_on, c.id",
                "(c.turn_due_on, c.id) > (%s, %s)",
                " AND c.turn_due_on IS NOT NULL",
                "&ordering=turn_due_on",
            ),
            (
                "open and overdue",
                "c.id DESC",
                "c.id < %s",
                f" AND c.state = 'open' AND c.turn_due_on < '{today}'",
                "&state=open&overdue=true",
            ),
        ):
            at = f"/api/v1/cases/?page_size=50{query}"
            token = country.tokens[person.pk]
            sql = LIST.format(where=f"{sees}{more}", order=order)
            found.append(compared(f"{who}, {name}", asks(at, token), fetches((sql, [key])), rounds))
            if who == "ward":
                continue
            place = _near_the_end(name)
            sql = LIST.format(where=f"{sees}{more} AND {beyond}", order=order)
            deep = compared(
                f"{who}, {name}, deep",
                asks(f"{at}&cursor={quote(_cursor(name, place))}", token),
                fetches((sql, [key, *place])),
                rounds,
            )
            print(f"{'':44}deep is {deep.taken / found[-1].taken:.2f} x the first page")
            found.append(deep)
    return found


def _near_the_end(name: str) -> list[Any]:
    cases = Case.objects.order_by()
    if name == "turn_due_on":
        last = cases.exclude(turn_due_on=None).order_by("-turn_due_on", "-id")
        return list(last.values_list("turn_due_on", "id")[FROM_THE_END])
    if name == "number":
        return [cases.order_by("-id").values_list("id", flat=True)[FROM_THE_END]]
    if name == "open and overdue":
        late = cases.filter(state="open").overdue(on=timezone.localdate())
        return [late.order_by("id").values_list("id", flat=True)[FROM_THE_END]]
    return [cases.order_by("id").values_list("id", flat=True)[FROM_THE_END]]


def _cursor(name: str, place: list[Any]) -> str:
    first = {"number": "id", "turn_due_on": "turn_due_on"}.get(name, "-id")
    said = json.dumps([first, False, *(str(v) if isinstance(v, date) else v for v in place)])
    return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")


#: One case: each table that the answer tells of, by hand. %s is its key.
ONE_CASE = {
    "case": """
SELECT c.*, u.code, u.kind, u.name, u.parent_id, i.code, i.title_vi, i.title_en, p.full_name, p.email,
    y.verifier, y.extension_limit, o.number, r.colour, r.finding, a.kind, d.code, l.colour, l.finding,
    b.kind, e.code
FROM workflow_case c
JOIN organisations_unit u ON u.id = c.unit_id
JOIN indicators_indicator i ON i.id = c.indicator_id
JOIN workflow_policy y ON y.id = c.policy_id
JOIN indicators_rating r ON r.id = c.rating_id JOIN indicators_assessment a ON a.id = r.assessment_id
JOIN indicators_period d ON d.id = a.period_id
JOIN indicators_rating l ON l.id = c.latest_rating_id JOIN indicators_assessment b ON b.id = l.assessment_id
JOIN indicators_period e ON e.id = b.period_id
LEFT JOIN organisations_user p ON p.id = c.assignee_id
LEFT JOIN workflow_case o ON o.id = c.recurrence_of_id
WHERE c.id = %s""",
    "recurrences": "SELECT number FROM workflow_case WHERE recurrence_of_id = %s",
    "events": "SELECT kind, at, changes, actor_id FROM workflow_event WHERE case_id = %s ORDER BY seq",
    "parts": """
SELECT p.part, p.ended_at, u.id, u.full_name, u.email FROM workflow_participation p
JOIN organisations_user u ON u.id = p.user_id WHERE p.case_id = %s""",
    "analysis": "SELECT * FROM actions_causeanalysis WHERE case_id = %s",
    "actions": "SELECT * FROM actions_correctiveaction WHERE case_id = %s",
    "evidence": "SELECT * FROM actions_evidence WHERE case_id = %s",
    "timers": """
SELECT t.*, u.full_name, u.email FROM workflow_timer t LEFT JOIN organisations_user u ON u.id = t.owner_id
WHERE t.case_id = %s""",
    # CROSS has SQLite join them in this order.
    "ratings": """
SELECT a.kind, d.code, r.colour, r.finding
FROM workflow_case c CROSS JOIN indicators_assessment a CROSS JOIN indicators_rating r
JOIN indicators_period d ON d.id = a.period_id
WHERE c.id = %s AND a.unit_id = c.unit_id AND r.assessment_id = a.id AND r.indicator_id = c.indicator_id
    AND r.superseded_at IS NULL""",
    "people": """
WITH here AS (
    SELECT u.id, u.parent_id FROM workflow_case c JOIN organisations_unit u ON u.id = c.unit_id
    WHERE c.id = %s
)
SELECT a.role, a.unit_id, u.id, u.full_name, u.email, u.sort_key
FROM organisations_appointment a JOIN organisations_user u ON u.id = a.user_id
WHERE a.unit_id IN (SELECT id FROM here UNION ALL SELECT parent_id FROM here)""",
    "deputies": """
SELECT d.giver_id, d.taker_id FROM organisations_delegation d JOIN workflow_case c ON c.unit_id = d.unit_id
WHERE c.id = %s""",
    "calendar": 'SELECT "on", is_working FROM workflow_calendarday WHERE %s > 0',
}


def details(country: Country, rounds: int) -> list[Figure]:
    at = f"/api/v1/cases/{country.case.number}/"
    floor = fetches(*((sql, [country.case.pk]) for sql in ONE_CASE.values()))
    return [
        compared(f"{who}, one case", asks(at, country.tokens[person.pk]), floor, rounds)
        for who, person in (("auditor", country.auditor), ("its assignee", country.staff))
    ]


FEED = """
SELECT t.position, e.seq, e.kind, e.at, e.note, e.changes, e.once, e.previous_hash, e.hash, p.id,
    p.full_name, p.email, c.number, c.state, u.code, i.code
FROM (SELECT * FROM notifications_told WHERE position > %s ORDER BY position LIMIT {window}) t
JOIN workflow_event e ON e.id = t.event_id
JOIN workflow_case c ON c.id = e.case_id
JOIN organisations_unit u ON u.id = c.unit_id
JOIN indicators_indicator i ON i.id = c.indicator_id
LEFT JOIN organisations_user p ON p.id = e.actor_id
WHERE {sees} ORDER BY t.position LIMIT 100
"""


def feeds(country: Country, rounds: int) -> list[Figure]:
    last = Told.objects.order_by("-position").values_list("position", flat=True)[0]
    unit = country.case.unit
    found = []
    for who, person, sees, key in (
        ("auditor", country.auditor, "u.parent_id = %s", unit.parent_id),
        ("ward", country.staff, "u.id = %s", unit.pk),
    ):
        for where, after in (("start", 0), ("middle", last // 2), ("end", last - 100)):
            sql = FEED.format(window=5000 if who == "ward" else 101, sees=sees)
            ask = asks(f"/api/v1/events/?after={after}", country.tokens[person.pk])
            name = f"{who}, what happened, {where}"
            found.append(compared(name, ask, fetches((sql, [after, key])), rounds))
    return found


def say_growth(few: dict[str, float], *many: dict[str, float]) -> None:
    for all_of_them in many:
        print(f"\n{'with all, as a ratio to with few':44}")
        for name, taken in all_of_them.items():
            print(f"{name:44}{taken / few[name]:7.2f} x")


# --- Over HTTP -----------------------------------------------------------------------------------


def over_http(country: Country, port: int, rounds: int, seconds: float) -> None:
    token = country.tokens[country.auditor.pk]
    views = {
        "healthz": "/healthz",
        "me": "/api/v1/me/",
        "list of 50": "/api/v1/cases/?page_size=50",
        "one case": f"/api/v1/cases/{country.case.number}/",
        "what happened": "/api/v1/events/?after=0",
    }
    rates: dict[str, list[float]] = {name: [] for name in views}
    for path in views.values():
        requests_per_second(port, path, token, 1)
    for _round in range(max(2, rounds // 2)):
        for name, path in views.items():
            rates[name].append(requests_per_second(port, path, token, seconds))
    most = {name: max(each) for name, each in rates.items()}
    print(
        f"{'over HTTP':24}{'':>10}{'of healthz':>12}{'of me':>8}{'spread':>8}  load {os.getloadavg()[0]:.1f}"
    )
    for name, each in rates.items():
        of_both = f"{most[name] / most['healthz']:12.2f}{most[name] / most['me']:8.2f}"
        print(f"{name:24}{most[name]:8.0f}/s{of_both}{max(each) / min(each):8.2f}", flush=True)


if __name__ == "__main__":
    main()
