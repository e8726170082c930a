"""Requests of the API without a network: what a view does for somebody who is known, and the whole request.

Inside is what answers: offices, question, rows, JSON. The whole is that as the web server hands it over,
with middleware, token, limits and negotiation around it.
"""

import base64
import gc
import io
import json
import sys
import time
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import quote

from by_hand import FEED, LIST, ONE_CASE, Run, fetches
from country import Country
from django.db import connection
from django.test import RequestFactory
from django.urls import resolve
from django.utils import timezone

from api.rendering import FastJSONRenderer
from config.wsgi import application
from notifications.models import Told
from organisations.models import User
from workflow.models import Case

FROM_THE_END = 100  # rows
REPEATS = 20  # in each round


class Figure(NamedTuple):
    """Least milliseconds of one request; `spread` is that of its floor between rounds."""

    name: str
    inside: float
    whole: float
    floor: float
    spread: float


def answers(path: str, person: User) -> Run:
    """What the view of an address does for somebody who is known, to its JSON."""
    asked = RequestFactory(SERVER_NAME="localhost").get(path)
    found = resolve(asked.path)

    def answer() -> bytes:
        view = found.func.view_class()
        view.args, view.kwargs, view.format_kwarg = (), found.kwargs, None
        view.request = view.initialize_request(asked, **found.kwargs)
        view.request.user = person
        return FastJSONRenderer().render(view.get(view.request, **found.kwargs).data)

    return answer


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
        response: Any = application(environ, lambda status, headers: said.append(status))
        body = b"".join(response)
        response.close()
        if said != ["200 OK"]:
            raise SystemExit(f"{path}?{query}: {said} {body.decode()}")
        return body

    return ask


class Comparison:
    """Requests of a country, each in turn with its floor; printed as well as kept."""

    def __init__(self, country: Country, rounds: int) -> None:
        self.country, self._rounds = country, rounds
        self.figures: list[Figure] = []

    def add(self, name: str, person: User, path: str, floor: Run) -> Figure:
        runs = (answers(path, person), asks(path, self.country.tokens[person.pk]), floor)
        least: tuple[list[float], ...] = ([], [], [])
        for _round in range(self._rounds):
            for run, found in zip(runs, least, strict=True):
                connection.ensure_connection()  # which a request on SQLite may have closed
                found.append(_least(run))
        inside, whole, floors = least
        figure = Figure(name, min(inside), min(whole), min(floors), max(floors) / min(floors))
        print(
            f"{name:36}{figure.inside:8.2f} ms{figure.inside / figure.floor:6.1f} x"
            f"{figure.whole:9.2f} ms{figure.whole / figure.floor:6.1f} x"
            f"{figure.floor:9.2f} ms   spread {figure.spread:.2f}",
            flush=True,
        )
        self.figures.append(figure)
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


class Order(NamedTuple):
    """A list as it is asked for, and as the hand-written statement has it."""

    name: str
    query: str
    order: str
    beyond: str
    narrowed: str = ""


def _orders() -> list[Order]:
    today = timezone.localdate().isoformat()
    late = f" AND c.state = 'open' AND c.turn_due_on < '{today}'"
    in_turn = "(c.turn_due_on, c.id) > (%s, %s)"
    has_turn = " AND c.turn_due_on IS NOT NULL"
    return [
        Order("newest", "", "c.id DESC", "c.id < %s"),
        Order("number", "&ordering=number", "c.id", "c.id > %s"),
        Order("turn_due_on", "&ordering=turn_due_on", "c.turn_due_on, c.id", in_turn, has_turn),
        Order("open and overdue", "&state=open&overdue=true", "c.id DESC", "c.id < %s", late),
    ]


def lists(comparison: Comparison) -> None:
    auditor, staff, case, _tokens = comparison.country
    # A plus keeps SQLite from gathering and sorting the whole city.
    of_city = "u.parent_id = %s" if connection.vendor == "postgresql" else "+u.parent_id = %s"
    for each in _orders():
        at = f"/api/v1/cases/?page_size=50{each.query}"
        of_ward = LIST.format(where=f"c.unit_id = %s{each.narrowed}", order=each.order)
        comparison.add(f"ward, {each.name}", staff, at, fetches((of_ward, [case.unit_id])))
        seen, city = f"{of_city}{each.narrowed}", case.unit.parent_id
        all_of_it = LIST.format(where=seen, order=each.order)
        first = comparison.add(f"auditor, {each.name}", auditor, at, fetches((all_of_it, [city])))
        place = _near_the_end(each.name)
        further = fetches((LIST.format(where=f"{seen} AND {each.beyond}", order=each.order), [city, *place]))
        cursor = quote(_cursor(each.name, place))
        deep = comparison.add(f"auditor, {each.name}, deep", auditor, f"{at}&cursor={cursor}", further)
        print(f"{'':36}deep is {deep.whole / first.whole:.2f} x the first page")


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


def details(comparison: Comparison) -> None:
    auditor, staff, case, _tokens = comparison.country
    floor = fetches(*((sql, [case.pk]) for sql in ONE_CASE.values()))
    for who, person in (("auditor", auditor), ("its assignee", staff)):
        comparison.add(f"{who}, one case", person, f"/api/v1/cases/{case.number}/", floor)


def feeds(comparison: Comparison) -> None:
    auditor, staff, case, _tokens = comparison.country
    last = Told.objects.order_by("-position").values_list("position", flat=True)[0]
    for who, person, sees, key, window in (
        ("auditor", auditor, "u.parent_id = %s", case.unit.parent_id, 101),
        ("ward", staff, "u.id = %s", case.unit_id, 5000),
    ):
        for where, after in (("start", 0), ("middle", last // 2), ("end", last - 100)):
            floor = fetches((FEED.format(window=window, sees=sees), [after, key]))
            comparison.add(f"{who}, what happened, {where}", person, f"/api/v1/events/?after={after}", floor)
