"""People come and leave: entered, deactivated, and in the end no longer named."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, validate_email
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from .hands import Hand
from .ledger import ADDITION, CHANGE, enter
from .models import Address, Appointment, Delegation, Role, User
from .offices import hold, keep_an_administrator
from .refusals import Invalid, NotNow, NotYours
from .traces import forget_sessions, forget_the_name, take_away_keys

LANGUAGE_LABELS = (("vi", "Tiếng Việt"), ("en", "English"))
LANGUAGES = tuple(language for language, _label in LANGUAGE_LABELS)


def people_of_the_cities(hand: Hand) -> QuerySet[User]:
    """Whom an administrator looks after: whoever has or had an office in their cities, or none yet."""
    held = Appointment.objects.filter(user=OuterRef("pk"))
    cities = hand.cities_administered
    if not cities:
        return User.objects.none()
    here = held.filter(Q(unit__in=cities) | Q(unit__parent__in=cities))
    return User.objects.filter(Exists(here) | ~Exists(held))


@transaction.atomic
def add_person(*, email: str, full_name: str, address: str = "", language: str = "vi", by: User) -> User:
    """Enter a person, who sets a password by themselves; what they may do comes with an office.

    Raises NotYours, Invalid.
    """
    if not Hand(by).cities_administered:
        raise NotYours(_("Chỉ quản trị của thành phố thêm người dùng."))
    email, full_name = email.strip().lower(), " ".join(full_name.split())
    errors: dict[str, list[str]] = {}
    if wrong := wrong_name(full_name):
        errors["full_name"] = [wrong]
    if address not in Address.values:
        errors["address"] = [_("Chọn Ông hoặc Bà, hoặc để trống.")]
    if language not in LANGUAGES:
        errors["language"] = [_("Chọn một ngôn ngữ.")]
    if said := _wrong_email(email):
        errors["email"] = [said]
    if errors:
        raise Invalid(errors=errors)
    try:
        with transaction.atomic():
            person = User.objects.create_user(email, full_name=full_name, address=address, language=language)
    except IntegrityError:  # somebody else has entered them since we looked
        raise Invalid(errors={"email": [_("Thư điện tử này đã có người dùng.")]}) from None
    enter(person, ADDITION, "", by=by)
    return person


def wrong_name(full_name: str) -> str:
    """Why nobody can be called so; nothing where somebody can."""
    if not 0 < len(full_name) <= 150:
        return _("Nhập họ và tên, không quá 150 ký tự.")
    return "" if full_name.isprintable() else _("Họ và tên có ký tự không đọc được; hãy gõ lại.")


def _wrong_email(email: str) -> str:
    try:
        validate_email(email)
        MaxLengthValidator(254)(email)
    except ValidationError:
        return _("Nhập một địa chỉ thư điện tử.")
    return _("Thư điện tử này đã có người dùng.") if User.objects.filter(email=email).exists() else ""


class Left(NamedTuple):
    """What a person who is deactivated leaves behind: ended offices, and live cases in hand."""

    offices: int
    cases: list[str]


@transaction.atomic
def deactivate(person: User, *, by: User, now: datetime | None = None) -> Left:
    """A person leaves: offices and deputies end today, nobody signs in with their name again.

    What they did stays theirs, and what they had in hand waits to be handed over.
    Raises NotYours, NotNow.
    """
    on = timezone.localdate(now)
    _hold_offices(person, Hand(by, on=on))
    person = hold_person(person, by, Hand(by, on=on))
    if not person.is_active:
        raise NotNow(_("%(person)s đã ngừng sử dụng hệ thống.") % {"person": person})
    for city in Hand(person, on=on).cities_administered:
        keep_an_administrator(city, without=person.pk, on=on)
    ended = _end_all(Appointment.objects.filter(user=person), on)
    _end_all(Delegation.objects.filter(Q(giver=person) | Q(taker=person)), on)
    person.is_active = person.is_staff = person.is_superuser = False
    take_away_keys(person)
    person.save(update_fields=["is_active", "is_staff", "is_superuser", "password"])
    enter(person, CHANGE, f"deactivated; offices ended: {ended}", by=by)
    return Left(ended, cases_in_hand(person))


def _hold_offices(person: User, hand: Hand) -> None:
    """The person's offices and those of all who administer the cities in question, locked as one set:
    two administrators do not take each other out at the same moment."""
    together = Q(user=person) | Q(role=Role.ADMINISTRATOR, unit__in=hand.cities_administered)
    offices = Appointment.objects.filter(together)
    list(offices.select_for_update(no_key=True).order_by("pk").values("pk"))


def _end_all(rows: QuerySet[Any], on: date) -> int:
    """End what runs, and what would begin later before it does; answers how many ran."""
    rows = rows.filter(Q(until=None) | Q(until__gt=on))
    list(rows.select_for_update(no_key=True).order_by("pk").values("pk"))
    rows.filter(since__gt=on).update(until=F("since"))
    return rows.filter(since__lte=on).update(until=on)


def cases_in_hand(person: User) -> list[str]:
    """Numbers of the live cases in which a person has a part, or a corrective action to do."""
    parts = person.participations.filter(ended_at=None, case__closed_at=None)
    to_do = person.corrective_actions.filter(completed_at=None, dropped_at=None, case__closed_at=None)
    numbers: set[Any] = set()
    for rows in (parts, to_do):
        numbers |= set(rows.values_list("case__number", flat=True))
    return sorted(numbers)


def pseudonymise(person: User, *, by: User, now: datetime | None = None) -> User:
    """Take the name and address of somebody who left out of the system, for good.

    The record refers to people by key: it goes on saying which deeds were one person's, and every
    hash of it holds. Raises NotYours, NotNow.
    """
    with transaction.atomic():
        person = _pseudonymise(person, by, Hand(by, on=timezone.localdate(now)))
    # Afterwards: every session of the service is read for it, while nobody waits for the locks.
    forget_sessions(person)
    return person


def _pseudonymise(person: User, by: User, hand: Hand) -> User:
    person = hold_person(person, by, hand)
    if person.is_active:
        raise NotNow(_("Hãy cho %(person)s ngừng sử dụng hệ thống trước.") % {"person": person})
    if is_pseudonymous(person):
        raise NotNow(_("Tên của người này đã được bỏ."))
    email = person.email
    person.full_name = f"Người đã rời cơ quan số {person.pk}"
    person.email = f"nguoi-{person.pk}@{NOWHERE}"
    person.address, person.language, person.last_login = Address.NONE, "vi", None
    take_away_keys(person)
    person.save()
    forget_the_name(person, email=email)
    enter(person, CHANGE, "pseudonymised", by=by)
    return person


#: Where mail to nobody goes: a domain that is promised never to exist (RFC 2606).
NOWHERE = "roi-co-quan.invalid"


def is_pseudonymous(person: User) -> bool:
    return person.email.endswith(f"@{NOWHERE}")


def hold_person(person: User, by: User, hand: Hand) -> User:
    """The person, locked, if `by` looks after every office they hold and is not they themselves."""
    (person,) = hold(person)
    offices = Appointment.objects.filter(Q(until=None) | Q(until__gt=hand.on), user=person)
    is_seen = people_of_the_cities(hand).filter(pk=person.pk).exists()
    if not is_seen or not all(hand.administers(o.unit) for o in offices.select_related("unit__parent")):
        raise NotYours(_("Chỉ quản trị của thành phố làm được việc này."))
    if person.is_superuser and not by.is_superuser:
        raise NotYours(_("Người này quản trị máy chủ; chỉ người quản trị máy chủ khác làm được việc này."))
    if person == by:
        raise NotYours(_("Không ai tự làm việc này với mình; hãy nhờ một quản trị khác."))
    return person


def is_address_of(person: User, typed: str) -> bool:
    """Whether somebody typed out whom a deed that cannot be undone is about."""
    return typed.strip().lower() == person.email
