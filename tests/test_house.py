"""The house keeps its promises: imports, words, documents, dependencies."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from importlib.metadata import distributions

import pytest
from django.conf import settings

from notifications.audience import AUDIENCE
from notifications.letters import SENTENCES
from workflow.arrows import ASKED, arrows
from workflow.drawing import draw
from workflow.vocabulary import DATES, TURNS, Kind, State, Step

ROOT = settings.BASE_DIR
ROOMS = ["organisations", "indicators", "workflow", "actions", "audits", "notifications", "api", "web"]


def test_the_drawing_of_the_machine_is_up_to_date() -> None:
    assert (ROOT / "docs/states.md").read_text(encoding="utf-8") == draw()


def test_every_step_has_its_arrow_and_leaves_its_own_kind() -> None:
    assert {arrow.step for arrow in arrows()} == set(Step)
    by_step = {arrow.step: arrow.leaves for arrow in arrows()}
    assert len(set(by_step.values())) == len(Step)
    for arrow in arrows():
        assert set(arrow.asked_names) <= set(ASKED)


def test_every_state_has_a_turn_and_every_running_date_a_name() -> None:
    assert set(TURNS) == set(State)
    assert {name for _turn, name in TURNS.values() if name} <= set(DATES)


def test_every_kind_has_an_audience_and_where_anybody_is_told_a_sentence() -> None:
    assert set(AUDIENCE) == set(Kind)
    assert {kind for kind, told in AUDIENCE.items() if told} <= set(SENTENCES)


@pytest.mark.parametrize("word", [*Step.values, *State.values])
def test_every_word_of_the_life_of_a_case_is_documented(word: str) -> None:
    assert f"`{word}`" in (ROOT / "docs/states.md").read_text(encoding="utf-8")


def test_the_inactive_state_machine_package_is_absent() -> None:
    names = {distribution.metadata["Name"].lower() for distribution in distributions()}
    assert "django-fsm-2" in names
    assert "django-fsm" not in names


def test_imports_point_down() -> None:
    finished = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stdout


def test_no_room_is_a_drawer_for_leftovers() -> None:
    forbidden = {"utils.py", "helpers.py", "services.py", "common", "core"}
    found = {path.name for room in ROOMS for path in (ROOT / room).rglob("*")} & forbidden
    assert not found


@pytest.mark.parametrize("room", ROOMS)
def test_every_module_opens_by_saying_what_it_is_for(room: str) -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in (ROOT / room).rglob("*.py")
        if "migrations" not in path.parts
        and path.read_text(encoding="utf-8").strip()
        and not path.read_text(encoding="utf-8").lstrip().startswith('"""')
    ]
    assert not silent


def test_the_documents_link_only_to_what_is_there() -> None:
    for document in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_the_readme_leads_with_the_two_commands_and_names_only_commands_that_exist() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    head = readme[: readme.index("## ")] + readme.split("## ")[1]
    assert "script/server" in head
    assert "script/test" in head
    for script in set(re.findall(r"\bscript/([a-z]+)", readme)):
        assert (ROOT / "script" / script).exists(), script
    known = {path.stem for path in ROOT.glob("*/management/commands/*.py")}
    for command in set(re.findall(r"script/manage (\w+)", readme)):
        assert command in known | {"migrate", "createsuperuser", "shell"}, command


def test_the_commands_for_the_operator_exist() -> None:
    table = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `(\w+)[ `].* \| .* \|$", table.partition("## Sắp xếp")[0], re.MULTILINE))
    known = {path.stem for path in ROOT.glob("*/management/commands/*.py")} - {"__init__"}
    assert named == known


def test_the_locks_name_no_host_and_hash_everything() -> None:
    for name in ("run.txt", "test.txt"):
        lock = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        assert "://" not in lock
        pinned = re.findall(r"^[a-z0-9].*==", lock, re.MULTILINE)
        assert len(pinned) > 20
        assert lock.count("--hash=sha256:") >= len(pinned)


def test_the_library_of_the_machine_is_imported_under_its_own_name() -> None:
    assert importlib.util.find_spec("django_fsm")
