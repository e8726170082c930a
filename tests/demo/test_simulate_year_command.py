"""manage.py simulate_year at a shell: its page, and that nothing of it stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path) -> Start:
    """Begin a simulation in an installation whose data lie in a folder of its own."""

    def run(*words: str, **settings: str) -> subprocess.Popen[str]:
        around = {"DATA_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/city.sqlite3"}
        return subprocess.Popen(
            [sys.executable, "manage.py", "simulate_year", *words],
            cwd=ROOT,
            env=os.environ | {"SECRET_KEY": "x", "TMPDIR": str(tmp_path)} | around | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return run


def test_it_prints_a_page_and_leaves_nothing(start, tmp_path) -> None:
    running = start("--units", "1", "--until", "2026-01-12")
    page, errors = running.communicate(timeout=120)
    assert (running.returncode, errors) == (0, "")
    lines = page.splitlines()
    assert lines[0].startswith("12/2025: ")
    assert lines[1].startswith("01/2026: ")
    assert "Mô phỏng 15/12/2025 – 12/01/2026, hạt giống 18091" in lines
    assert [line.split()[-1] for line in lines if line.startswith("  Đơn vị")] == ["1"]
    assert sum(line.endswith("   đạt") for line in lines) == 8
    assert list(tmp_path.iterdir()) == []


def test_where_the_city_keeps_its_data_is_not_its_business(start, tmp_path) -> None:
    running = start(
        "--units", "1", "--until", "2025-12-17", DATABASE_URL="postgres://nobody@127.0.0.1:1/none"
    )
    page, errors = running.communicate(timeout=120)
    assert (running.returncode, errors) == (0, "")
    assert "Mô phỏng 15/12/2025 – 17/12/2025" in page


def test_interrupted_it_says_so_in_one_line_and_leaves_nothing(start, tmp_path) -> None:
    running = start("--units", "1")
    assert running.stdout.readline().startswith("12/2025: ")
    running.send_signal(signal.SIGINT)
    _page, errors = running.communicate(timeout=60)
    assert errors == "CommandError: Đã dừng; thành phố mô phỏng đã được xóa.\n"
    assert running.returncode == 130
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--units", "0"), "Số đơn vị phải từ 1 đến 114."),
        (("--until", "2025-01-01"), "Ngày cuối phải từ 15/12/2025 đến 31/12/2026."),
        (("--until", "hôm nay"), "“hôm nay” không phải một ngày; hãy viết như 2026-03-31."),
    ],
)
def test_what_cannot_be_lived_is_refused_in_one_line(start, words, said) -> None:
    running = start(*words)
    page, errors = running.communicate(timeout=60)
    assert (running.returncode, page, errors) == (1, "", f"CommandError: {said}\n")
