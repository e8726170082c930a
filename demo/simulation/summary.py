"""A simulated year on one page: how large the city was, what happened, what was sent, what was kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from notifications.letters import VACANT
from notifications.models import Withheld
from workflow.vocabulary import CLOCK_KINDS, LIVE, Kind

from .facts import Facts
from .plans import is_within
from .rows import day_of, holds
from .seen import Seen

#: Breaches told of one promise; the count says how many more there are.
SHOWN = 10


def summary(seen: Seen, broken: Mapping[str, list[str]]) -> Iterator[str]:
    """The page, line by line."""
    year = seen.year
    yield f"Mô phỏng {year.first:%d/%m/%Y} – {year.last:%d/%m/%Y}, hạt giống {year.seed}"
    for title, rows in (
        ("Thành phố", _city(seen)),
        ("Hồ sơ", _cases(seen)),
        ("Đồng hồ", _clock(seen)),
        ("Thư", _mail(seen)),
    ):
        yield ""
        yield title
        for name, count in rows:
            yield f"  {name:<48}{_number(count):>9}"
    yield ""
    yield "Lời hứa"
    for said, breaches in broken.items():
        yield f"  {said:<48}{'KHÔNG ĐẠT' if breaches else 'đạt':>9}"
        yield from (f"    – {breach}" for breach in breaches[:SHOWN])
        if len(breaches) > SHOWN:
            yield f"    … và {_number(len(breaches) - SHOWN)} điều nữa"


def _number(count: int) -> str:
    return f"{count:,}".replace(",", ".")


def _city(seen: Seen) -> Iterator[tuple[str, int]]:
    facts = seen.facts
    days = facts.days_between(seen.year.first, seen.year.last)
    worked = sum(facts.is_worked(day) for day in days)
    units = [unit for unit, city in facts.city_of.items() if unit != city and facts.offices_in[unit, "staff"]]
    yield "Đơn vị", len(units)
    yield "Người", len({office.person for office in facts.offices})
    yield "Chức vụ thôi giữ", sum(office.until is not None for office in facts.offices)
    yield "Chức vụ mới giao", sum(office.since >= seen.year.first for office in facts.offices)
    yield "Lượt đi vắng có người thay", sum(len(given) for given in facts.deputies_of.values())
    yield "Ngày làm việc khuyết chủ tịch (mọi đơn vị)", sum(_vacant_days(facts, unit, days) for unit in units)
    yield "Ngày làm việc", worked
    yield "Ngày nghỉ", len(days) - worked


def _vacant_days(facts: Facts, unit: int, days: list[date]) -> int:
    chairs = facts.offices_in[unit, "chairperson"]
    return sum(facts.is_worked(day) and not any(holds(office, day) for office in chairs) for day in days)


def _cases(seen: Seen) -> Iterator[tuple[str, int]]:
    events = seen.facts.events.values()
    states: dict[int, str] = {}
    for case, happened in seen.facts.events_of.items():
        for event in happened:
            states[case] = event.changes.get("state", [None, states.get(case, "")])[1]
    ended = Counter(states.values())
    yield "Đã mở", len(states)
    yield "Đã đóng", ended["closed"]
    yield "Đã hủy", ended["cancelled"]
    yield "Còn đang xử lý", sum(ended[state] for state in LIVE)
    yield "Việc người làm trong hồ sơ", sum(event.kind not in CLOCK_KINDS for event in events)
    yield "Quá hạn lâu nhất (ngày làm việc)", _longest(seen)


def _longest(seen: Seen) -> int:
    """The most working days by which a deadline of a case was, or still is, missed."""
    facts, longest = seen.facts, (seen.year.first, seen.year.first)
    for runs in seen.runs.values():
        for run in (run for run in runs if run.action == 0):
            until = day_of(run.ended_at) if run.ended_at else seen.year.last
            if until - run.due_on > longest[1] - longest[0]:
                longest = (run.due_on, until)
    return sum(facts.is_worked(day) for day in facts.days_between(longest[0] + timedelta(days=1), longest[1]))


def _clock(seen: Seen) -> Iterator[tuple[str, int]]:
    rung = Counter(event.kind for event in seen.facts.events.values())
    days = seen.facts.days_between(seen.year.first, seen.year.last)
    yield "Số vòng", len(seen.year.rounds)
    yield "Ngày đồng hồ bị tắt", sum(is_within(seen.year.outages, day) for day in days)
    yield "Ngày máy chủ thư không chạy", sum(is_within(seen.year.mail_outages, day) for day in days)
    for kind in CLOCK_KINDS:
        yield f"{Kind(kind).label}", rung[kind]
    vacancies = {said.key for said in seen.facts.said if said.key.startswith(f"{VACANT} ")}
    yield "Báo khuyết chủ tịch (đơn vị và tuần)", len(vacancies)


def _mail(seen: Seen) -> Iterator[tuple[str, int]]:
    digests = sum(letter.is_digest for letter in seen.letters)
    yield "Tin trong hệ thống", len({(said.person, said.key) for said in seen.facts.said})
    yield "Thư báo ngay", len(seen.letters) - digests
    yield "Thư gộp hằng ngày", digests
    withheld = Counter(said.withheld for said in seen.facts.said if said.withheld)
    for reason in Withheld:
        yield f"Không gửi: {reason.label[:1].lower()}{reason.label[1:]}", withheld[reason]
