"""What the page of a case is to offer to whom: the table, asked the other way round."""

from __future__ import annotations

from collections.abc import Iterable

from workflow.models import Case

from .table import OK, TABLE

#: States of things whose pages are looked at; those that change the unit itself are not among them.
SCENES = (
    "open_case", "assigned", "in_progress", "planned", "complete", "requested", "extended_twice",
    "requested_again", "in_verification", "monitored", "green_again", "closed", "handed_up", "with_city",
)  # fmt: skip


def expected(case: Case, scene: str, role: str) -> set[str]:
    """The addresses below the case that its page has a form for."""
    evidence = case.evidence.filter(withdrawn_at=None).first()
    values = {"number": case.number, "evidence": evidence.pk if evidence else 0}
    return {
        "/" + row.path.format(**values)
        for row in TABLE
        if row.page == "post"
        and row.path.startswith("cases/{number}/")
        and scene in (row.scene, *row.also)
        and row.expected(role) == OK
    }


#: What is taken away as a file, from the page that it belongs to.
FILES = ("export/", "template/", "plan/")
#: Pages that stand in the menu of whoever may open them.
PAGES = [row for row in TABLE if row.page == "get" and "{" not in row.path and not row.path.endswith(FILES)]


def menu(addresses: Iterable[str], role: str) -> tuple[set[str], set[str]]:
    """Of the addresses in somebody's menu those that the table speaks of, and those it allows them."""
    spoken_of = {f"/{row.page_path or row.path}" for row in PAGES}
    allowed = {f"/{row.page_path or row.path}" for row in PAGES if row.expected(role) == OK}
    return spoken_of & set(addresses), allowed


def of_the_case(addresses: Iterable[str], case: Case) -> set[str]:
    """The addresses among these that are below the case."""
    return {address for address in addresses if address.startswith(case.get_absolute_url())}
