"""What a piece of evidence looks like: a picture made anew, so that nothing of the file reaches a browser.

A file from outside is opened by a process of its own with little memory, little time and no way out;
what it draws is kept under the digest of the file, since a file never changes.
"""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from .models import Evidence

logger = logging.getLogger(__name__)

PDF = "application/pdf"
PICTURES = ("image/png", "image/jpeg", "image/webp")
#: Seconds that drawing one page may take.
PATIENCE = 20
FOLDER = "previews"
#: Pages of a document that can be leafed through here; the rest is in the file.
MOST_PAGES = 50

_DRAW = Path(__file__).with_name("drawing.py")


class Drawn(NamedTuple):
    """One page as JPEG, and of how many."""

    jpeg: bytes
    pages: int


def can_be_shown(evidence: Evidence) -> bool:
    return evidence.content_type == PDF or evidence.content_type in PICTURES


def drawn(evidence: Evidence, page: int = 1) -> Drawn | None:
    """A page of it as a picture; None for what cannot be drawn, is damaged, or has no such page."""
    if not can_be_shown(evidence) or not 1 <= page <= MOST_PAGES:
        return None
    path = f"{FOLDER}/{evidence.sha256}-{page}"
    if default_storage.exists(path):
        with default_storage.open(path) as kept:
            return _taken_apart(kept.read())
    with evidence.file.open() as file:
        made = _draw(file.read(), evidence.content_type, page)
    if made:
        default_storage.save(path, ContentFile(made))
    return _taken_apart(made)


def _draw(content: bytes, content_type: str, page: int) -> bytes:
    """The drawing process's answer: the number of pages, a line's end, the picture; or nothing."""
    command = [sys.executable, "-I", str(_DRAW), content_type, str(page)]
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
    pages, end, jpeg = made.partition(b"\n")
    return Drawn(jpeg, int(pages)) if end and jpeg else None
