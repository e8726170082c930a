"""A file between its preview and its confirmation: kept here, never asked of the browser again."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from django.contrib.sessions.backends.base import SessionBase
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.utils import timezone

#: How long a preview waits to be confirmed.
WAITS = timedelta(hours=1)
FOLDER = "workbooks"
KEY = "workbook"


class Waiting(NamedTuple):
    """An uploaded file, what it is meant for, and the digest it must still have."""

    path: str
    name: str
    sha256: str
    until: float
    meant: dict[str, str]

    @property
    def token(self) -> str:
        """Names this file among all that the session sent: a preview is confirmed for what it showed."""
        return self.path.rpartition("/")[2]

    def is_what_was_shown(self, posted: Mapping[str, str]) -> bool:
        """Not so where another window has sent another file since."""
        return posted.get("waiting", self.token) == self.token

    def content(self) -> ContentFile:
        """The file as it came; FileNotFoundError when it is gone or not what it was."""
        with default_storage.open(self.path) as file:
            content = file.read()
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise FileNotFoundError(self.path)
        return ContentFile(content, name=self.name)


def keep(session: SessionBase, upload: File[Any], *, key: str = KEY, **meant: str) -> Waiting:
    """Keep a file for the session that sent it, in place of any it sent before under this key."""
    forget(session, key=key)
    _sweep()
    content = upload.read()
    waiting = Waiting(
        path=default_storage.save(f"{FOLDER}/{secrets.token_hex(16)}", ContentFile(content)),
        name=(upload.name or "")[-200:],
        sha256=hashlib.sha256(content).hexdigest(),
        until=(timezone.now() + WAITS).timestamp(),
        meant=meant,
    )
    session[key] = list(waiting)
    return waiting


def waiting_in(session: SessionBase, *, key: str = KEY) -> Waiting | None:
    """The file this session waits to confirm, while it lasts."""
    held = session.get(key)
    if not held or len(held) != len(Waiting._fields):
        return None
    waiting = Waiting(*held)
    if waiting.until < timezone.now().timestamp() or not default_storage.exists(waiting.path):
        forget(session, key=key)
        return None
    return waiting


def forget(session: SessionBase, *, key: str = KEY) -> None:
    held = session.pop(key, None)
    if held:
        default_storage.delete(held[0])


def move(session: SessionBase, key: str, *, to: str) -> None:
    """Let a file wait for something else, in place of any that waited for it before."""
    forget(session, key=to)
    if held := session.pop(key, None):
        session[to] = held


def _sweep() -> None:
    """Delete what nobody came back for; another may be sweeping the same files."""
    with contextlib.suppress(FileNotFoundError):
        for name in default_storage.listdir(FOLDER)[1]:
            path = f"{FOLDER}/{name}"
            with contextlib.suppress(FileNotFoundError):
                if default_storage.get_modified_time(path) < timezone.now() - WAITS:
                    default_storage.delete(path)
