"""A channel into a file, one line of JSON for each message: the smallest complete example of one."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from organisations.models import User

from .channels import Refused, Unanswered
from .letters import contents
from .models import Message, Notification


class Files:
    """Writes to DATA_DIR/outbox.jsonl; a gateway of another make can read there."""

    name = "file"
    label = _("Tệp")
    repeats_harmlessly = False

    def reaches(self, person: User) -> bool:
        return True

    def open(self) -> FileLine:
        return FileLine(Path(settings.DATA_DIR) / "outbox.jsonl")


class FileLine:
    is_down = False
    is_connected = True

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> FileLine:
        return self

    def __exit__(self, *exc: object) -> None:
        pass

    def hand_over(
        self, message: Message, notifications: Sequence[Notification], release: Callable[[], bool]
    ) -> bool:
        said = {"id": message.message_id, "to": message.recipient_id}
        line = json.dumps(said | contents(message, notifications), ensure_ascii=False, default=str)
        try:
            file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        except OSError as fault:
            raise Refused(str(fault)) from fault
        try:
            return release() and self._write(file, f"{line}\n".encode())
        finally:
            os.close(file)

    def _write(self, file: int, line: bytes) -> bool:
        try:
            if os.write(file, line) < len(line):
                raise Unanswered(f"{self._path}: cut short")
            os.fsync(file)
        except OSError as fault:
            raise Unanswered(str(fault)) from fault
        return True
