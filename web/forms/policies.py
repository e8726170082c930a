"""What the page of deadlines asks: the terms of a colour, and from which day."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.text import capfirst

from indicators.models import NEEDS_WORK_CHOICES
from workflow.models import Policy
from workflow.policies import BOUNDS, TERMS
from workflow.vocabulary import Verifier

from .fields import Form, day


class PolicyForm(Form):
    """A new version of the terms of one colour."""

    colour = forms.ChoiceField(choices=NEEDS_WORK_CHOICES, widget=forms.HiddenInput)

    def __init__(self, colour: str, data: Any = None, *, terms: Policy | None = None, on: date) -> None:
        initial = {"colour": colour, "valid_from": on + timedelta(days=1)}
        initial |= {name: getattr(terms, name) for name in TERMS} if terms else {}
        super().__init__(data, auto_id=f"{colour}-%s", initial=initial)
        self.fields["valid_from"] = day(label=capfirst(_label("valid_from")))
        for name, (least, most) in BOUNDS.items():
            self.fields[name] = forms.IntegerField(
                label=capfirst(_label(name)), min_value=least, max_value=most
            )
        self.fields["verifier"] = forms.ChoiceField(
            label=capfirst(_label("verifier")), choices=Verifier.choices
        )
        for field in self.fields.values():
            field.is_asked = True

    def asked(self) -> dict[str, Any]:
        """What the person gave, for the operation; the colour apart."""
        return {name: value for name, value in self.cleaned_data.items() if name != "colour"}


def _label(name: str) -> Any:
    return Policy._meta.get_field(name).verbose_name  # type: ignore[union-attr]
