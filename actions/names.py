"""Names that people gave their files, made safe for headers, folders and screens; the words stay."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

#: What no name on any system may hold, or what a header or a shell reads otherwise.
_FORBIDDEN = re.compile(r'[\\/:*?"<>|%]')
#: Characters that RFC 8187 leaves as they are.
_PLAIN = "!#$&+-.^_`|~"
#: What a name is where nothing of it can be said.
NAMELESS = "minh-chung"


def safe(name: str) -> str:
    """In one spelling, without what cannot be seen (marks that turn the reading direction among it),
    without separators of paths, and not hidden by a leading dot."""
    seen = "".join(
        " " if c.isspace() else c
        for c in unicodedata.normalize("NFC", name)
        if c.isspace() or unicodedata.category(c)[0] != "C"
    )
    return _FORBIDDEN.sub("_", " ".join(seen.split())).strip(". ") or NAMELESS


def shortened(name: str, most_bytes: int) -> str:
    """Cut in its middle: a name keeps its beginning and its ending."""
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending) > 10:
        stem, dot, ending = name, "", ""
    room = most_bytes - len(f"{dot}{ending}".encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(". ") + dot + ending


def attachment(name: str) -> str:
    """A Content-Disposition with the name as it is (RFC 8187), and in plain letters for old programs."""
    name = safe(name)
    plain = "".join(c if c.isascii() else "_" for c in _toneless(name))
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe=_PLAIN)}"


def _toneless(name: str) -> str:
    bare = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in bare if not unicodedata.combining(c))
