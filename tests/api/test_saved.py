"""Saved filters by API: the same lists that the pages keep, under the same rules."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from organisations.models import User
from web.forms.filters import CaseFilter
from workflow.models import SavedFilter
from workflow.saved import NAMES

from .twins import asked


def test_a_list_is_kept_replaced_and_let_go_as_by_the_page(city, as_, signed_in) -> None:
    auditor, page = as_(city.auditor), signed_in(city.auditor)
    given = {"name": " Đang  xử lý ", "query": "state=live&ordering=due&colour="}
    made = auditor.post("me/filters/", given)
    assert (made.status_code, made.json()["name"], made.json()["query"]) == (
        201, "Đang xử lý", "state=live&ordering=due",
    )  # fmt: skip
    again = auditor.post("me/filters/", given | {"query": "overdue=on"})
    assert (again.status_code, again.json()) == (200, made.json() | {"query": "overdue=on"})
    assert '?overdue=on">Đang xử lý</a>' in page.get("/cases/").content.decode()
    wrong = auditor.post("me/filters/", {"name": "\u200b", "query": "after=3&nothing=1"})
    assert (wrong.status_code, sorted(wrong.json()["errors"])) == (400, ["name", "query"])
    assert list(auditor.post("me/filters/", {}).json()["errors"]) == ["name", "query"]
    one = f"me/filters/{made.json()['id']}/"
    assert as_(city.chairperson).get("me/filters/").json()["results"] == []
    assert as_(city.chairperson).delete(one).status_code == 404
    assert (auditor.delete(one).status_code, auditor.delete(one).status_code) == (204, 404)


def test_nobody_keeps_more_than_they_can_find_and_twenty_cost_what_one_does(city, as_) -> None:
    auditor, counts = as_(city.auditor), []
    for n in range(20):
        assert auditor.post("me/filters/", {"name": f"Số {n:02}", "query": "mine=on"}).status_code == 201
        if n in (0, 2, 19):
            counts.append(asked(lambda: auditor.get("me/filters/")))
    assert len(set(counts)) == 1, counts
    assert auditor.post("me/filters/", {"name": "Thêm", "query": ""}).status_code == 409
    assert auditor.post("me/filters/", {"name": "Số 07", "query": ""}).status_code == 200


def test_what_may_be_kept_is_what_the_page_understands() -> None:
    assert set(CaseFilter.base_fields) - {"after"} == NAMES


@pytest.mark.django_db(transaction=True)
def test_filters_kept_before_the_move_are_there_after_it_and_back() -> None:
    before = [("workflow", "0007_words"), ("web", "0001_initial")]
    migrations = MigrationExecutor(connection)
    newest = migrations.loader.graph.leaf_nodes()
    person = User.objects.create_user("ai@haiphong.example", full_name="Trần Thị Ai")
    try:
        migrations.migrate(before)
        then = MigrationExecutor(connection).loader.project_state(before).apps
        then.get_model("web", "SavedFilter").objects.create(owner_id=person.pk, name="Cũ", query="mine=on")
        MigrationExecutor(connection).migrate(newest)
        kept = SavedFilter.objects.get(owner=person)
        assert (kept.name, kept.query) == ("Cũ", "mine=on")
        MigrationExecutor(connection).migrate(before)
        assert then.get_model("web", "SavedFilter").objects.get().pk == kept.pk
    finally:
        MigrationExecutor(connection).migrate(newest)
