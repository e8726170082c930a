"""Runs the whole service on one machine: a broker, the web, workers and the clock."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from broker import broker
from is_well import is_well
from local import ROOT, Refusal, environment
from preflight import address, alone_in, refuse_taken_address
from processes import Missing, Process, dies_with_parent, end_on_signals, last_words, start, stop

STARTED_WITHIN = 60  # seconds
PYTHON = sys.executable
CELERY = [PYTHON, "-m", "celery", "-A", "config"]

# Without a broker no process hears another: the clock then does the work itself.
LONELY_CLOCK = "from config.celery import app; app.conf.task_always_eager = True; app.Beat().run()"

# Two workers and not one with more hands: a mail server that does not answer can keep any number of
# hands waiting, and the clock must ring meanwhile.
QUEUES = {"worker": "clock", "post": "mail,webhooks"}


def main() -> int:
    """Serves until told to end, or until a part ends by itself."""
    end_on_signals()
    try:
        host, port = address()
        refuse_taken_address(host, port)
        settings = environment()
        data_dir = Path(settings["DATA_DIR"])
        os.chdir(ROOT)
        with alone_in(data_dir), broker(data_dir) as queue:
            settings["BROKER_URL"] = queue.url
            if queue.process:  # the web's processes count attempts to log in together
                socket = queue.url.removeprefix("redis+socket://")
                settings.setdefault("CACHE_URL", f"rediscache://{socket}?db=1")
            prepare(data_dir, settings)
            with running(commands(host, port, queue.url), data_dir, settings) as parts:
                watch(
                    parts | ({"broker": queue.process} if queue.process else {}),
                    host,
                    port,
                    settings,
                )
    except (Refusal, Missing) as reason:
        print(reason, file=sys.stderr)
    return 1


def commands(host: str, port: int, queue: str) -> dict[str, list[str]]:
    """The parts of the service and how each is started."""
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    web = [PYTHON, "-m", "gunicorn", "config.wsgi", "--bind", where, "--workers", "2"]
    web += ["--worker-class", "gthread", "--threads", "4"]
    web += ["--no-control-socket", "--graceful-timeout", "5"]
    if queue.startswith("memory:"):
        return {"web": web, "clock": [PYTHON, "-c", LONELY_CLOCK]}
    workers = {name: worker(name, queues) for name, queues in QUEUES.items()}
    clock = [*CELERY, "beat", "--loglevel", "INFO", "--pidfile", ""]
    return {"web": web, **workers, "clock": clock}


def worker(name: str, queues: str) -> list[str]:
    """A worker that takes up what waits in these queues, two tasks at a time."""
    words = ["--queues", queues, "--hostname", f"{name}@%h", "--concurrency", "2"]
    return [*CELERY, "worker", *words, "--loglevel", "INFO", "--without-gossip"]


def prepare(data_dir: Path, settings: dict[str, str]) -> None:
    """Brings the database up to date and, the first time, fills it with a believable city."""
    manage(data_dir, settings, "migrate", "--no-input")
    done = data_dir / "demo.done"
    if done.exists():
        return
    if "DATABASE_URL" in settings:  # demo people have known passwords: never in a database of yours
        print("Có DATABASE_URL nên không nạp dữ liệu mẫu. / DATABASE_URL is set: no demo data.")
        return
    print("Đang nạp dữ liệu mẫu… / Loading demo data…", flush=True)
    manage(data_dir, settings, "demo")
    done.write_text(manage(data_dir, settings, "demo", "--logins"))


def manage(data_dir: Path, settings: dict[str, str], *words: str) -> str:
    """What a command of manage.py says; when it fails, its last words are shown."""
    log = data_dir / "log" / "prepare.log"
    with open(log, "wb") as output:
        done = subprocess.run(
            [PYTHON, "manage.py", *words],
            env=settings,
            stdout=output,
            stderr=output,
            preexec_fn=dies_with_parent(),
        )
    if done.returncode:
        raise Refusal(
            f"Lệnh manage.py {words[0]} không thành công.",
            f"The command manage.py {words[0]} failed. {last_words(log)}",
        )
    return log.read_text()


@contextmanager
def running(
    commands: dict[str, list[str]], data_dir: Path, settings: dict[str, str]
) -> Iterator[dict[str, Process]]:
    """Starts every part, and ends every one of them whatever happens."""
    parts: dict[str, Process] = {}
    try:
        for name, command in commands.items():
            log = data_dir / "log" / f"{name}.log"
            if log.exists():
                log.replace(log.with_suffix(".log.1"))
            parts[name] = start(command, log, env=settings)
        yield parts
    finally:
        stop(*parts.values())


def watch(parts: dict[str, Process], host: str, port: int, settings: dict[str, str]) -> None:
    """Welcomes once the web answers, and then waits for a part to end, which ends the rest."""
    logs = Path(settings["DATA_DIR"]) / "log"
    until = time.monotonic() + STARTED_WITHIN
    welcomed = False
    while True:
        refuse_dead(parts, logs)
        if not welcomed and is_well(host, port):
            welcome(settings)
            welcomed = True
        if not welcomed and time.monotonic() > until:
            raise Refusal(
                f"Trang web không trả lời sau {STARTED_WITHIN} giây.",
                f"No answer from the web in {STARTED_WITHIN} s. {last_words(logs / 'web.log')}",
            )
        time.sleep(0.3)


def refuse_dead(parts: dict[str, Process], logs: Path) -> None:
    """A service that has lost a part is not left half alive."""
    for name, process in parts.items():
        if process.poll() is not None:
            raise Refusal(
                f"Tiến trình '{name}' đã dừng nên cả dịch vụ dừng theo.",
                f"'{name}' ended, and so all of it ends. {last_words(logs / f'{name}.log')}",
            )


def welcome(settings: dict[str, str]) -> None:
    """Says where the service is, where it keeps things and who can log in."""
    print(f"\nVề Xanh đang chạy / is running: {settings['SITE_URL']}/")
    print(f"Dữ liệu và nhật ký / Data and logs: {settings['DATA_DIR']}")
    if settings["EMAIL_URL"].startswith("filemail:"):  # another address may hold a password
        print(f"Thư gửi đi / Outgoing mail: {settings['EMAIL_URL'].removeprefix('filemail:///')}")
    print("Dừng / Stop: Ctrl-C\n", flush=True)
    logins = Path(settings["DATA_DIR"]) / "demo.done"
    if logins.exists():
        print(logins.read_text(), flush=True)


if __name__ == "__main__":
    sys.exit(main())
