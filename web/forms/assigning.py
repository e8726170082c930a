"""Several cases of one unit given out at once: to each its person, and what holds for all ("6 rõ")."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from workflow.arrows import ASKED
from workflow.models import Case
from workflow.suggestions import Candidate, Suggestion, candidates, suggestions

from .fields import CHOOSE, Form, PeopleField, day, people_of, text


class Line(NamedTuple):
    """One case on the form: who, with what result, and whom the form proposes and why."""

    case: Case
    field: Any
    product: Any
    suggestion: Suggestion | None


class AssigningForm(Form):
    supporters: Any = PeopleField(
        queryset=None, required=False, widget=forms.CheckboxSelectMultiple, label=ASKED["supporters"]
    )
    due_on = day(required=False, label=ASKED["due_on"])
    product = text(required=False, rows=2, label=_("Sản phẩm chung, cho hồ sơ để trống ở trên"))
    authority = text(required=False, rows=2, label=ASKED["authority"])
    note = text(required=False, rows=2, label=ASKED["note"])

    def __init__(self, cases: Sequence[Case], *, on: date, data: Any = None) -> None:
        super().__init__(data, auto_id="assigning-%s")
        self.cases = list(cases)
        people = candidates(cases[0].unit_id, on=on)
        proposed = suggestions(cases, people, on=on)
        self.fields["supporters"].queryset = people_of(cases[0].unit_id, on)
        self.fields["due_on"].help_text = _("Để trống: theo quy định của từng mức, tính từ hôm nay.")
        choices = [("", CHOOSE), *((each.person.pk, _label(each)) for each in people)]
        self.names = {case.pk: f"assignee-{case.number}" for case in cases}
        for case in cases:
            self._add(case, choices, proposed.get(case.pk))
        self.proposed = proposed
        self.people = {str(each.person.pk): each.person for each in people}

    def _add(self, case: Case, choices: list[Any], suggestion: Suggestion | None) -> None:
        field = forms.ChoiceField(label=ASKED["assignee"], choices=choices, required=False)
        self.fields[self.names[case.pk]] = field
        self.fields[f"product-{case.number}"] = text(required=False, rows=1, label=ASKED["product"])
        self.initial[f"product-{case.number}"] = case.product
        self.initial[self.names[case.pk]] = suggestion.person if suggestion else ""

    def lines(self) -> list[Line]:
        return [
            Line(
                case,
                self[self.names[case.pk]],
                self[f"product-{case.number}"],
                self.proposed.get(case.pk),
            )
            for case in self.cases
        ]

    def clean(self) -> None:
        for name in self.names.values():
            if name not in self.errors and not self.cleaned_data.get(name):
                self.add_error(name, _g("Hãy chọn người chủ trì."))

    def given(self, case: Case) -> dict[str, Any]:
        """What the step asks for, for one of the cases."""
        shared = ("due_on", "product", "authority", "note")
        person = self.people[self.cleaned_data[self.names[case.pk]]]
        supporters = [each for each in self.cleaned_data["supporters"] if each != person]
        given = {name: self.cleaned_data[name] for name in shared}
        own = self.cleaned_data[f"product-{case.number}"] or given["product"]
        return given | {"assignee": person, "supporters": supporters, "product": own}


def _label(candidate: Candidate) -> str:
    """A name with what the person has already: whoever gives work sees whom they load."""
    count = candidate.live_cases
    load = ngettext("%(count)s hồ sơ đang xử lý", "%(count)s hồ sơ đang xử lý", count) % {"count": count}
    return f"{candidate.person} · {load}"
