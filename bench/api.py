"""The API among a million cases: inside, as a ratio to raw SQL, and over HTTP, to the smallest view.

    python bench/api.py [--cases 1000000] [--rounds 5] [--seconds 4]

Runs on the database in DATABASE_URL, in one of its own that it makes and removes: once with SQLite,
once with PostgreSQL; first with 10,000 cases and then with all, for nothing may grow with the table.

Each request goes twice, in turn on the same interpreter with its floor, the same rows fetched on a bare
cursor (those of a list by one hand-written statement, those of a case by one for each table it tells
of): inside, from a person who is known to the JSON of the answer; and whole, as the web server hands it
over. Deep is the page that begins a hundred rows before the end. Over HTTP the web is started as
script/serve.py starts it and asked by eight clients that stay connected, each of its views in turn. The
least of the rounds counts (of requests per second, the most); a run whose floors spread by more than
half should be made again.
"""

import argparse
import os
import tempfile
from pathlib import Path

# Nobody is turned away here; that each request is counted costs what it costs.
os.environ.setdefault("API_REQUESTS_PER_MINUTE_AND_TOKEN", "100000000")
os.environ.setdefault("API_REQUESTS_PER_MINUTE_AND_ADDRESS", "100000000")
os.environ.setdefault("HTTPS", "off")

from clients import requests_per_second, served
from country import Country, fill
from django.conf import settings
from django.db import connection
from inside import Comparison, details, feeds, lists

FEW = 10_000  # cases, with which all are compared


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
    connection.creation.create_test_db(verbosity=0, serialize=False)
    try:
        country = fill(cases)
        print(f"\n{connection.vendor}: {cases:,} cases, load {os.getloadavg()[0]:.1f}")
        comparison = Comparison(country, rounds)
        print(f"{'':36}{'inside':>11}{'':8}{'whole':>12}{'':8}{'floor':>12}")
        for look in (lists, details, feeds):
            look(comparison)
        connection.close()
        with served(folder) as port:
            over_http(country, port, rounds, seconds)
        return {figure.name: figure.whole for figure in comparison.figures}
    finally:
        connection.creation.destroy_test_db(str(outside), verbosity=0)


def say_growth(few: dict[str, float], *many: dict[str, float]) -> None:
    for all_of_them in many:
        print(f"\n{'with all, as a ratio to with few':44}")
        for name, taken in all_of_them.items():
            print(f"{name:44}{taken / few[name]:7.2f} x")


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
