"""The people and the states of things that the table speaks of."""

from __future__ import annotations

from datetime import date, timedelta

from actions.operations import plan_action
from notifications.deliveries import ping
from notifications.hooks import disable_webhook, make_webhook
from notifications.models import Message, MessageState, Webhook
from notifications.telling import tell
from organisations.models import Delegation, Role, Succession, User
from tests.conftest import WEDNESDAY, City
from tests.tokens import token_of
from workflow.models import Case, Participation
from workflow.vocabulary import Part

TODAY = WEDNESDAY.date()

#: Column of the table → the people who stand for it.
PEOPLE: dict[str, tuple[str, ...]] = {
    "chairperson": ("chairperson",),
    "delegate": ("delegate",),
    "vice_chair": ("vice_chair",),
    "lead": ("staff",),
    "support": ("supporter",),
    "owner": ("owner",),
    "staff": ("other_staff",),
    "coordinator": ("coordinator",),
    "auditor": ("auditor",),
    "administrator": ("administrator",),
    "former": ("former_chairperson", "former_auditor", "former_assignee"),
    "neighbour": (
        "neighbour_chairperson", "neighbour_delegate", "neighbour_vice_chair", "neighbour_staff",
        "neighbour_coordinator",
    ),
    "other_city": ("other_auditor", "other_administrator"),
    "stranger": ("stranger",),
    "anonymous": ("nobody",),
}  # fmt: skip


def settle(city: City) -> None:
    """Everybody of the table who is not in the small city of all tests."""
    city.person("delegate", "Trịnh Văn Quyền", Role.VICE_CHAIR)
    city.person("owner", "Mai Thị Thực", Role.STAFF)
    city.person("other_keeper", "Mai Văn Mối", Role.COORDINATOR)
    city.person("former_chairperson", "Lê Thị Nghỉ", Role.CHAIRPERSON, until=TODAY)
    city.person("former_auditor", "Tô Văn Nghỉ", Role.AUDITOR, city.unit, until=TODAY)
    city.person("former_assignee", "Đinh Văn Nghỉ", Role.STAFF, until=TODAY)
    city.person("neighbour_vice_chair", "Hồ Thị Phó", Role.VICE_CHAIR, city.phu_lien)
    city.person("neighbour_delegate", "Hồ Văn Quyền", Role.VICE_CHAIR, city.phu_lien)
    city.person("neighbour_coordinator", "Hồ Thị Mối", Role.COORDINATOR, city.phu_lien)
    other = type(city.unit).objects.create(code="01", kind="city", name="Hà Nội")
    city.person("other_auditor", "Mai Văn Xa", Role.AUDITOR, other)
    city.person("other_administrator", "Mai Thị Xa", Role.ADMINISTRATOR, other)
    for giver, taker, unit in (
        (city.chairperson, city.delegate, city.kien_an),
        (city.neighbour_chairperson, city.neighbour_delegate, city.phu_lien),
    ):
        Delegation.objects.create(giver=giver, taker=taker, unit=unit, since=TODAY)


def scene(city: City, name: str, code: str = "1.4") -> Case:
    """A case in the state of things that a row names, led by `staff` and supported by `supporter`.

    Before them it was led by somebody who holds no office any more.
    """
    case = SCENES[name](city, city.open_case(code))
    led = {"began_at": WEDNESDAY - timedelta(days=9), "ended_at": WEDNESDAY - timedelta(days=2)}
    Participation.objects.create(case=case, user=city.former_assignee, part=Part.LEAD, **led)
    return case


def _assigned(city: City, case: Case) -> Case:
    return city.assigned(case, supporters=[city.supporter])


def _in_progress(city: City, case: Case) -> Case:
    return city.in_progress(case, supporters=[city.supporter])


def _planned(city: City, case: Case) -> Case:
    case = _in_progress(city, case)
    plan = {"description": "Lập sổ", "owner": city.owner, "due_on": date(2026, 10, 20)}
    plan_action(case, by=city.staff, now=WEDNESDAY, **plan)
    return case


def _complete(city: City, case: Case) -> Case:
    return city.complete_file(_in_progress(city, case))


def _in_verification(city: City, case: Case) -> Case:
    return city.in_verification(case, supporters=[city.supporter])


def _monitored(city: City, case: Case) -> Case:
    return city.take(_in_verification(city, case), "verify", city.chairperson)


def _closed(city: City, case: Case) -> Case:
    case = _monitored(city, case)
    city.rate(green=case.indicator.code, period="2026-Q4")
    return Case.objects.get(pk=case.pk)


def _green_again(city: City, case: Case) -> Case:
    """Watched, with a green rating that came while the work was under way."""
    case = _in_verification(city, case)
    city.rate(green=case.indicator.code, period="2026-Q4")
    return city.take(case, "verify", city.chairperson)


def _requested(city: City, case: Case) -> Case:
    return _request(city, _in_progress(city, case))


def _request(city: City, case: Case) -> Case:
    due_on = case.due_on + timedelta(days=30)
    return city.take(case, "request_extension", city.staff, due_on=due_on, note="Chờ vốn")


def _extended_twice(city: City, case: Case) -> Case:
    case = _in_progress(city, case)
    for _ in range(2):
        asked = {"due_on": case.due_on + timedelta(days=7), "note": "Đồng ý", "objective_cause": False}
        case = city.take(case, "extend", city.chairperson, **asked)
    return case


def _requested_again(city: City, case: Case) -> Case:
    return _request(city, _extended_twice(city, case))


def _handed_up(city: City, case: Case) -> Case:
    return city.handed_up(_in_progress(city, case))


def _with_city(city: City, case: Case) -> Case:
    return city.take(_handed_up(city, case), "accept", city.auditor)


def _succeeded(city: City, case: Case) -> Case:
    Succession.objects.create(predecessor=city.kien_an, successor=city.phu_lien, since=TODAY)
    return _in_progress(city, case)


def _left(city: City, case: Case) -> Case:
    """Somebody of the unit has left and is deactivated."""
    gone = city.person("gone", "Đinh Thị Đã Đi", Role.STAFF, until=TODAY)
    gone.is_active = False
    gone.save()
    return case


def _dissolved(city: City, case: Case) -> Case:
    case = _in_progress(city, case)
    city.kien_an.dissolved_on = TODAY
    city.kien_an.save()
    return case


def _with_webhook(city: City, case: Case) -> Case:
    """The unit has a webhook, which somebody else made, and of which one delivery was given up."""
    webhook = make_webhook("https://8.8.8.8/hook", unit=city.kien_an, by=city.other_keeper, now=WEDNESDAY)
    message = ping(webhook, by=city.other_keeper, now=WEDNESDAY).message
    message.state = MessageState.FAILED
    message.save()
    return case


def _with_webhook_off(city: City, case: Case) -> Case:
    _with_webhook(city, case)
    disable_webhook(Webhook.objects.get(), because="HTTP 503", now=WEDNESDAY)
    return case


def _with_token(city: City, case: Case) -> Case:
    """Somebody of the unit has a token."""
    token_of(city.other_keeper)
    return case


def _in_doubt(city: City, case: Case) -> Case:
    """Nobody knows whether the mail about the new case arrived."""
    tell(now=WEDNESDAY)
    Message.objects.update(state=MessageState.IN_DOUBT)
    return case


SCENES = {
    "open_case": lambda city, case: case,
    "assigned": _assigned,
    "in_progress": _in_progress,
    "planned": _planned,
    "complete": _complete,
    "requested": _requested,
    "extended_twice": _extended_twice,
    "requested_again": _requested_again,
    "in_verification": _in_verification,
    "monitored": _monitored,
    "green_again": _green_again,
    "closed": _closed,
    "handed_up": _handed_up,
    "with_city": _with_city,
    "succeeded": _succeeded,
    "dissolved": _dissolved,
    "left": _left,
    "in_doubt": _in_doubt,
    "with_token": _with_token,
    "with_webhook": _with_webhook,
    "with_webhook_off": _with_webhook_off,
}


def person(city: City, name: str) -> User | None:
    return None if name == "nobody" else getattr(city, name)
