"""Two entrances, one operation: whatever is done by the pages or by API leaves the same rows behind."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tests.conftest import WEDNESDAY, City
from tests.contract.world import operation_at, operations
from tests.permissions.test_table import ask_the_api, ask_the_pages, signed_in, with_a_token
from tests.permissions.world import person, scene, settle
from workflow.models import Case

from .deeds import FURTHER, Asks, Deed, fill, of_the_table
from .twins import leave_the_same

#: Operations that change something and have no page, each with its reason.
API_ONLY = {
    "post_periods": "on the pages a period begins to be when it is first rated",
}
DEEDS = [*of_the_table(), *FURTHER.values()]


@pytest.mark.parametrize("name", sorted({deed.scene for deed in DEEDS}))
def test_page_and_api_leave_the_same_rows(city: City, time_machine: Any, name: str) -> None:
    time_machine.move_to(WEDNESDAY, tick=False)
    settle(city)
    case, faults = scene(city, name), {}
    for deed in (deed for deed in DEEDS if deed.scene == name):
        with transaction.atomic():
            deed.before(city)
            try:
                done_twice(city, case, deed)
            except AssertionError as fault:
                faults[f"{deed.method} {deed.path}"] = str(fault)
            transaction.set_rollback(True)
    assert not faults, "\n".join(f"{deed}\n    {fault}" for deed, fault in faults.items())


def done_twice(city: City, case: Case, deed: Deed) -> None:
    who = person(city, deed.who)
    page, api = signed_in(who), with_a_token(who)
    pages = {fill(path, case, city): asks for path, asks in deed.pages.items()}
    path = fill(deed.path, case, city)
    left = leave_the_same(
        lambda: one_after_another(page, pages, city),
        lambda: ask_the_api(api, deed.method, path, deed.asks(city)),
        apart=deed.apart,
    )
    expected = set(deed.leaves.split() or left)
    assert set(left) == expected != set(), f"leaves {' '.join(left) or 'nothing'}"


def one_after_another(client: Client, pages: dict[str, Asks], city: City) -> Any:
    """What a preview showed is sent with what confirms it."""
    answer, seen = None, {}
    for path, asks in pages.items():
        is_last = path == list(pages)[-1]
        answer = ask_the_pages(client, "post", path, asks(city) | seen, follow=not is_last)
        seen = {"seen": answer.context["seen"]} if answer.context and "seen" in answer.context else {}
    return answer


def test_no_operation_that_changes_something_is_left_out() -> None:
    done = {operation_at(deed.method, f"/api/v1/{deed.path}") for deed in DEEDS}
    unsafe = {name for name, (method, _path, _said) in operations().items() if method != "get"}
    assert done | set(API_ONLY) == unsafe
    assert not done & set(API_ONLY)
