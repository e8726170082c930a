"""What may come in as evidence: told by its content, never by its name."""

import hashlib
import zipfile
import zlib
from typing import NamedTuple

import filetype
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from workflow.refusals import Invalid

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#: Signature → content type of what is accepted without a look inside.
_BY_SIGNATURE = ("application/pdf", "image/png", "image/jpeg", "image/webp")
#: The part that an Office file of a kind must hold.
_OFFICE_PARTS = {_DOCX: "word/document.xml", _XLSX: "xl/workbook.xml"}


class Checked(NamedTuple):
    content_type: str
    sha256: str


def check(upload: UploadedFile) -> Checked:
    """The content type and SHA-256 of an acceptable file; Invalid with a sentence otherwise."""
    if not upload.size:
        raise Invalid(errors={"file": [_("Tệp rỗng.")]})
    if upload.size > settings.EVIDENCE_MAX_BYTES:
        limit = settings.EVIDENCE_MAX_BYTES // 1024 // 1024
        raise Invalid(errors={"file": [_("Tệp lớn hơn %(limit)s MB.") % {"limit": limit}]})
    content_type = _content_type(upload)
    if content_type is None:
        raise Invalid(
            errors={"file": [_("Chỉ nhận PDF, ảnh (JPEG, PNG, WebP), Word (.docx), Excel (.xlsx).")]}
        )
    digest = hashlib.sha256()
    upload.seek(0)
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return Checked(content_type, digest.hexdigest())


def _content_type(upload: UploadedFile) -> str | None:
    upload.seek(0)
    guessed = filetype.guess_mime(upload.read(8192))
    if guessed in _BY_SIGNATURE:
        return guessed
    upload.seek(0)
    try:
        with zipfile.ZipFile(upload) as archive:
            return _office_kind(archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, EOFError):
        return None  # no archive, a damaged or a locked one


def _office_kind(archive: zipfile.ZipFile) -> str | None:
    names = set(archive.namelist())
    if any(name.endswith("vbaProject.bin") for name in names):
        return None
    for kind, part in _OFFICE_PARTS.items():
        if part in names:
            with archive.open(part) as inner:  # where the file is cut, its list of parts may be whole
                inner.read(1)
            return kind
    return None
