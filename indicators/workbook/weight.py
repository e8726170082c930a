"""A workbook is weighed before it is opened: a few kilobytes may unfold to more than any machine holds."""

from __future__ import annotations

import contextlib
from typing import Any
from xml.parsers import expat
from zipfile import ZipFile

from django.conf import settings
from django.utils.translation import gettext as _
from openpyxl.utils import range_boundaries

from ..refusals import Fault, Refused

#: The workbook of the whole country has two million elements; a cell has two or three.
MAX_ELEMENTS = 3_000_000
#: Every cell under a merged one is made in memory.
MAX_MERGED_CELLS = 200_000


def weigh(archive: ZipFile, name: str) -> None:
    """Refused where the parts of a workbook unfold to more than a table of ratings can be."""
    unpacked = sum(part.file_size for part in archive.infolist())
    if unpacked > settings.WORKBOOK_MAX_UNPACKED_BYTES:
        raise Refused([Fault(name, _("Tệp giải nén ra quá lớn."))])
    scales = _Scales(name)
    for part in archive.infolist():
        with archive.open(part) as content, contextlib.suppress(expat.ExpatError):
            scales.parser().ParseFile(content)  # a picture ends at its first byte


class _Scales:
    """Counts elements and merged cells over all parts, whatever the parts are called."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.elements = self.merged = 0

    def parser(self) -> Any:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self.start
        parser.StartDoctypeDeclHandler = self.doctype
        return parser

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        if tag.endswith("mergeCell"):
            left, top, right, bottom = range_boundaries(attributes["ref"])
            self.merged += (right - left + 1) * (bottom - top + 1)
        if self.elements > MAX_ELEMENTS or self.merged > MAX_MERGED_CELLS:
            said = _("Tệp có quá nhiều ô, hoặc gộp quá nhiều ô, để là một phiếu đánh giá.")
            raise Refused([Fault(self.name, said)])

    def doctype(self, *_declared: Any) -> None:
        """No spreadsheet program writes one; what defines entities is no workbook."""
        raise ValueError("a document type")
