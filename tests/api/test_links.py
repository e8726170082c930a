"""The record is read past the models; it says what the models say of each link."""

import json

import pytest
from django.utils import translation

from api.cases import EventSerializer
from api.rendering import FastJSONRenderer
from notifications.models import Told
from notifications.payload import said_of
from tests.conftest import WEDNESDAY
from workflow.models import Event
from workflow.vocabulary import Kind


@pytest.fixture
def case(city):
    """A case with every kind of event, by the system and by people; each third of them moved it."""
    case = city.in_progress()
    already = Event.objects.filter(case=case).count()
    for n, kind in enumerate(Kind, start=1):
        Event.objects.create(
            case=case,
            seq=already + n,
            kind=kind,
            actor=None if n % 2 else city.staff,
            at=WEDNESDAY.replace(microsecond=n if n % 3 else 0),
            note="" if n % 4 else 'Đã gọi "lần đầu"',
            changes={} if n % 3 else {"state": ["open", "in_progress"], "hạn": [None, n]},
            once=None if n % 5 else f"một lần {n}",
            previous_hash="0" * 64,
            hash=f"{n:064}",
        )
    for event in Event.objects.order_by("-pk"):
        Told.objects.create(event=event, at=WEDNESDAY, position=event.pk)
    return case


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_link_is_what_the_serializer_makes_of_the_event(city, case, as_, language) -> None:
    staff, asked = as_(city.staff).client, {"accept-language": language}
    followed, record = (
        staff.get(path, headers=asked) for path in ("/api/v1/events/", f"/api/v1/cases/{case.number}/events/")
    )
    events = list(Event.objects.filter(case=case).order_by("pk"))
    with translation.override(language):
        links = EventSerializer(events, many=True).data
        told = [
            {"position": event.pk, **said_of(event), "event": link}
            for event, link in zip(events, links, strict=True)
        ]
        # Byte for byte, whichever of the two renderers writes it.
        for answer, meant in ((followed, told), (record, links)):
            written = FastJSONRenderer().render(meant)
            assert written == super(FastJSONRenderer, FastJSONRenderer()).render(meant)
            assert b'"results":' + written in answer.content
    assert {change["event"]["kind"] for change in followed.json()["results"]} == set(Kind.values)
    assert {bool(link["actor"]) for link in record.json()["results"]} == {True, False}


def test_only_the_fields_asked_for(city, case, as_) -> None:
    staff, path = as_(city.staff), f"cases/{case.number}/events/"
    whole = staff.get(path).json()["results"]
    some = staff.get(path, fields="kind_label,seq,actor").json()["results"]
    wanted = ("seq", "kind_label", "actor")
    assert json.dumps(some) == json.dumps([{name: row[name] for name in wanted} for row in whole])
    refused = staff.get(path, fields="seq,mood")
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["fields"])
