"""Random lives: a city in which everything happens in any order, and what must hold after each deed.

Each example is one city over months: sheets are rated, people act, are replaced and leave, days pass,
the clock rings. LIVES=1000 runs as many examples with new luck each time; otherwise always the same.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.models import Count, Max
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from actions.handover import hand_over_all
from actions.operations import (
    add_evidence,
    change_action,
    complete_action,
    drop_action,
    plan_action,
    record_analysis,
    withdraw_evidence,
)
from audits.operations import note_audit
from indicators.models import Indicator
from indicators.operations import Row, record_assessments
from indicators.refusals import NotAllowed
from notifications.forecast import told_of
from organisations.hands import Hand, chairs_of, office_holders
from organisations.models import Appointment, Delegation, Role, Succession, Unit, User
from tests.conftest import A_PDF, City
from workflow.arrows import arrow_for
from workflow.calendar import working_days
from workflow.checking import Checked
from workflow.clock import ring_due
from workflow.deadlines import LOCAL, is_office_time
from workflow.known import looking_at
from workflow.models import Case, Event, Timer
from workflow.offers import steps_for
from workflow.operations import comment, take_step
from workflow.refusals import Refusal
from workflow.rescheduling import Day, change_calendar
from workflow.rules import who_did_the_work
from workflow.vocabulary import CLOCK_KINDS, LIVE, TURNS, Holder, Kind, State, Step, Turn

FIRST_DAY = date(2026, 10, 7)
EXAMPLES = int(os.environ.get("LIVES", 0))
#: As many as show every kind of deed; what PostgreSQL does otherwise shows in the first of them.
USUAL = 30 if connection.vendor == "sqlite" else 20
COLOURS = ("red", "yellow", "green", "not_rated", "not_applicable")
#: Steps that end or turn a life early are taken less often, so that others live on.
RARE = {
    Step.CANCEL: 0.05,
    Step.REOPEN: 0.1,
    Step.HAND_UP: 0.1,
    Step.DECLINE: 0.2,
    Step.HAND_OVER: 0.2,
    Step.EXTEND: 0.2,
}
#: Steps that a verifier takes; whoever did the work takes none of them.
VERIFIED_BY = (Kind.VERIFIED, Kind.SENT_BACK, Kind.CONFIRMED)
#: What makes its actor one of those who did the work.
WORK_KINDS = (Kind.ACTION_COMPLETED, Kind.EVIDENCE_ADDED, Kind.RESOLVED)
seeds = st.integers(0, 2**32 - 1)


class Lives(RuleBasedStateMachine):
    """One city; rules are what may happen, the invariant is what holds after each of them."""

    city: City
    lived: Counter[str]

    @initialize()
    def begin(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.now = datetime.combine(FIRST_DAY, time(9), LOCAL).astimezone(UTC)
        self.period = 2026 * 4 + 3
        self.read: dict[int, int] = {}
        self.seen = Event.objects.aggregate(last=Max("pk"))["last"] or 0
        self.first_deadline: dict[int, date] = {}
        self.doers: dict[int, set[int]] = defaultdict(set)
        self.replayed: dict[int, dict[str, Any]] = defaultdict(dict)
        units = self.city.kien_an, self.city.phu_lien
        for old, new in (units, units[::-1]):
            Succession.objects.create(predecessor=old, successor=new, since=FIRST_DAY)
        for unit in units:
            self._rate(Random(unit.code), unit, "self", self.period, 39)

    def teardown(self) -> None:
        if hasattr(self, "atomic"):
            self.lived["cases"] += Case.objects.count()
            self.lived["events"] += Event.objects.count()
            for kind, count in Event.objects.values_list("kind").annotate(Count("pk")):
                self.lived[kind] += count
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    # --- What may happen --------------------------------------------------------------------------

    @rule(seed=seeds, kind=st.sampled_from(["self", "self", "city"]), back=st.integers(-1, 1))
    def rate_a_sheet(self, seed: int, kind: str, back: int) -> None:
        pick = Random(seed)
        self.period += max(0, back)
        index = self.period + min(0, back)
        unit = pick.choice([self.city.kien_an, self.city.phu_lien])
        self._rate(pick, unit, kind, index, pick.randint(1, 39))

    def _rate(
        self, pick: Random, unit: Unit, kind: str, index: int, count: int, weights: Any = (4, 3, 6, 1, 1)
    ) -> None:
        codes = sorted(Indicator.objects.values_list("code", flat=True))
        rows = [
            Row(unit.code, code, pick.choices(COLOURS, weights)[0], "Phát hiện", "", code)
            for code in pick.sample(codes, count)
        ]
        self._record(rows, kind, index)

    def _record(self, rows: list[Row], kind: str, index: int) -> None:
        by = self.city.auditor if kind == "city" else self.city.administrator
        period = f"{index // 4}-Q{index % 4 + 1}"
        try:
            record_assessments(rows, period=period, kind=kind, by=by, now=self.now)
        except NotAllowed:
            self.lived["not allowed"] += 1

    def people_act(self, seed: int, count: int) -> None:
        """People take steps: mostly one that is theirs and possible, sometimes any."""
        pick = Random(seed)
        for case in self._some_cases(pick, count):
            person = pick.choice(self._around(case, pick))
            offers = steps_for(case, Hand(person, on=self.today))
            mine = [offer.step for offer in offers if offer.possible]
            weights = [RARE.get(each, 1) for each in mine]
            likely = pick.choices(mine, weights)[0] if mine else None
            step = likely if likely and pick.random() < 0.9 else pick.choice(list(Step))
            self._try(lambda c=case, s=step, p=person: self._take(c, s, p, pick))

    def people_work(self, seed: int, count: int) -> None:
        """The file of a case grows, up to all that it needs."""
        pick = Random(seed)
        at_work = Case.objects.filter(state__in=[State.ASSIGNED, State.IN_PROGRESS])
        for case in self._some_cases(pick, count, at_work):
            person = pick.choice(self._around(case, pick)) if pick.random() < 0.3 else case.assignee
            for deed in self._deeds(case, person, pick):
                if not self._try(deed):
                    break

    @rule(seed=seeds, days=st.integers(2, 4))
    def a_while_of_ordinary_work(self, seed: int, days: int) -> None:
        """Day by day people act and work and the clock rings: most of what happens in a city."""
        self._work(Random(seed), days)

    @rule(seed=seeds)
    def another_while(self, seed: int) -> None:
        self._work(Random(seed), 3)

    def _work(self, pick: Random, days: int) -> None:
        if pick.random() < 0.5 or not Case.objects.live().exists():
            self.period += 1
            unit = pick.choice([self.city.kien_an, self.city.phu_lien])
            self._rate(pick, unit, "self", self.period, 39, weights=(1, 1, 8, 0, 0))
        if watched := Case.objects.filter(state=State.MONITORING).order_by("pk").first():
            colour = pick.choice(["green", "green", "yellow"])
            row = Row(watched.unit.code, watched.indicator.code, colour, "Đo lại", "", "1")
            self._record([row], "self", self.period)
        for _ in range(days):
            self.time_passes(pick.randint(1, 7), pick.randint(1, 9))
            self.people_act(pick.getrandbits(32), 6)
            self.people_work(pick.getrandbits(32), 5)
            self.people_act(pick.getrandbits(32), 6)
            if pick.random() < 0.2:
                self.the_calendar_is_edited(pick.getrandbits(32), pick.choice([False, True, None]))
                self.the_city_looks(pick.getrandbits(32))
            self.the_clock_rings(1)
            self.all_is_well()

    def the_city_looks(self, seed: int) -> None:
        """An auditor, mostly, writes down what they saw."""
        pick = Random(seed)
        for case in self._some_cases(pick, 2):
            by = self.city.auditor if pick.random() < 0.8 else pick.choice(self._around(case, pick))
            self._try(lambda c=case, b=by: note_audit(c, by=b, note="Đã xem", verdict="holds", now=self.now))

    @rule(days=st.integers(1, 45), hour=st.integers(0, 23))
    def a_clock_is_late(self, days: int, hour: int) -> None:
        self.time_passes(days, hour)
        self.the_clock_rings(2)

    def time_passes(self, days: int, hour: int) -> None:
        self.now = (self.now + timedelta(days=days)).replace(hour=hour)

    def the_clock_rings(self, times: int) -> None:
        before = set(Timer.objects.filter(next_at__lte=self.now).values_list("pk", flat=True))
        rung = [ring_due(now=self.now) for _ in range(times)]
        assert sum(rung[1:]) == 0, "a second clock finds nothing more to say"
        if is_office_time(self.now, working_days()):
            assert not Timer.objects.filter(pk__in=before, next_at__lte=self.now).exists()
        else:
            assert rung == [0] * times

    @rule(seed=seeds)
    def people_come_and_go(self, seed: int) -> None:
        pick = Random(seed)
        person = pick.choice(list(self.city.people.values()))
        unit = pick.choice([self.city.kien_an, self.city.phu_lien])
        deed = pick.choice(["leave", "come", "delegate", "end", "deactivate", "hand over"])
        if deed == "leave":
            held = Appointment.objects.current(self.today).filter(user=person)
            held.update(until=self.today)
        elif deed == "come":
            role = pick.choice([Role.CHAIRPERSON, Role.VICE_CHAIR, Role.STAFF, Role.AUDITOR])
            where = self.city.unit if role == Role.AUDITOR else unit
            Appointment.objects.create(user=person, unit=where, role=role, since=self.today)
        elif deed == "delegate":
            giver = pick.choice(list(self.city.people.values()))
            if giver != person:
                Delegation.objects.create(giver=giver, taker=person, unit=unit, since=self.today)
        elif deed == "end":
            Delegation.objects.filter(taker=person).update(until=self.today)
        elif deed == "deactivate" and pick.random() < 0.2:
            User.objects.filter(pk=person.pk).update(is_active=False)
        elif deed == "hand over":
            to, by = (pick.choice(list(self.city.people.values())) for _ in range(2))
            self._try(lambda: hand_over_all(person, to=to, unit=unit, by=by, now=self.now))

    @rule(seed=seeds, is_working=st.sampled_from([False, False, True, None]))
    def the_calendar_is_edited(self, seed: int, is_working: bool | None) -> None:
        """A day is declared one of rest or of work, mostly one on which something is due."""
        pick = Random(seed)
        due = Case.objects.filter(turn_due_on__gte=self.today).order_by("turn_due_on", "pk")
        days = list(due.values_list("turn_due_on", flat=True)[:30]) or [self.today]
        on = pick.choice(days) + timedelta(days=pick.choice([0, 0, 0, -1, 1, 2]))
        day = Day(on, is_working, "Theo chỉ đạo")
        self._try(lambda: change_calendar([day], by=self.city.administrator, now=self.now))

    # --- What must hold ---------------------------------------------------------------------------

    @invariant()
    def all_is_well(self) -> None:
        if not hasattr(self, "atomic"):
            return
        new: dict[int, list[Event]] = defaultdict(list)
        for event in Event.objects.filter(pk__gt=self.seen).order_by("case", "seq"):
            new[event.case_id].append(event)
            self.seen = max(self.seen, event.pk)
        twins = Case.objects.live().values("unit", "indicator").annotate(n=Count("pk")).filter(n__gt=1)
        assert not twins.exists()
        related = ("policy", "unit__parent", "latest_rating__intake")
        changed = list(Case.objects.filter(pk__in=new).select_related(*related).order_by("pk"))
        for case in changed:
            events = new[case.pk]
            assert events[0].seq == self.read.get(case.pk, 0) + 1
            assert not list(Checked(case.number).breaks())
            self._follows_drawn_arrows(case, events)
            self._separates_duties(case, events)
            self._counts(case)
            self._keeps_the_first_deadline(case)
            self._timers_match(case)
            self.read[case.pk] = case.version
        for case in [case for case in changed if case.is_live][:1]:
            # Of one: asking it of all would take most of the time.
            self._waits_for_somebody(case)
            self._knows_what_the_rules_know(case)

    def _follows_drawn_arrows(self, case: Case, events: list[Event]) -> None:
        """The record alone tells where the case stands, by arrows that are drawn, and rings what runs."""
        said = self.replayed[case.pk]
        for event in events:
            if event.kind in CLOCK_KINDS:
                self._rings_what_runs(event, said)
                continue
            if "corrective_action" in event.changes:
                continue
            state = event.changes.get("state")
            if state and event.kind != Kind.OPENED:
                steps = [a for s in Step if (a := arrow_for(s, state[0])) and a.leaves == event.kind]
                assert state[0] == said["state"]
                assert [arrow.target for arrow in steps] == [state[1]], (event.kind, state)
            said |= {name: pair[1] for name, pair in event.changes.items()}
        assert said["state"] == case.state
        name = TURNS[case.state][1]
        due_on = getattr(case, name) if name else None
        assert case.turn_due_on == due_on
        assert (date.fromisoformat(said[name]) if name else None) == due_on

    def _rings_what_runs(self, event: Event, said: dict[str, Any]) -> None:
        assert said["state"] in LIVE
        if "corrective_action" not in event.changes:
            name = TURNS[said["state"]][1]
            assert event.changes["timer"][1] == name
            assert event.changes["due_on"][1] == said[name]
        assert is_office_time(event.at, working_days())

    def _separates_duties(self, case: Case, events: list[Event]) -> None:
        """Told by the record alone: who did the work so far, and that none of them verifies it."""
        doers = self.doers[case.pk]
        for event in events:
            if event.kind in VERIFIED_BY:
                by = event.actor_id or case.latest_rating.intake.recorded_by_id
                assert by not in doers, (case.number, event.kind)
            doers |= {event.changes["assignee"][1]} if "assignee" in event.changes else set()
            doers |= set(event.changes["supporters"][1]) if "supporters" in event.changes else set()
            doers |= {event.actor_id} if event.kind in WORK_KINDS else set()

    def _knows_what_the_rules_know(self, case: Case) -> None:
        """What is read once for a whole look at a case is what each rule asks for by itself."""
        days = working_days()
        meant = told_of(case, days=days, on=self.today)
        with looking_at(case, on=self.today) as known:
            assert told_of(case, days=days, on=self.today) == meant
        assert known.doers == who_did_the_work(case)
        assert known.chairs == chairs_of(case.unit_id, self.today)
        assert [one.user_id for one in known.supporters] == [one.user_id for one in case.supporters]

    def _waits_for_somebody(self, case: Case) -> None:
        """Where there is anybody who may, the case stands on somebody's list of work."""
        chairs = chairs_of(case.unit_id, self.today)
        auditors = office_holders(Role.AUDITOR, case.unit.city.pk, self.today)
        doers = self.doers[case.pk] if case.turn == Turn.VERIFIER else set()
        able = auditors - doers if case.turn == Turn.CITY else (chairs - doers) or (auditors - doers)
        if not case.is_live or not able or (case.turn != Turn.VERIFIER and not chairs):
            return
        people = User.objects.filter(pk__in=able | {case.assignee_id} - {None})
        waiting = Case.objects.filter(pk=case.pk)
        assert any(waiting.awaiting(person, on=self.today).exists() for person in people), case.number

    def _counts(self, case: Case) -> None:
        kinds = Counter(case.events.values_list("kind", flat=True))
        counted = case.events.filter(changes__has_key="extension_count")
        assert case.extension_count == counted.count() >= kinds[Kind.EXTENDED]
        assert case.reopening_count == kinds[Kind.REOPENED]
        assert case.version == kinds.total()
        parts = case.participations.filter(ended_at=None)
        leads = [part.user_id for part in parts if part.part == "lead"]
        assert leads == ([case.assignee_id] if case.assignee_id else [])

    def _keeps_the_first_deadline(self, case: Case) -> None:
        first = self.first_deadline.setdefault(case.pk, case.original_due_on) or case.original_due_on
        assert case.original_due_on == first
        self.first_deadline[case.pk] = first

    def _timers_match(self, case: Case) -> None:
        running = {t.corrective_action_number: t for t in case.timers.exclude(next_at=None)}
        if not case.is_live:
            assert running == {}
            return
        assert running.pop(0).due_on == case.turn_due_on
        outstanding = {
            a.number: a.due_on for a in case.corrective_actions.filter(completed_at=None, dropped_at=None)
        }
        assert {n: t.due_on for n, t in running.items()} == (outstanding if case.is_worked_on else {})

    # --- How it happens ---------------------------------------------------------------------------

    @property
    def today(self) -> date:
        return self.now.astimezone(LOCAL).date()

    def _try(self, deed: Any) -> bool:
        """A deed is done, or refused in a sentence and leaves nothing behind; it never fails otherwise."""
        try:
            with transaction.atomic():
                deed()
        except Refusal as refusal:
            self.lived["refused"] += 1
            self.lived["refused without a word"] += not all(str(s).strip() for s in refusal.sentences)
            return False
        return True

    def _some_cases(self, pick: Random, count: int, cases: Any = None) -> Iterator[Case]:
        # A dozen live cases again and again, so that lives are long; any other now and then.
        chosen = Case.objects.live() if cases is None else cases
        keys = list(chosen.order_by("pk").values_list("pk", flat=True)[:12])
        keys += (
            list(Case.objects.order_by("pk").values_list("pk", flat=True)[:100])
            if pick.random() < 0.2
            else []
        )
        for key in pick.sample(keys, min(count, len(keys))):
            yield Case.objects.select_related("policy", "unit__parent", "assignee").get(pk=key)

    def _around(self, case: Case, pick: Random) -> list[User]:
        """Mostly those whose turn it is, else those in office around the case, sometimes anybody."""
        lot = pick.random()
        if lot < 0.04:
            return list(self.city.people.values())
        if lot < 0.7 and case.turn == Turn.ASSIGNEE and case.assignee:
            return [case.assignee]
        if lot < 0.7 and (those := self._whose_turn(case)):
            return list(User.objects.filter(pk__in=those).order_by("pk"))
        held = Appointment.objects.current(self.today).filter(unit__in=[case.unit_id, case.unit.parent_id])
        near = list(User.objects.filter(pk__in=held.values("user")).order_by("pk"))
        return near or list(self.city.people.values())

    def _whose_turn(self, case: Case) -> set[int]:
        chairs = chairs_of(case.unit_id, self.today)
        if case.turn == Turn.CHAIRPERSON or (case.turn == Turn.VERIFIER and case.held_by == Holder.UNIT):
            return chairs
        return office_holders(Role.AUDITOR, case.unit.city.pk, self.today)

    def _take(self, case: Case, step: Step, by: User, pick: Random) -> None:
        arrow = arrow_for(step, case.state)
        people = self._around(case, pick)
        can_give = {
            "assignee": pick.choice(people),
            "supporters": pick.sample(people, min(len(people), 2)),
            "from_person": case.assignee or pick.choice(people),
            "due_on": self.today + timedelta(days=pick.randint(1, 200)),
            "check_on": self.today + timedelta(days=pick.randint(1, 90)),
            "note": "Có lý do",
            "objective_cause": pick.random() < 0.5,
            "unit": pick.choice([self.city.kien_an, self.city.phu_lien]),
        }
        asks = arrow.asks if arrow else ()
        given = {
            n.rstrip("?"): can_give.get(n.rstrip("?")) for n in asks if pick.random() < 0.5 or "?" not in n
        }
        take_step(case, step, by=by, now=self.now, **given)

    def _deeds(self, case: Case, by: User | None, pick: Random) -> Iterator[Any]:
        at: dict[str, Any] = {"by": by, "now": self.now}
        if by is None:
            return
        texts = dict.fromkeys(("correction", "root_cause", "similar_cases", "effectiveness_criterion"), "Có")
        yield lambda: record_analysis(case, **at, **texts)
        yield lambda: comment(case, note="Đang làm", **at)
        due_on = self.today + timedelta(days=pick.randint(0, 40))
        yield lambda: plan_action(case, description="Việc", owner=by, due_on=due_on, **at)
        if pick.random() < 0.1:
            yield lambda: change_action(case, 1, description="Việc khác", **at)
        if pick.random() < 0.3:
            return
        outstanding = case.corrective_actions.filter(completed_at=None, dropped_at=None)
        for number in outstanding.values_list("number", flat=True):
            end: Any = drop_action if pick.random() < 0.1 else complete_action
            more = {"note": "Thừa"} if end is drop_action else {}
            yield lambda n=number, end=end, more=more: end(case, n, **at, **more)
        yield lambda: add_evidence(case, upload=SimpleUploadedFile("a.pdf", A_PDF), **at)
        if pick.random() < 0.1 and (proof := case.evidence.filter(withdrawn_at=None).first()):
            yield lambda: withdraw_evidence(proof, note="Nhầm tệp", **at)
        if pick.random() < 0.7:
            yield lambda: take_step(Case.objects.get(pk=case.pk), Step.SUBMIT, **at)


def test_thousands_of_random_lives(city: City, capsys: Any) -> None:
    lived: Counter[str] = Counter()

    class InThisCity(Lives):
        pass

    InThisCity.city, InThisCity.lived = city, lived
    run_state_machine_as_test(
        InThisCity,
        settings=settings(
            max_examples=EXAMPLES or USUAL,
            stateful_step_count=5,
            deadline=None,
            derandomize=not EXAMPLES,
            database=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
            # A shorter life that fails as well would cost minutes of trying: the seeds say enough.
            phases=[Phase.explicit, Phase.generate],
        ),
    )
    with capsys.disabled():
        print(f"\n{dict(lived.most_common())}")
    assert lived["cases"] > 40 * (EXAMPLES or USUAL)
    assert not lived["refused without a word"]
    never = {kind for kind in Kind if not lived[kind]} - {Kind.FINISHED}
    assert not never, "a life in which this never happens shows nothing of it"
