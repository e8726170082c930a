"""The hash chain: each event of a case seals the one before it, so that no edit goes unseen."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

#: What the first event of a case is chained to.
GENESIS = "0" * 64

_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


@lru_cache(maxsize=1024)
def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def form(
    *,
    case: str,
    seq: int,
    kind: str,
    actor: int | None,
    at: datetime,
    note: str,
    changes: dict[str, Any],
    once: str | None,
    previous: str,
) -> dict[str, Any]:
    """An event as it is sealed: the case by its number and the actor by key, so that a renamed or
    pseudonymised person changes no hash; the instant in UTC with microseconds."""
    return {
        "actor": actor,
        "at": _instant(at),
        "case": case,
        "changes": changes,
        "kind": str(kind),
        "note": note,
        "once": once,
        "previous": previous,
        "seq": seq,
    }


def seal(**event: Any) -> str:
    """SHA-256 (hex) of an event in its canonical form: UTF-8 JSON, keys sorted, no spaces."""
    return hashlib.sha256(_canonical(form(**event)).encode()).hexdigest()


@dataclass(slots=True)
class Head:
    """A locked case as far as its chain is concerned: what its next event is sealed to."""

    pk: int
    number: str
    state: str
    version: int
    head_hash: str


class Break(NamedTuple):
    """The first place at which the chain of a case does not hold, and why."""

    case: str
    seq: int
    why: str


def breaks(rows: Iterator[Any]) -> Iterator[Break]:
    """Walk events ordered by case and place; name the first broken link of each case.

    A row has number, version, head_hash of its case, and the columns of an event; a case without
    events has them null.
    """
    number: Any = None
    seq, head, version, link, broken = 0, "", 0, GENESIS, False
    for row in rows:
        if row.number != number:
            if number is not None and not broken and (seq, link) != (version, head):
                yield Break(number, seq + 1, "the end of the chain is missing")
            number, head, version = row.number, row.head_hash, row.version
            seq, link, broken = 0, GENESIS, False
        if broken or row.seq is None:
            continue
        why = _why_broken(row, seq + 1, link)
        if why:
            broken = True
            yield Break(number, row.seq, why)
        seq, link = row.seq, row.hash
    if number is not None and not broken and (seq, link) != (version, head):
        yield Break(number, seq + 1, "the end of the chain is missing")


def _why_broken(row: Any, expected_seq: int, link: str) -> str:
    if row.seq != expected_seq:
        return f"event {expected_seq} is missing"
    if row.previous_hash != link:
        return "it is not chained to the event before it"
    sealed = seal(
        case=row.number,
        seq=row.seq,
        kind=row.kind,
        actor=row.actor_id,
        at=row.at,
        note=row.note,
        changes=row.changes,
        once=row.once,
        previous=row.previous_hash,
    )
    return "" if sealed == row.hash else "its contents were changed after it was written"
