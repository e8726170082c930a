"""The work file of a case: a ZIP that an auditor keeps, and that anybody can check without this service."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import logging
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from django.http import FileResponse
from django.utils import timezone, translation

from actions.models import Evidence
from workflow.export import plain
from workflow.models import Case

from .document import document_of
from .dossier import Dossier, as_data, dossier_of
from .record import lines

RECORD, DOCUMENT, INDEX, SUMS, VERIFIER = (
    "ho-so.json", "ho-so.docx", "muc-luc.csv", "SHA256SUMS", "verify.py",
)  # fmt: skip
_VERIFIER = Path(__file__).parent / "data" / VERIFIER
#: Bytes that are in memory at a time, of files that are not.
_PIECE = 256 * 1024

log = logging.getLogger(__name__)


def as_download(case: Case) -> FileResponse:
    """The work file for whoever sees the case; nothing on the way keeps it."""
    response = FileResponse(work_file(case), as_attachment=True, filename=f"ho-so-{case.number}.zip")
    response["Content-Type"] = "application/zip"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def work_file(case: Case, *, now: datetime | None = None) -> IO[bytes]:
    """The ZIP, written to a file that is gone once it is closed; in Vietnamese, whoever asks for it."""
    out = TemporaryFile()  # noqa: SIM115 - whoever reads it closes it
    with translation.override("vi"):
        dossier = dossier_of(case, now=now)
        told = lines(dossier.events)
        with zipfile.ZipFile(out, "w") as archive:
            writer = _Writer(archive, f"ho-so-{dossier.case.number}", dossier.at)
            writer.put(DOCUMENT, [document_of(dossier, told)])
            writer.put(RECORD, [_json(dossier)])
            writer.put(INDEX, [_index(dossier)])
            for path, evidence in dossier.evidence:
                _put_evidence(writer, path, evidence)
            writer.put(VERIFIER, [_VERIFIER.read_bytes()])
            writer.put(
                SUMS, ["".join(f"{digest}  {path}\n" for path, digest in writer.sums.items()).encode()]
            )
    out.seek(0)
    return out


class _Writer:
    """Files of one folder of an archive, with the digest of each as it was written."""

    def __init__(self, archive: zipfile.ZipFile, folder: str, at: datetime) -> None:
        self._archive, self._folder = archive, folder
        self._at = timezone.localtime(at).timetuple()[:6]
        self.sums: dict[str, str] = {}

    def put(self, path: str, pieces: Iterable[bytes], *, is_packed: bool = False) -> None:
        info = zipfile.ZipInfo(f"{self._folder}/{path}", self._at)
        info.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        digest = hashlib.sha256()
        with self._archive.open(info, "w") as entry:
            for piece in pieces:
                digest.update(piece)
                entry.write(piece)
        self.sums[path] = digest.hexdigest()


def _put_evidence(writer: _Writer, path: str, evidence: Evidence) -> None:
    """What the store has lost is missing here as well, and the verifier says so."""
    try:
        file = evidence.file.open()
    except FileNotFoundError:
        log.error("the file of evidence %s is not there", evidence.pk)
        return
    with file:
        writer.put(path, _pieces(file), is_packed=True)


def _pieces(file: IO[bytes] | Any) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


def _json(dossier: Dossier) -> bytes:
    data = json.dumps(as_data(dossier), ensure_ascii=False, indent=1, default=_said)
    return data.encode()


def _said(value: Any) -> str:
    """Instants and days as JSON has them."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(value)


_COLUMNS = (
    "Tệp", "Tên khi gửi", "Chứng minh điều gì", "Người thêm", "Thêm lúc", "Dung lượng (byte)", "SHA-256",
    "Rút lúc", "Người rút", "Lý do rút",
)  # fmt: skip


def _index(dossier: Dossier) -> bytes:
    """The evidence as a list that Excel opens."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for path, each in dossier.evidence:
        by = each.withdrawn_by and each.withdrawn_by.formal_name
        row = (
            path, each.name, each.description, each.added_by.formal_name, each.added_at, each.size,
            each.sha256, each.withdrawn_at, by, each.withdrawal_reason,
        )  # fmt: skip
        writer.writerow([plain(value) for value in row])
    return ("\ufeff" + out.getvalue()).encode()
