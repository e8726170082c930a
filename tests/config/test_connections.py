"""A connection to PostgreSQL that was kept: trusted while it is silent, asked when it is not."""

import os
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import close_old_connections, connection

from config import connections
from config.connections import trust_the_silent
from organisations.models import User
from organisations.questions import Question

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("sqlite" in os.environ.get("DATABASE_URL", "sqlite"), reason="PostgreSQL only"),
]


def ask(what: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(what)
    return connection.connection.info.backend_pid


@pytest.fixture
def server():
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        yield server


def last_asked(server, pid: int) -> str:
    return server.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone()[0]


def in_a_thread_of_its_own(work) -> None:
    def whole() -> None:
        try:
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(whole).result()


def test_a_silent_connection_is_used_without_asking_it(server) -> None:
    def work() -> None:
        pid = ask("SELECT 'first request'")
        trust_the_silent()  # as before the first request
        close_old_connections()
        trust_the_silent()
        connection.cursor().close()
        assert last_asked(server, pid) == "SELECT 'first request'"
        close_old_connections()
        connection.cursor().close()
        assert last_asked(server, pid) == "SELECT 1", "as Django does where nobody listens"

    in_a_thread_of_its_own(work)


def test_one_that_the_server_cut_is_made_anew(server) -> None:
    def work() -> None:
        cut = ask("SELECT 'first request'")
        trust_the_silent()
        assert server.execute("SELECT pg_terminate_backend(%s, 5000)", [cut]).fetchone()[0]
        close_old_connections()
        trust_the_silent()
        assert ask("SELECT 'second request'") != cut
        connection.connection.close()
        close_old_connections()
        trust_the_silent()
        assert ask("SELECT 'third request'")

    in_a_thread_of_its_own(work)


def test_one_that_nobody_used_for_a_while_is_asked(server, monkeypatch) -> None:
    def work() -> None:
        pid = ask("SELECT 'first request'")
        trust_the_silent()
        monkeypatch.setattr(connections, "BUSY", 0)
        close_old_connections()
        trust_the_silent()
        connection.cursor().close()
        assert last_asked(server, pid) == "SELECT 1"

    in_a_thread_of_its_own(work)


def test_only_what_is_found_by_its_key_is_planned_once() -> None:
    """A kept plan does not look at what it is given; among many, the rare is found by another way."""
    by_key = Question(lambda key: User.objects.filter(pk=key).values_list("email"))
    a_list = Question(lambda key: User.objects.filter(pk__gt=key).values_list("full_name"), finds_many=True)

    def work() -> None:
        for key in range(6):
            assert by_key(10**9 + key) == a_list(10**9 + key) == []
            assert not User.objects.filter(pk=10**9 + key).exists()
        with connection.cursor() as cursor:
            cursor.execute("SELECT statement FROM pg_prepared_statements")
            (kept,) = [statement for (statement,) in cursor.fetchall()]
        assert '"email"' in kept
        assert "$1" in kept

    in_a_thread_of_its_own(work)
