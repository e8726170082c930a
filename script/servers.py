"""Runs a command beside a server of its own.

python script/servers.py broker -- COMMAND…      with BROKER_URL; data in DATA_DIR (./var)
python script/servers.py postgres -- COMMAND…    with DATABASE_URL; the data is thrown away
"""

import os
import subprocess
import sys
from pathlib import Path

from broker import broker
from postgres import postgres
from processes import Missing, dies_with_parent, end_on_signals


def main(words: list[str]) -> int:
    """Answers with the command's exit status."""
    if len(words) < 3 or words[0] not in ("broker", "postgres") or words[1] != "--":
        print(__doc__, file=sys.stderr)
        return 2
    end_on_signals()
    try:
        if words[0] == "postgres":
            with postgres() as url:
                return run(words[2:], DATABASE_URL=url)
        with broker(Path(os.environ.get("DATA_DIR") or "var")) as queue:
            return run(words[2:], BROKER_URL=queue.url)
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 1


def run(command: list[str], **settings: str) -> int:
    """Runs a command to its end with more settings."""
    return subprocess.run(command, env=os.environ | settings, preexec_fn=dies_with_parent()).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
