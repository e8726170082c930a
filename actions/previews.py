"""What a piece of evidence looks like: a picture made anew, so that nothing of the file reaches a browser.

A file from outside is opened by a process of its own with little memory, little time and no way out;
what it draws is kept under the digest of the file, since a file never changes.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from pathlib import Path
from typing import NamedTuple

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from .models import Evidence

logger = logging.getLogger(__name__)

PDF = "application/pdf"
PICTURES = ("image/png", "image/jpeg", "image/webp")
#: Seconds that drawing one page may take, and that somebody waits for their turn.
PATIENCE = 20
#: Pixels on the longer side: to read, and beside a name.
LARGE, SMALL = 1600, 240
FOLDER = "previews"
#: Pages of a document that can be leafed through here; the rest is in the file.
MOST_PAGES = 50

#: One at a time in each process of the service: however many files are slow, the others are answered.
_TURN = threading.Lock()
_DRAW = Path(__file__).with_name("drawing.py")


class Drawn(NamedTuple):
    """One page as JPEG, and of how many."""

    jpeg: bytes
    pages: int


def can_be_shown(evidence: Evidence) -> bool:
    return evidence.content_type == PDF or evidence.content_type in PICTURES


def drawn(evidence: Evidence, page: int = 1, *, small: bool = False) -> Drawn | None:
    """A page of it as a picture; None for what cannot be drawn, is damaged, or has no such page."""
    if not can_be_shown(evidence) or not 1 <= page <= MOST_PAGES:
        return None
    side = SMALL if small else LARGE
    path = f"{FOLDER}/{evidence.sha256}-{page}-{side}"
    if (kept := _kept(path)) is not None:
        return _taken_apart(kept)
    if not _TURN.acquire(timeout=PATIENCE):
        return None
    try:
        with evidence.file.open() as file:
            made = _draw(file.read(), evidence.content_type, page, side)
    except FileNotFoundError:
        return None
    finally:
        _TURN.release()
    # What cannot be drawn is remembered as well: it is not tried for every reader again.
    if (saved := default_storage.save(path, ContentFile(made))) != path:
        default_storage.delete(saved)  # somebody else was faster
    return _taken_apart(made)


def _kept(path: str) -> bytes | None:
    """What was drawn before, empty for what could not be; None where nobody tried or one still writes."""
    try:
        with default_storage.open(path) as file:
            content: bytes = file.read()
    except FileNotFoundError:
        return None
    return content if not content or _taken_apart(content) else None


def _draw(content: bytes, content_type: str, page: int, side: int) -> bytes:
    """The drawing process's answer: pages and length, a line's end, the picture; or nothing."""
    command = [sys.executable, "-I", str(_DRAW), content_type, str(page), str(side)]
    try:
        done = subprocess.run(  # noqa: S603 - our own program; the file is its input, not its command
            command, input=content, capture_output=True, timeout=PATIENCE, env={}
        )
    except subprocess.TimeoutExpired:
        return b""
    if done.returncode:
        logger.info("a preview could not be drawn: exit %s", done.returncode)
        return b""
    return done.stdout


def _taken_apart(made: bytes) -> Drawn | None:
    """The answer in its parts; None for one that is empty or not whole."""
    head, _end, jpeg = made.partition(b"\n")
    pages, _space, length = head.partition(b" ")
    return Drawn(jpeg, int(pages)) if length and int(length) == len(jpeg) else None
