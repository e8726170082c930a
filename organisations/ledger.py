"""Who changed the reference data, when and how: offices, people, calendar and policies have no case."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from .models import Role, User

__all__ = ["ADDITION", "CHANGE", "DELETION", "enter", "enter_all", "names_nobody"]

#: What entries about people, offices and deputies are made of: keys, days, codes, offices.
_NAMELESS = re.compile(
    rf"([\d\s:;→–-]|until|deactivated|offices ended|pseudonymised|{'|'.join(Role.values)})*"
)


def enter(thing: Model, flag: int, said: str, *, by: User) -> None:
    """Write down one change; of people only their keys are said, for a name can be taken back."""
    enter_all([thing], flag, {thing.pk: said}, by=by)


def enter_all(things: Iterable[Model], flag: int, said: Mapping[int, str], *, by: User) -> None:
    """Write down the same kind of change of several things of one kind."""
    LogEntry.objects.bulk_create(
        [
            LogEntry(
                user=by,
                content_type=ContentType.objects.get_for_model(thing),
                object_id=str(thing.pk),
                object_repr=str(thing)[:200],
                action_flag=flag,
                change_message=said[thing.pk],
            )
            for thing in things
        ]
    )


def names_nobody(said: str) -> bool:
    """Whether an entry about a person says nothing but what this service writes itself."""
    return _NAMELESS.fullmatch(said) is not None
