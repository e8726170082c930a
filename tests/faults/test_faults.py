"""Whatever breaks: nothing is lost, nothing is doubled, and the register says what became of it."""

from __future__ import annotations

import os

import pytest

from .scenarios import SCENARIOS, Scenario, ten_thousand_at_once

pytestmark = [
    pytest.mark.servers,
    # The trials bring a PostgreSQL of their own; once is enough.
    pytest.mark.skipif(not os.environ.get("DATABASE_URL"), reason="tried on PostgreSQL only"),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_nothing_is_lost_and_nothing_is_doubled_when(trial, scenario: Scenario) -> None:
    with trial() as service:
        scenario(service)


def test_ten_thousand_deadlines_on_one_morning(trial) -> None:
    with trial("large_city") as service:
        ten_thousand_at_once(service)
