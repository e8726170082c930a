"""What people do by either entrance: the rows of the table of permissions, and what it has no row for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, NamedTuple

from django.core.files.uploadedfile import SimpleUploadedFile

from indicators.models import Indicator
from notifications.calendar_keys import make_key
from notifications.models import Notification
from notifications.telling import tell
from organisations.models import Delegation
from tests.conftest import WEDNESDAY, City
from tests.permissions.table import (
    STEPS,
    TABLE,
    Row,
    a_day,
    a_list,
    a_plan,
    a_webhook,
    all_messages,
    an_edition,
    handed_over,
    ratings,
    several,
    the_same_day,
)
from tests.permissions.test_table import filled
from tests.permissions.world import PEOPLE
from workflow.models import Case, SavedFilter

Asks = Callable[[City], dict[str, Any]]


class Deed(NamedTuple):
    """One thing that somebody does: by pages, one after another, and by one call of the API."""

    scene: str
    who: str
    #: Their addresses, and what is sent there.
    pages: dict[str, Asks]
    method: str
    path: str
    asks: Asks
    #: What has to be there before, beside the state of things.
    before: Callable[[City], Any] = lambda city: None
    #: Models of which rows are new or other afterwards; empty where they are many.
    leaves: str = ""
    #: Fields that differ rightly between the two; why stands beside them.
    apart: tuple[str, ...] = ()


#: Pages that the table asks, and that only show what would be done; what does it is in FURTHER.
SHOW = ("calendar/", "people/import/", "catalogue/", "reorganisations/")
#: What is left by those whose traces are few.
LEAVES = {
    "people/": "User Invitation LogEntry",
    "people/{lead}/offices/": "Appointment LogEntry",
    "people/{lead}/offices/{office}/end/": "Appointment LogEntry",
    "people/{lead}/deputies/": "Delegation LogEntry",
    "people/{lead}/invite/": "Invitation",
    "people/{lead}/deactivate/": "User Appointment LogEntry",
    "catalogue/compared/": "Catalogue LogEntry",
    "me/filters/": "SavedFilter",
    "me/calendar-key/": "CalendarKey",
}
BEFORE = {("delete", "me/calendar-key/"): lambda city: make_key(city.chairperson, by=city.chairperson)}


def of_the_table() -> Iterator[Deed]:
    for row in TABLE:
        if row.api not in ("", "get") and row.page and row.may and row.path not in SHOW:
            yield _of(row)
    for row in STEPS:
        if row.may:
            yield _of_several(row)


def _of(row: Row) -> Deed:
    return Deed(
        row.scene,
        PEOPLE[row.may[0]][0],
        {row.page_path or row.path: row.page_asks or row.asks},
        row.api,
        row.path,
        row.asks,
        before=BEFORE.get((row.api, row.path), nothing),
        leaves=LEAVES.get(row.path, ""),
    )


def _of_several(row: Row) -> Deed:
    """A step that is sent for several cases does to each what its page does."""
    return _of(row)._replace(
        path=row.path.replace("{number}/", ""),
        asks=lambda city: {"cases": [_only_case(city)], **row.asks(city)},
    )


def fill(path: str, case: Case, city: City) -> str:
    """An address with the things that are meant; what the table does not speak of is found here."""
    others: dict[str, Callable[[], Any]] = {
        "chair": lambda: city.chairperson.pk,
        "keeper": lambda: city.other_keeper.pk,
        "deputy": lambda: Delegation.objects.get(giver=city.chairperson).pk,
        "filter": lambda: SavedFilter.objects.get(owner=city.auditor).pk,
    }
    for name, found in others.items():
        if f"{{{name}}}" in path:
            path = path.replace(f"{{{name}}}", str(found()))
    return filled(path, case, city)


def nothing(city: City) -> dict[str, Any]:
    return {}


def _only_case(city: City) -> str:
    return Case.objects.get().number


def _typed_ratings(city: City) -> dict[str, Any]:
    """The whole form, of which one indicator is filled in."""
    form = {f"{code}-colour": "not_rated" for code in Indicator.objects.values_list("code", flat=True)}
    return form | {"2.1-colour": "red", "2.1-finding": "Chưa có"}


def _sheet(city: City) -> dict[str, Any]:
    rows = "Mã chỉ số,Mức đánh giá,Phát hiện\n2.1,Đỏ,Chưa có quy trình\n2.2,Xanh,\n"
    file = SimpleUploadedFile("phieu.csv", rows.encode())
    return {"file": file, "period": "2026-Q4", "unit": "11443", "kind": "self"}


def _wish(city: City) -> dict[str, Any]:
    return {"channel": "mail", "steps": "digest", "reminders": "digest"}


def _leave(city: City) -> dict[str, Any]:
    days = {"since": date(2026, 12, 1), "until": date(2026, 12, 5)}
    return {"taker": city.supporter, "unit": city.kien_an, "reason": "Đi học", **days}


def _edition(city: City) -> dict[str, Any]:
    return an_edition(city) | {"compared_on": "2026-10-01"}


def _certain_day(city: City) -> dict[str, Any]:
    """As the form stands when it is opened."""
    return the_same_day(city) | {"is_certain": True}


def _messages(city: City) -> dict[str, Any]:
    asked = all_messages(city)
    return {"message": asked["messages"], "settlement": asked["settlement"]}


FURTHER = {
    "ratings typed": Deed(
        "open_case", "coordinator",
        {
            "assessments/edit/?unit=11443&period=2026-Q4&kind=self": _typed_ratings,
            "assessments/confirm/": nothing,
        },
        "post", "assessments/", ratings("self"),
        apart=("source_name",),  # what was typed says that it was; what a program sent has no name
    ),
    "ratings in a file": Deed(
        "open_case", "coordinator", {"assessments/upload/": _sheet, "assessments/confirm/": nothing},
        "post", "assessments/import/", _sheet,
    ),
    "several cases given out": Deed(
        "open_case", "chairperson", {"cases/assign/": several},
        "post", "cases/steps/assign/",
        lambda city: {"cases": [_only_case(city)], "assignee": city.other_staff},
    ),
    "language and letters": Deed(
        "open_case", "staff", {"me/preferences/": _wish, "me/language/": lambda city: {"language": "en"}},
        "put", "me/", lambda city: {"language": "en", "preferences": [_wish(city)]},
        leaves="User Preference",
    ),
    "a deputy chosen": Deed(
        "open_case", "staff", {"me/deputies/": _leave}, "post", "me/delegations/", _leave,
        leaves="Delegation LogEntry",
    ),
    "a deputy ended": Deed(
        "open_case", "chairperson", {"me/deputies/{deputy}/end/": nothing},
        "post", "me/delegations/{deputy}/end/", nothing, leaves="Delegation LogEntry",
    ),
    "somebody's deputy ended": Deed(
        "open_case", "administrator", {"people/{chair}/deputies/{deputy}/end/": nothing},
        "post", "people/{chair}/deputies/{deputy}/end/", nothing, leaves="Delegation LogEntry",
    ),
    "a filter let go": Deed(
        "open_case", "auditor", {"cases/filters/{filter}/end/": nothing},
        "delete", "me/filters/{filter}/", nothing,
        before=lambda city: SavedFilter.objects.create(owner=city.auditor, name="Của tôi", query="mine=on"),
        leaves="SavedFilter",
    ),
    "a token revoked": Deed(
        "with_token", "other_keeper", {"me/tokens/{token}/end/": nothing},
        "delete", "me/tokens/{token}/", nothing, leaves="AccessToken LogEntry",
    ),
    "somebody's tokens revoked": Deed(
        "with_token", "administrator", {"people/{keeper}/tokens/end/": nothing},
        "post", "people/{keeper}/tokens/end/", nothing, leaves="AccessToken LogEntry",
    ),
    "everything read": Deed(
        "open_case", "chairperson",
        {"notifications/read/": lambda city: {"up_to": Notification.objects.order_by("-pk")[0].pk}},
        "post", "notifications/read/", nothing,
        before=lambda city: tell(now=WEDNESDAY), leaves="Notification",
    ),
    "all handed over": Deed(
        "in_progress", "chairperson",
        {"people/{lead}/units/{unit}/hand-over/": lambda city: handed_over(city) | {"confirmed": "yes"}},
        "post", "people/{lead}/hand-over/", handed_over,
    ),
    "letters settled": Deed(
        "in_doubt", "administrator", {"dispatches/settle/": _messages},
        "post", "dispatches/messages/settle/", all_messages, leaves="Message LogEntry",
    ),
    "a day of rest": Deed(
        "in_progress", "administrator",
        {"calendar/preview/": _certain_day, "calendar/change/": _certain_day},
        "post", "calendar/", a_day,
    ),
    "people from a file": Deed(
        "open_case", "administrator",
        {
            "people/import/": lambda city: {"file": a_list()},
            "people/import/confirm/": lambda city: {"invite": "on"},
        },
        "post", "people/import/", lambda city: {"file": a_list(), "invite": "true"},
    ),
    "an edition of the catalogue": Deed(
        "open_case", "administrator", {"catalogue/upload/": _edition, "catalogue/confirm/": nothing},
        "post", "catalogue/", _edition, leaves="Catalogue Wording Indicator LogEntry",
    ),
    "units become others": Deed(
        "open_case", "administrator",
        {"reorganisations/upload/": a_plan, "reorganisations/confirm/": nothing},
        "post", "reorganisations/", a_plan,
    ),
    "a webhook": Deed(
        "open_case", "coordinator", {"webhooks/add/": a_webhook}, "post", "webhooks/", a_webhook,
    ),
}  # fmt: skip
