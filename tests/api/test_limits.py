"""How many requests a minute: of a token, and of an address before anybody is asked who they are."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from redis.exceptions import ConnectionError as Away

from api.limits import CountedAhead
from tests.conftest import WEDNESDAY
from tests.tokens import bearer, token_of


def statuses(client, count: int, path: str = "me/", **more) -> list[int]:
    return [client.get(f"/api/v1/{path}", **more).status_code for _time in range(count)]


def test_a_token_has_its_minute_and_says_when_the_next_begins(city, settings, time_machine) -> None:
    settings.API_REQUESTS_PER_MINUTE_AND_TOKEN = 3
    time_machine.move_to(WEDNESDAY + timedelta(seconds=20), tick=False)
    first, second = (Client(headers=bearer(token_of(city.staff))) for _token in range(2))
    browser = Client()
    browser.force_login(city.staff)
    assert statuses(first, 4) == [200, 200, 200, 429]
    assert statuses(second, 1) == statuses(browser, 1) == [200], "each token for itself, and the session"
    refused = first.get("/api/v1/me/")
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["type"] == "urn:ve-xanh:problem:too-many"
    assert 40 <= int(refused["Retry-After"]) <= 41
    time_machine.move_to(WEDNESDAY + timedelta(seconds=20 + int(refused["Retry-After"])), tick=False)
    assert statuses(first, 1) == [200]


@pytest.mark.parametrize("path", ["me/", "x/", "schema/", "docs/", "me/calendar.ics?key=x"])
def test_whoever_guesses_is_counted_by_the_address(city, settings, path) -> None:
    settings.API_REQUESTS_PER_MINUTE_AND_ADDRESS = 2
    guess = Client(headers={"authorization": "Bearer vexanh_wrong"})
    assert 429 not in statuses(guess, 2, path)
    assert statuses(guess, 1, path) == [429]
    mine = Client(headers=bearer(token_of(city.staff)))
    assert statuses(mine, 1) == [429], "who shares the address waits too"
    assert statuses(mine, 1, REMOTE_ADDR="10.1.2.3") == [200]
    assert statuses(mine, 1, HTTP_X_FORWARDED_FOR="10.9.9.9") == [429], "nobody says where they come from"


def test_behind_a_proxy_it_is_the_proxy_that_says(city, settings) -> None:
    settings.API_REQUESTS_PER_MINUTE_AND_ADDRESS = 1
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"NUM_PROXIES": 1}
    mine = Client(headers=bearer(token_of(city.staff)))
    said = ["1.1.1.1, 10.0.0.1", "2.2.2.2, 10.0.0.1", "1.1.1.1, 10.0.0.2"]
    assert [statuses(mine, 1, HTTP_X_FORWARDED_FOR=each) for each in said] == [[200], [429], [200]]


def test_what_two_processes_count_ahead_is_together_no_more_than_a_minute(time_machine) -> None:
    time_machine.move_to(WEDNESDAY, tick=False)
    minute, processes = int(WEDNESDAY.timestamp()) // 60, (CountedAhead(), CountedAhead())
    had = [processes[n % 2].has_room("10.1.2.3", minute, 305) for n in range(400)]
    assert had == [True] * 305 + [False] * 95
    alone = [processes[0].has_room("10.9.9.9", minute, 305) for _n in range(2)]
    assert alone == [True, True]
    late = [processes[1].has_room("10.9.9.9", minute, 305) for _n in range(400)]
    assert late.count(True) == 302, "three of the minute are with the other, which used two of them"
    assert processes[1].has_room("10.9.9.9", minute + 1, 305), "and the next minute has room again"
    behind = [processes[1].has_room("10.8.8.8", minute, 305) for _n in range(310)]
    assert behind == [True] * 305 + [False] * 5, "a clock set back takes nobody's room"


def test_a_cache_that_is_away_limits_nobody(city, settings, monkeypatch) -> None:
    settings.API_REQUESTS_PER_MINUTE_AND_TOKEN = 1

    def away(*_given, **_more):
        raise Away

    for name in ("add", "incr", "get", "set"):
        monkeypatch.setattr(cache, name, away, raising=False)
    assert statuses(Client(headers=bearer(token_of(city.staff))), 3) == [200, 200, 200]
