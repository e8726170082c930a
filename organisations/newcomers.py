"""People in a file against those who are there: what each line would do, or why it cannot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from .hands import Hand
from .models import Appointment, Unit, User
from .offices import wrong_terms
from .people import people_of_the_cities
from .refusals import Fault, NotYours, Refused
from .roster import Entry
from .vietnamese import fold

#: What a line does: enters somebody, gives somebody who is there an office, or nothing.
ADDED, GIVEN, THERE = "added", "given", "there"


class Line(NamedTuple):
    """An entry with what it does; `unit` where an office goes with it."""

    entry: Entry
    effect: str
    unit: Unit | None
    since: date | None
    person: User | None


def look(entries: Sequence[Entry], *, by: User, now: datetime | None = None) -> list[Line]:
    """What each entry would do; a fixed number of statements. Raises NotYours, Refused."""
    hand = Hand(by, on=timezone.localdate(now))
    if not hand.cities_administered:
        raise NotYours(_("Chỉ quản trị của thành phố thêm người dùng."))
    return _Look(entries, hand).lines()


def tally(lines: Iterable[Line]) -> Counter[str]:
    """How many lines do what."""
    return Counter(line.effect for line in lines)


class _Look:
    """A file seen against the people and units of the cities that somebody administers."""

    def __init__(self, entries: Sequence[Entry], hand: Hand) -> None:
        self.entries, self.hand = entries, hand
        cities = hand.cities_administered
        here = Unit.objects.standing(hand.on).filter(Q(pk__in=cities) | Q(parent__in=cities))
        codes = {entry.unit for entry in entries}
        self.units = {unit.code: unit for unit in here.filter(code__in=codes).select_related("parent")}
        found = User.objects.filter(email__in={entry.email for entry in entries})
        self.people = {person.email: person for person in found}
        keys = [person.pk for person in self.people.values()]
        theirs = people_of_the_cities(hand).filter(pk__in=keys)
        self.theirs = set(theirs.values_list("pk", flat=True))
        self.held: dict[tuple[int, int, str], list[Appointment]] = {}
        for office in Appointment.objects.filter(user__in=keys, unit__in=self.units.values()):
            self.held.setdefault((office.user_id, office.unit_id, office.role), []).append(office)
        self.faults: list[Fault] = []

    def lines(self) -> list[Line]:
        self._compare_with_each_other()
        lines = [self._line(entry) for entry in self.entries]
        if self.faults:
            raise Refused(self.faults)
        return lines

    def _fault(self, entry: Entry, name: str, sentence: str) -> None:
        self.faults.append(Fault(entry.place(name), sentence))

    def _compare_with_each_other(self) -> None:
        names: dict[str, Entry] = {}
        offices: dict[tuple[str, str, str], Entry] = {}
        for entry in self.entries:
            first = names.setdefault(entry.email, entry)
            if first.full_name.casefold() != entry.full_name.casefold():
                said = _("Thư này ở dòng %(row)s mang tên khác: %(name)s.")
                self._fault(entry, "full_name", said % {"row": first.row, "name": first.full_name})
            earlier = offices.setdefault((entry.email, entry.unit, entry.role), entry)
            if earlier is not entry:
                said = _("Trùng với dòng %(row)s; chỉ giữ một dòng.")
                self._fault(entry, "email", said % {"row": earlier.row})

    def _line(self, entry: Entry) -> Line:
        person, unit = self.people.get(entry.email), self.units.get(entry.unit)
        since = entry.since or self.hand.on
        if person:
            self._look_at_person(entry, person)
        if entry.unit and unit is None:
            said = _("Không có đơn vị mang mã “%(code)s” trong thành phố.")
            self._fault(entry, "unit", said % {"code": entry.unit})
        elif unit:
            wrong = wrong_terms(entry.role, unit, since=since, until=entry.until, on=self.hand.on)
            for name, sentences in wrong.items():
                self._fault(entry, name, " ".join(sentences))
        is_there = person is not None and (unit is None or self._holds(person, unit, entry, since))
        effect = THERE if is_there else GIVEN if person else ADDED
        if effect == GIVEN and person == self.hand.user:
            self._fault(entry, "email", _("Không ai tự giao chức vụ cho mình; hãy nhờ một quản trị khác."))
        return Line(entry, effect, unit, since if unit else None, person)

    def _look_at_person(self, entry: Entry, person: User) -> None:
        if person.pk not in self.theirs:
            self._fault(entry, "email", _("Thư điện tử này đã có người dùng ở nơi khác."))
            return
        if not person.is_active:
            said = _("%(person)s đã ngừng sử dụng hệ thống.")
            self._fault(entry, "email", said % {"person": person})
        # A mistyped address would give the office of one person to another.
        if fold(person.full_name) != fold(entry.full_name):
            said = _(
                "Thư điện tử này là của %(person)s, không phải %(name)s; hãy sửa thư điện tử hoặc họ và tên."
            )
            self._fault(entry, "full_name", said % {"person": person.full_name, "name": entry.full_name})

    def _holds(self, person: User, unit: Unit, entry: Entry, since: date) -> bool:
        """Whether the person has this very office on any of these days."""
        return any(
            office.since != office.until
            and (office.until is None or office.until > since)
            and (entry.until is None or office.since < entry.until)
            for office in self.held.get((person.pk, unit.pk, entry.role), ())
        )
