"""How programs are started so that none outlives the one who started it."""

import ctypes
import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

PATIENCE = 30  # seconds until a server must answer
PR_SET_PDEATHSIG = 1

Process = subprocess.Popen[bytes]


class Missing(Exception):
    """A server that this machine cannot start; the text says why or how to get it."""


def dies_with_parent(with_signal: signal.Signals = signal.SIGKILL) -> Callable[[], None] | None:
    """What a child does before it becomes its program: it asks to die with its launcher."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def ask_for_signal() -> None:
        prctl(PR_SET_PDEATHSIG, int(with_signal))
        if os.getppid() != parent:  # it died before we could ask
            os._exit(1)

    return ask_for_signal


def start(
    command: list[str], log: Path, dies_with: signal.Signals = signal.SIGKILL, **options: Any
) -> Process:
    """Starts a process in a group of its own, so that Ctrl-C reaches only its launcher."""
    with open(log, "ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            process_group=0,
            preexec_fn=dies_with_parent(dies_with),
            **options,
        )


def stop(*processes: Process, politely: signal.Signals = signal.SIGTERM, within: float = 7) -> None:
    """Asks processes to end, and after so many seconds ends them and all that they started."""
    for process in processes:
        if process.poll() is None:
            process.send_signal(politely)
    until = time.monotonic() + within
    for process in processes:
        try:
            process.wait(max(0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        with suppress(ProcessLookupError, PermissionError):  # nothing of its group is left
            os.killpg(process.pid, signal.SIGKILL)


def end_on_signals() -> None:
    """Turns a request to end into an exit, so that every `with` still cleans up."""
    requests = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def leave(number: int, _frame: object) -> None:
        for each in requests:
            signal.signal(each, signal.SIG_IGN)  # a second Ctrl-C must not stop the cleaning
        sys.exit(128 + number)

    for each in requests:
        signal.signal(each, leave)


def wait_until(ready: Callable[[], bool], process: Process, log: Path) -> None:
    """Waits until a server answers, and reports the last words of one that does not."""
    until = time.monotonic() + PATIENCE
    while not ready():
        if process.poll() is not None or time.monotonic() > until:
            raise Missing(f"Không khởi động được / Could not start: {last_words(log)}")
        time.sleep(0.05)


def last_words(log: Path) -> str:
    """Where a log is and how it ends."""
    lines = log.read_text(errors="replace").splitlines()[-12:] if log.exists() else []
    return "\n".join([f"{log}:", *(f"    {line}" for line in lines)])


def runs(program: str, words: tuple[str, ...] = ("--version",), **options: Any) -> bool:
    """Whether a program starts at all: what is on PATH may be a wrapper around nothing."""
    try:
        tried = subprocess.run([program, *words], capture_output=True, timeout=20, **options)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return tried.returncode == 0


def package_folder(name: str) -> Path:
    """Where a package is installed, without importing it; else a folder that does not exist."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return Path("/nonexistent")
    return Path(spec.submodule_search_locations[0])
