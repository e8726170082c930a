"""The form of a step, drawn from what its arrow asks; what must be given the door decides."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organisations.models import Unit, User
from workflow.arrows import ASKED, Arrow
from workflow.models import Case
from workflow.vocabulary import Step

from .fields import CHOOSE, Form, PeopleField, day, people_of, text, yes_or_no

Maker = Callable[[Case, date, dict[str, Any]], forms.Field]


def _from_person(case: Case, on: date, given: dict[str, Any]) -> forms.Field:
    taking_part = case.participations.filter(ended_at=None).values("user")
    return forms.ModelChoiceField(User.objects.filter(pk__in=taking_part), empty_label=CHOOSE, **given)


def _assignee(case: Case, on: date, given: dict[str, Any]) -> forms.Field:
    return forms.ModelChoiceField(people_of(case.unit_id, on), empty_label=CHOOSE, **given)


def _supporters(case: Case, on: date, given: dict[str, Any]) -> forms.Field:
    return PeopleField(people_of(case.unit_id, on), widget=forms.CheckboxSelectMultiple, **given)


def _unit(case: Case, on: date, given: dict[str, Any]) -> forms.Field:
    heirs = Unit.objects.standing(on).filter(inheritances__predecessor=case.unit_id)
    successors = heirs.distinct()
    return forms.ModelChoiceField(queryset=successors, empty_label=_("Chọn đơn vị"), **given)


#: The kind of field for each name a step may ask for.
MAKERS: dict[str, Maker] = {
    "from_person": _from_person,
    "assignee": _assignee,
    "supporters": _supporters,
    "unit": _unit,
    "due_on": lambda case, on, given: day(**given),
    "check_on": lambda case, on, given: day(**given),
    "objective_cause": lambda case, on, given: yes_or_no(**given),
    "product": lambda case, on, given: text(rows=2, **given),
    "authority": lambda case, on, given: text(rows=2, **given),
    "note": lambda case, on, given: text(**given),
}

#: What leaving a field empty means, by step and name.
HELP = {
    (Step.ACCEPT, "due_on"): _("Để trống: theo quy định, %(days)s ngày từ hôm nay."),
    (Step.RESOLVE, "check_on"): _("Để trống: theo quy định, %(check_days)s ngày từ hôm nay."),
    (Step.HAND_UP, "note"): _("Nêu vì sao việc này vượt thẩm quyền của đơn vị và kiến nghị gì."),
    (Step.ASSIGN, "due_on"): _("Để trống: theo quy định, %(days)s ngày từ hôm nay."),
    (Step.REOPEN, "due_on"): _("Để trống: theo quy định, %(days)s ngày từ hôm nay."),
    (Step.SEND_BACK, "due_on"): _("Để trống: giữ hạn hiện nay."),
    (Step.VERIFY, "check_on"): _("Để trống: theo quy định, %(check_days)s ngày từ hôm nay."),
}


KEEPS_ITS_DEADLINE = _("Để trống: giữ hạn %(due_on)s; muộn hơn thì phải gia hạn.")
#: What a step calls what it asks, where the general word would mislead.
LABELS = {
    (Step.HAND_OVER, "assignee"): _("Người nhận bàn giao"),
    (Step.ACCEPT, "due_on"): _("Hạn thành phố xử lý"),
}


class VersionForm(Form):
    """The state of things that a person decided on, and nothing else."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def asked(self) -> dict[str, Any]:
        """What the person gave, for the door."""
        return {}


class StepForm(VersionForm):
    """What one step asks for in one case."""

    def __init__(self, case: Case, arrow: Arrow, *, on: date, data: Any = None) -> None:
        super().__init__(data, auto_id=f"{arrow.step}-%s", initial=_initial(case, arrow))
        for name in arrow.asked_names:
            label = LABELS.get((arrow.step, name), ASKED[name])
            field: Any = MAKERS[name](case, on, {"label": label, "required": False})
            if name in arrow.required_names:
                field.is_asked = True
                if not isinstance(field.widget, forms.RadioSelect):
                    field.widget.attrs["required"] = True
            if arrow.step == Step.ASSIGN and name == "due_on" and case.due_on:
                field.help_text = KEEPS_ITS_DEADLINE % {"due_on": f"{case.due_on:%d/%m/%Y}"}
            elif said := HELP.get((arrow.step, name)):
                field.help_text = said % {
                    "days": case.policy.complete_within_days,
                    "check_days": case.policy.check_after_days,
                }
            self.fields[name] = field

    def asked(self) -> dict[str, Any]:
        given = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        if "supporters" in given:
            given["supporters"] = list(given["supporters"])
        return given


def _initial(case: Case, arrow: Arrow) -> dict[str, Any]:
    if arrow.step == Step.ASSIGN:
        support = list(case.supporters.values_list("user", flat=True))
        given = {"product": case.product, "authority": case.authority, "assignee": case.assignee_id}
        return given | {"supporters": support}
    if arrow.step == Step.EXTEND:
        return {"due_on": case.requested_due_on}
    if arrow.step == Step.HAND_OVER:
        return {"from_person": case.assignee_id}
    return {}
