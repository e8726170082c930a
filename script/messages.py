"""Collects what the service says, in Vietnamese, and keeps the English catalogue in step with it."""

import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
ENGLISH = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
ROOMS = (
    "config", "organisations", "indicators", "workflow", "actions", "audits", "notifications",
    "api", "web", "demo",
)  # fmt: skip
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
#: The catalogue names no day and no tool, so that it changes only when its words do.
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
NOT_KEPT = ('"Report-', '"Last-', '"Language-Team', '"Generated-By')
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")


def sources() -> Iterator[tuple[str, str]]:
    """(name, Python to read messages from) of every module and template."""
    from django.utils.translation.template import templatize

    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix == ".py" and "migrations" not in path.parts:
                yield name, path.read_text(encoding="utf-8")
            elif path.suffix in (".html", ".txt") and "templates" in path.parts:
                python = templatize(path.read_text(encoding="utf-8"), origin=name)
                yield name, re.sub(r"^[ \t]+", "", python, flags=re.MULTILINE)


def said() -> Catalog:
    """Everything the service says, with the files that say it."""
    catalog = Catalog(locale="en")
    for name, python in sources():
        source = io.BytesIO(python.encode("utf-8"))
        options = {"encoding": "utf-8"}
        for _line, words, _comments, context in extract("python", source, KEYWORDS, options=options):
            catalog.add(words, locations=[(name, 0)], context=context)
    return catalog


def english() -> Catalog:
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def update() -> None:
    """Write the catalogue anew: what is said, with the translations there are."""
    catalog = english() if ENGLISH.exists() else Catalog(locale="en")
    catalog.update(said(), no_fuzzy_matching=True)
    catalog.project, catalog.version = "Về Xanh", "1"
    catalog.header_comment = "# What the service says, in English; kept in step by script/messages."
    catalog.creation_date = catalog.revision_date = SINCE
    catalog.fuzzy = False
    written = io.BytesIO()
    write_po(written, catalog, width=100, ignore_obsolete=True, include_lineno=False, sort_output=True)
    lines = written.getvalue().decode("utf-8").splitlines(keepends=True)
    ENGLISH.parent.mkdir(parents=True, exist_ok=True)
    ENGLISH.write_text("".join(line for line in lines if not line.startswith(NOT_KEPT)), encoding="utf-8")


def faults() -> list[str]:
    """What is wrong with the English catalogue, one sentence for each message."""
    known = english()
    return [fault for message in said() if message.id for fault in _faults(message, known)]


def _faults(message: Message, known: Catalog) -> Iterator[str]:
    found = known.get(message.id if isinstance(message.id, str) else message.id[0], message.context)
    if found is None or not found.string or not all(_texts(found.string)):
        yield f"not translated: {message.id}"
    elif found.fuzzy:
        yield f"not certain: {message.id}"
    elif _placeholders(found.string) != _placeholders(message.id):
        yield f"other placeholders: {message.id}"


def _texts(text: object) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, tuple | list) else (str(text),)


def _placeholders(text: object) -> set[str]:
    return {found for one in _texts(text) for found in PLACEHOLDER.findall(one)}


def main() -> int:
    """Update the catalogue; or with --check change nothing and name what is wrong."""
    import django
    from django.conf import settings

    settings.configure(USE_I18N=True)
    django.setup()
    if "--check" not in sys.argv[1:]:
        update()
    found = faults()
    for fault in found:
        print(fault, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
