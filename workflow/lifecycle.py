"""THE machine: what may happen to a case. Every arrow names its ends, its owner and its trace.

A step changes memory only; `operations.take_step` is the one door that locks, asks, saves and
records.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from . import rules
from .arrows import step
from .vocabulary import LIVE, Kind, State

AT_WORK = (State.ASSIGNED, State.IN_PROGRESS)
WITH_THE_CITY = (State.HANDED_UP, State.WITH_CITY)
#: States in which somebody of the unit has a part.
GIVEN_OUT = tuple(state for state in LIVE if state != State.OPEN)


class Lifecycle(models.Model):
    """The states of a case and the steps between them."""

    state = FSMField(_("trạng thái"), default=State.OPEN, choices=State, protected=True)

    class Meta:
        abstract = True

    @step(
        (State.OPEN, State.ASSIGNED, State.IN_PROGRESS),
        State.ASSIGNED,
        by=rules.chairs_the_unit,
        when=(rules.assignee_holds_an_office_here, rules.only_an_extension_makes_it_later),
        asks=("assignee", "supporters?", "due_on?", "product?", "authority?", "note?"),
        leaves=Kind.ASSIGNED,
    )
    def assign(self, moment, *, assignee, supporters=(), due_on=None, product="", authority=""):
        """The chairperson gives the case to one person, with others to support them."""
        self.assignee = assignee
        self.new_supporters = [person for person in supporters or () if person != assignee]
        if due_on:
            self.due_on = moment.days.on_or_after(due_on)
        elif self.due_on:
            self.due_on = moment.days.on_or_after(self.due_on)
        else:
            self.due_on = moment.days.after_days(moment.today, self.policy.complete_within_days)
        self.original_due_on = self.original_due_on or self.due_on
        self.product = product or self.product
        self.authority = authority or self.authority
        self.requested_due_on = None

    @step(
        State.ASSIGNED,
        State.OPEN,
        by=rules.answers_for_the_case,
        asks=("note",),
        leaves=Kind.DECLINED,
    )
    def decline(self, moment):
        """The assignee hands the case back to the chairperson with a reason; its deadline stands."""
        self.assignee = self.requested_due_on = None
        self.new_supporters = []
        self.assign_by = moment.days.shift(moment.today, self.policy.assign_within_working_days)

    @step(
        State.ASSIGNED,
        State.IN_PROGRESS,
        by=rules.answers_for_the_case,
        asks=("note?",),
        leaves=Kind.STARTED,
    )
    def start(self, moment):
        """The assignee takes the work up."""

    @step(
        State.IN_PROGRESS,
        State.IN_VERIFICATION,
        by=rules.answers_for_the_case,
        when=(rules.the_file_is_complete,),
        asks=("note?",),
        leaves=Kind.SUBMITTED,
    )
    def submit(self, moment):
        """The assignee declares the work done and hands the case to a verifier."""
        self.requested_due_on = None
        self.verify_by = moment.days.shift(moment.today, self.policy.verify_within_working_days)
        self.verifier = rules.verifying_role(self, moment.today)
        return {"verifier": [self.policy.verifier, self.verifier]}

    @step(
        State.IN_VERIFICATION,
        State.MONITORING,
        by=rules.verifies_the_case,
        asks=("note?", "check_on?"),
        leaves=Kind.VERIFIED,
    )
    def verify(self, moment, *, check_on=None):
        """A verifier who did not do the work finds it done; from now its effect is watched."""
        self.verify_by = None
        self.check_on = (
            moment.days.on_or_after(check_on)
            if check_on
            else moment.days.after_days(moment.today, self.policy.check_after_days)
        )

    @step(
        State.IN_VERIFICATION,
        State.IN_PROGRESS,
        by=rules.verifies_the_case,
        when=(rules.a_later_date_is_within_the_limit,),
        asks=("note", "due_on?"),
        leaves=Kind.SENT_BACK,
    )
    def send_back(self, moment, *, due_on=None):
        """The verifier asks for more; the old deadline stands, or a later one is given and counted."""
        self.verify_by = None
        self.extension_count += bool(due_on and due_on > self.due_on)
        self.due_on = moment.days.on_or_after(due_on or self.due_on)

    @step(
        State.MONITORING,
        State.CLOSED,
        by=(rules.verifies_the_case, rules.is_intake),
        when=(rules.the_check_is_due_or_the_rating_green,),
        asks=("note?",),
        leaves=Kind.CONFIRMED,
    )
    def confirm(self, moment):
        """The effect has been shown, by a check or by a later green rating: the case closes."""
        self.closed_at = moment.at

    @step(
        State.CLOSED,
        State.IN_PROGRESS,
        by=rules.audits_the_city,
        when=(rules.the_unit_stands, rules.no_other_case_is_live),
        asks=("note", "due_on?"),
        leaves=Kind.REOPENED,
    )
    @step(
        State.MONITORING,
        State.IN_PROGRESS,
        by=(rules.verifies_the_case, rules.audits_the_city, rules.is_intake),
        asks=("note", "due_on?"),
        leaves=Kind.REOPENED,
    )
    def reopen(self, moment, *, due_on=None):
        """The problem is back, or was never gone: the same case is worked on again."""
        self.closed_at = self.check_on = None
        self.due_on = (
            moment.days.on_or_after(due_on)
            if due_on
            else moment.days.after_days(moment.today, self.policy.complete_within_days)
        )
        # A case that the city had resolved may never have had a deadline of the unit.
        self.original_due_on = self.original_due_on or self.due_on
        self.reopening_count += 1

    @step(
        AT_WORK,
        None,
        by=rules.answers_for_the_case,
        when=(rules.no_extension_is_pending, rules.the_date_is_later_than_todays),
        asks=("due_on", "note"),
        leaves=Kind.EXTENSION_REQUESTED,
    )
    def request_extension(self, moment, *, due_on):
        """The assignee asks for a later date and says why."""
        self.requested_due_on = moment.days.on_or_after(due_on)

    @step(
        AT_WORK,
        None,
        by=rules.grants_extensions,
        when=(rules.the_date_is_later_than_todays,),
        asks=("due_on", "note", "objective_cause"),
        leaves=Kind.EXTENDED,
    )
    def extend(self, moment, *, due_on, objective_cause):
        """A later date is granted, and it is said whether the cause was objective."""
        self.due_on = moment.days.on_or_after(due_on)
        self.requested_due_on = None
        self.extension_count += 1
        return {"objective_cause": [None, objective_cause]}

    @step(
        AT_WORK,
        None,
        by=(rules.chairs_the_unit, rules.grants_extensions),
        when=(rules.an_extension_is_pending,),
        asks=("note",),
        leaves=Kind.EXTENSION_REFUSED,
    )
    def refuse_extension(self, moment):
        """The deadline stays as it is."""
        self.requested_due_on = None

    @step(
        (State.OPEN, *AT_WORK),
        State.HANDED_UP,
        by=rules.chairs_the_unit,
        asks=("note",),
        leaves=Kind.HANDED_UP,
    )
    def hand_up(self, moment):
        """The chairperson shows that the matter is beyond the unit's authority; the city answers."""
        self.requested_due_on = None
        self.answer_by = moment.days.shift(moment.today, self.policy.answer_within_working_days)

    @step(
        State.HANDED_UP,
        State.WITH_CITY,
        by=rules.audits_the_city,
        asks=("due_on?", "note?"),
        leaves=Kind.ACCEPTED,
    )
    def accept(self, moment, *, due_on=None):
        """The city takes the case: the unit's clock stands still and the city's runs."""
        self.answer_by, self.accepted_on = None, moment.today
        self.city_due_on = (
            moment.days.on_or_after(due_on)
            if due_on
            else moment.days.after_days(moment.today, self.policy.complete_within_days)
        )

    @step(
        WITH_THE_CITY,
        State.OPEN,
        by=rules.audits_the_city,
        asks=("note",),
        leaves=Kind.HANDED_DOWN,
    )
    def hand_down(self, moment):
        """The unit can do it after all: it has the days back that the city held or owed an answer."""
        since = self.accepted_on or self.answer_by
        self.days_given_back = max(0, moment.days.between(since, moment.today))
        if self.due_on:
            self.due_on = moment.days.on_or_after(moment.days.shift(self.due_on, self.days_given_back))
        self.answer_by = self.accepted_on = self.city_due_on = None
        self.assignee, self.new_supporters = None, []
        self.assign_by = moment.days.shift(moment.today, self.policy.assign_within_working_days)

    @step(
        State.WITH_CITY,
        State.MONITORING,
        by=rules.audits_the_city,
        asks=("note", "check_on?"),
        leaves=Kind.RESOLVED,
    )
    def resolve(self, moment, *, check_on=None):
        """The city has done what was beyond the unit; from now its effect is watched."""
        self.accepted_on = self.city_due_on = None
        self.check_on = (
            moment.days.on_or_after(check_on)
            if check_on
            else moment.days.after_days(moment.today, self.policy.check_after_days)
        )
        self.verifier = rules.verifying_role(self, moment.today)
        return {"verifier": [self.policy.verifier, self.verifier]}

    @step(
        GIVEN_OUT,
        None,
        by=rules.chairs_the_unit,
        when=(rules.the_giver_has_a_part, rules.assignee_holds_an_office_here),
        asks=("from_person", "assignee", "note?"),
        leaves=Kind.HANDED_OVER,
    )
    def hand_over(self, moment, *, from_person, assignee):
        """One person takes over another's part; the work goes on and no deadline moves."""
        if self.assignee == from_person:
            self.assignee = assignee
        support = {part.user for part in self.supporters.select_related("user")}
        if from_person in support:
            support = (support - {from_person}) | {assignee}
        self.new_supporters = list(support - {self.assignee})
        return {"from_person": [None, from_person.pk], "to_person": [None, assignee.pk]}

    @step(
        LIVE,
        State.CANCELLED,
        by=(rules.audits_the_city, rules.is_intake),
        asks=("note",),
        leaves=Kind.CANCELLED,
    )
    def cancel(self, moment):
        """The case rested on a wrong rating and is set aside, on record."""
        self.closed_at = moment.at
        self.requested_due_on = None

    @step(
        LIVE,
        None,
        by=rules.administers_the_city,
        when=(rules.the_target_succeeds_the_unit,),
        asks=("unit", "note"),
        leaves=Kind.TRANSFERRED,
    )
    def transfer(self, moment, *, unit):
        """The case goes to a unit that took over from its own, with those of its people who go along."""
        doers = {part.user for part in self.supporters.select_related("user")} | {self.assignee}
        along = rules.holding_an_office(doers, unit, moment.today)
        self.unit = unit
        self.assignee = self.assignee if self.assignee in along else None
        self.new_supporters = list(along - {self.assignee})

    @step(
        LIVE,
        State.CANCELLED,
        by=rules.administers_the_city,
        when=(rules.the_unit_is_dissolved,),
        asks=("note",),
        leaves=Kind.FINISHED,
    )
    def finish(self, moment):
        """The case ends with its unit: no successor goes on with it."""
        self.closed_at = moment.at
        self.requested_due_on = None
