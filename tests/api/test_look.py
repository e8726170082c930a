"""A case is told past the serializer; it says what the serializer says, to everybody, in both languages."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from api.cases import CaseDetailSerializer
from api.rendering import FastJSONRenderer
from indicators.models import Rating
from notifications.forecast import forecast
from organisations.hands import Hand
from organisations.models import Delegation, UnitVersion
from tests.conftest import WEDNESDAY
from tests.permissions.world import scene, settle
from workflow.calendar import working_days
from workflow.completeness import missing_in_the_file
from workflow.lateness import stages
from workflow.models import Case
from workflow.offers import steps_for

SCENES = (
    "open_case", "requested", "extended_twice", "complete", "in_verification", "green_again", "closed",
    "with_city", "dissolved",
)  # fmt: skip
READERS = {"chairperson": "vi", "delegate": "en", "staff": "vi", "auditor": "en", "administrator": "vi"}


@pytest.fixture
def many_cases(city, time_machine):
    """Every kind of state, some with a deputy to be told, one that came back, one rated otherwise since."""
    time_machine.move_to(WEDNESDAY, tick=False)
    settle(city)
    for person, taker in ((city.staff, city.other_staff), (city.auditor, city.administrator)):
        for unit in (city.kien_an, city.unit):
            Delegation.objects.create(giver=person, taker=taker, unit=unit, since=WEDNESDAY.date())
    UnitVersion.objects.create(unit=city.kien_an, since="2020-01-01", kind="ward", name="Kiến An cũ")
    cases = {name: scene(city, name, f"1.{n}") for n, name in enumerate(SCENES, start=1)}
    Rating.objects.filter(pk=cases["requested"].rating_id).update(superseded_at=WEDNESDAY)
    Case.objects.filter(pk=cases["with_city"].pk).update(recurrence_of=cases["closed"], recurrence_count=1)
    return cases


def meant(case: Case, reader) -> bytes:
    """What the serializer makes of it, with every rule asked anew."""
    hand, days = Hand(reader), working_days()
    context = {
        "today": hand.on,
        "missing": missing_in_the_file,
        "stages": lambda one: stages(one.events.order_by("seq"), on=hand.on, days=days),
        "steps": lambda one: steps_for(one, hand),
        "reminders": lambda one: forecast(one, days=days, on=hand.on),
    }
    return FastJSONRenderer().render(CaseDetailSerializer(case, context=context).data)


def test_everybody_is_told_what_the_serializer_makes_of_the_case(city, many_cases, as_) -> None:
    said, costs = {}, {}
    for name, language in READERS.items():
        reader = getattr(city, name)
        client = as_(reader).client
        for scene_name, case in many_cases.items():
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(f"/api/v1/cases/{case.number}/", headers={"accept-language": language})
            with translation.override(language):
                # Byte for byte, in the order of the fields.
                assert answer.content == meant(Case.objects.get(pk=case.pk), reader), (name, scene_name)
            said[name, scene_name], costs[name, scene_name] = answer.json(), len(queries)
    titles = {said[name, "complete"]["indicator_title"] for name in ("auditor", "staff")}
    assert titles == {many_cases["complete"].indicator.title_en, many_cases["complete"].indicator.title_vi}
    assert next(r["told"] for r in said["staff", "requested"]["reminders"])
    assert said["chairperson", "closed"]["recurrences"] == [many_cases["with_city"].number]
    assert said["chairperson", "with_city"]["recurrence_of"] == many_cases["closed"].number
    assert said["chairperson", "closed"]["unit_name"] == "Phường Kiến An cũ"
    assert max(costs["auditor", name] for name in SCENES if name not in ("open_case", "closed")) <= 14, costs
    assert max(costs.values()) <= 17, costs


def test_what_is_not_asked_for_is_not_worked_out(city, many_cases, as_) -> None:
    staff, case = as_(city.staff), many_cases["in_verification"]
    whole = staff.get(f"cases/{case.number}/").json()
    for names, most in (("number,state,unit_name", 4), ("supporters", 5), ("missing,days_late", 8)):
        with CaptureQueriesContext(connection) as queries:
            some = staff.get(f"cases/{case.number}/", fields=names).json()
        assert some == {name: whole[name] for name in whole if name in names.split(",")}
        assert len(queries) <= most, names
    refused = staff.get(f"cases/{case.number}/", fields="number,colur")
    assert list(refused.json()["errors"]) == ["fields"]


def test_a_step_answers_with_the_case_as_it_became(city, many_cases, as_) -> None:
    case = many_cases["complete"]
    answer = as_(city.staff).post(f"cases/{case.number}/steps/submit/", {})
    told = answer.json()
    assert (told["state"], told["stages"][-1]["state"]) == ("in_verification", "in_verification")
    assert [step["step"] for step in told["steps"] if step["possible"]] == []
    assert answer.content == meant(Case.objects.get(pk=case.pk), city.staff)
    assert case.known is None


def test_what_is_said_once_is_said_in_the_language_of_whoever_asks(city, as_) -> None:
    case = city.in_progress(city.open_case("1.1"))
    for language, whose, impossible in (
        ("vi", "Bước này thuộc quyền của: người đứng đầu đơn vị.", "trạng thái Đang thực hiện."),
        (
            "en",
            "This step belongs to: whoever chairs the unit.",
            "in the state In progress: verify the result.",
        ),
        ("vi", "Bước này thuộc quyền của: người đứng đầu đơn vị.", "trạng thái Đang thực hiện."),
    ):
        path = f"/api/v1/cases/{case.number}/?fields=steps"
        answer = as_(city.staff).client.get(path, headers={"accept-language": language}).json()
        why_not = {offer["step"]: offer["why_not"] for offer in answer["steps"]}
        assert why_not["assign"] == [whose]
        assert why_not["verify"][0].endswith(impossible)
