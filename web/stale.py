"""A page that was overtaken: what happened since it was opened, and what was typed on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflow.arrows import ASKED

#: What people write in their own words, and would not like to write again.
WRITTEN = ("note", "product", "authority")
#: So many of the things that happened meanwhile are told; the rest is in the record below.
TOLD = 5


def meanwhile(posted: Mapping[str, str], context: dict[str, Any]) -> dict[str, Any]:
    """What to show above a case whose step was refused because the case is no longer what it was.

    A form that is still on the page keeps its text itself; of one that is gone the text is shown here.
    """
    seen = posted.get("version", "")
    since = int(seen) if seen.isdecimal() and len(seen) < 10 else context["case"].version
    drawn = any(step.form and step.form.is_bound for step in context["steps"])
    return {
        "meanwhile": [line for line in context["record"] if line.seq > since][:TOLD],
        "unsent": [] if drawn else [(ASKED[name], posted[name]) for name in WRITTEN if posted.get(name)],
    }
