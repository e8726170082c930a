"""A workbook between its preview and its confirmation: kept here, never asked of the browser again."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
from datetime import timedelta
from typing import Any, NamedTuple

from django.contrib.sessions.backends.base import SessionBase
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

#: How long a preview waits to be confirmed.
WAITS = timedelta(hours=1)
FOLDER = "workbooks"
KEY = "workbook"


class Waiting(NamedTuple):
    """An uploaded workbook, what it is meant for, and the digest it must still have."""

    path: str
    name: str
    sha256: str
    unit: str  # code; empty where the workbook names its units
    period: str
    kind: str
    until: float

    def content(self) -> ContentFile:
        """The file as it came; FileNotFoundError when it is gone or not what it was."""
        with default_storage.open(self.path) as file:
            content = file.read()
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise FileNotFoundError(self.path)
        return ContentFile(content, name=self.name)


def keep(session: SessionBase, upload: UploadedFile[Any], *, unit: str, period: str, kind: str) -> Waiting:
    """Keep a workbook for the session that sent it, in place of any it sent before."""
    forget(session)
    _sweep()
    content = upload.read()
    waiting = Waiting(
        path=default_storage.save(f"{FOLDER}/{secrets.token_hex(16)}", ContentFile(content)),
        name=(upload.name or "")[-200:],
        sha256=hashlib.sha256(content).hexdigest(),
        unit=unit,
        period=period,
        kind=kind,
        until=(timezone.now() + WAITS).timestamp(),
    )
    session[KEY] = list(waiting)
    return waiting


def waiting_in(session: SessionBase) -> Waiting | None:
    """The workbook this session waits to confirm, while it lasts."""
    held = session.get(KEY)
    if not held or len(held) != len(Waiting._fields):
        return None
    waiting = Waiting(*held)
    if waiting.until < timezone.now().timestamp() or not default_storage.exists(waiting.path):
        forget(session)
        return None
    return waiting


def forget(session: SessionBase) -> None:
    held = session.pop(KEY, None)
    if held:
        default_storage.delete(held[0])


def _sweep() -> None:
    """Delete what nobody came back for; another may be sweeping the same files."""
    with contextlib.suppress(FileNotFoundError):
        for name in default_storage.listdir(FOLDER)[1]:
            path = f"{FOLDER}/{name}"
            with contextlib.suppress(FileNotFoundError):
                if default_storage.get_modified_time(path) < timezone.now() - WAITS:
                    default_storage.delete(path)
