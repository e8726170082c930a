"""Several messages in doubt are settled by API, each for itself."""

from __future__ import annotations

import pytest

from notifications.models import Message, MessageState
from notifications.telling import tell
from tests.conftest import WEDNESDAY

PATH = "dispatches/messages/settle/"


@pytest.fixture(autouse=True)
def _today(time_machine) -> None:
    time_machine.move_to(WEDNESDAY, tick=False)


def test_each_message_has_a_result_of_its_own(city, as_) -> None:
    for unit, code in ((city.kien_an, "1.1"), (city.phu_lien, "1.2")):
        city.open_case(code, unit=unit)
    tell(now=WEDNESDAY)
    Message.objects.update(state=MessageState.IN_DOUBT)
    first, second = (message.pk for message in Message.objects.order_by("pk")[:2])
    admin = as_(city.administrator)
    given = {"messages": [second, first], "settlement": "arrived"}
    for odd, fields in (
        ({"settlement": "lost"}, ["settlement"]), ({"messages": []}, ["messages"]),
        ({"messages": [0]}, ["messages[0]"]), ({"messages": list(range(1, 202))}, ["messages"]),
    ):  # fmt: skip
        assert list(admin.post(PATH, given | odd).json()["errors"]) == fields, odd
    admin.post(PATH, given | {"messages": [first]})
    results = admin.post(PATH, given | {"messages": [second, 999_999, first]}).json()["results"]
    assert [(r["message"], r["status"], r.get("state")) for r in results] == [
        (second, 200, "sent"), (999_999, 404, None), (first, 409, None),
    ]  # fmt: skip
    assert "không còn chờ" in results[2]["problem"]["detail"]
    other = as_(city.chairperson).post(PATH, {"messages": [first, second], "settlement": "again"}).json()
    assert {r["status"] for r in other["results"]} <= {403, 404}
