"""Names of drafts: what the browser keeps of a form under a name is let go once that form has arrived."""

from __future__ import annotations

from django.http import HttpRequest

from organisations.models import User

#: Longer than any name of ours; what is longer was not drawn by us.
LONGEST = 200


def draft_of(person: User, *about: str) -> str:
    """Begins with the key of the person, so that nobody meets the words of another."""
    return ":".join([str(person.pk), *about])


def arrived(request: HttpRequest) -> str:
    """The draft that came with a form, for the message that says it is done."""
    name = request.POST.get("draft", "")
    return name if len(name) <= LONGEST and name.isprintable() and " " not in name else ""
