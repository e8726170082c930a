"""Who took over from whom: the dissolved units that stand behind those of today."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection

#: One statement however far back it goes; a unit that still stands passes nothing on.
_PREDECESSORS = """
WITH RECURSIVE behind (unit_id) AS (
    SELECT succession.predecessor_id
    FROM organisations_succession AS succession
    JOIN organisations_unit AS unit ON unit.id = succession.predecessor_id
    WHERE succession.successor_id IN ({units}) AND succession.since <= %s AND unit.dissolved_on <= %s
    UNION
    SELECT succession.predecessor_id
    FROM behind
    JOIN organisations_succession AS succession ON succession.successor_id = behind.unit_id
    JOIN organisations_unit AS unit ON unit.id = succession.predecessor_id
    WHERE succession.since <= %s AND unit.dissolved_on <= %s
)
SELECT unit_id FROM behind
"""


def dissolved_predecessors(units: Iterable[int], *, on: date) -> frozenset[int]:
    """Keys of the units dissolved by a day that these took over from, at once or through others."""
    keys, day = list(units), on.isoformat()
    if not keys:
        return frozenset()
    marks = ", ".join(["%s"] * len(keys))
    with connection.cursor() as cursor:
        cursor.execute(_PREDECESSORS.format(units=marks), [*keys, day, day, day, day])
        return frozenset(row[0] for row in cursor.fetchall())
