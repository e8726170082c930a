"""The trials are themselves tried: five ways to spoil the design, each of which they must catch."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from . import scenarios
from .scenarios import Scenario
from .service import ROOT
from .verdict import Broken

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(not os.environ.get("DATABASE_URL"), reason="tried on PostgreSQL only"),
]

ROOMS = (
    "config", "web", "api", "demo", "notifications", "audits", "actions", "workflow", "indicators",
    "organisations", "tests", "locale",
)  # fmt: skip


class Mutant(NamedTuple):
    """A line of the source as it stands, and as somebody might write it."""

    file: str
    line: str
    instead: str
    caught_by: Scenario


MUTANTS = {
    "what is in doubt is sent again": Mutant(
        "notifications/claims.py",
        "MessageState.PENDING if channel.repeats_harmlessly else MessageState.IN_DOUBT",
        "MessageState.PENDING",
        scenarios.killed_after_the_final_dot,
    ),
    "whoever held a message once may still write": Mutant(
        "notifications/outcomes.py",
        'f" WHERE id = %s AND token = %s AND state IN ({among}) AND {condition}"',
        'f" WHERE id = %s AND %s::uuid IS NOT NULL AND state IN ({among}) AND {condition}"',
        scenarios.a_sender_thought_dead_comes_back,
    ),
    "it is marked as sent before it is": Mutant(
        "notifications/outcomes.py",
        '{"state": MessageState.RELEASED, "released_at": now}',
        '{"state": MessageState.SENT, "released_at": now}',
        scenarios.the_mail_server_refuses_the_final_dot,
    ),
    "nobody looks again before the final dot": Mutant(
        "notifications/outcomes.py",
        "unmoved = as_they_were(content.versions)",
        'unmoved = ("1 = 1", [])',
        scenarios.a_case_closed_at_the_last_moment,
    ),
    "every milestone that has passed rings": Mutant(
        "workflow/deadlines.py",
        "    return passed, rings_at(due_on, next_after(passed), days)",
        "    passed = passed if passed is None else min(passed, next_after(last))\n"
        "    return passed, rings_at(due_on, next_after(passed), days)",
        scenarios.the_clock_stands_still_over_a_weekend,
    ),
}


def copy_with(folder: Path, mutant: Mutant) -> None:
    """The source, with one line of it as somebody might write it."""
    for room in ROOMS:
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    source = folder / mutant.file
    as_it_stands = source.read_text()
    assert as_it_stands.count(mutant.line) == 1
    source.write_text(as_it_stands.replace(mutant.line, mutant.instead))


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS.keys())
def test_a_spoiled_design_is_caught(trial, tmp_path: Path, mutant: Mutant) -> None:
    copy_with(tmp_path, mutant)
    with trial(root=tmp_path) as service, pytest.raises(Broken) as caught:
        mutant.caught_by(service)
    print(caught.value)


#: The worker kills itself at a line that no server can see it pass: once, and with all its children.
ENDS_HERE = "import os; p = __file__ + '.p'; os.path.exists(p) or (open(p, 'w').close(), os.killpg(0, 9))"


@pytest.mark.parametrize(
    ("file", "line", "instead"),
    [
        pytest.param(
            "notifications/smtp.py",
            "                return self._finish(smtp)",
            f"                {ENDS_HERE}\n                return self._finish(smtp)",
            id="between its release and the final dot",
        ),
        pytest.param(
            "notifications/delivery.py",
            "            contents = _judged(claimed",
            f"            {ENDS_HERE}\n            contents = _judged(claimed",
            id="between its claim and the first word",
        ),
    ],
)
def test_a_worker_dead_where_nobody_sees_it(
    trial, tmp_path: Path, file: str, line: str, instead: str
) -> None:
    copy_with(tmp_path, Mutant(file, line, instead, scenarios.killed_by_itself))
    with trial(root=tmp_path) as service:
        scenarios.killed_by_itself(service)
    assert (tmp_path / f"{file}.p").exists()
