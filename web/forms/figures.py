"""What the list behind a figure is narrowed by: said in its address, shown above it, chosen nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits.cohorts import has_passed, is_done, opened_from, opened_until, with_days, with_post
from audits.vocabulary import Done, Post, Stage
from indicators.models import Group, Period, Rating
from organisations.models import UnitKind, UnitQuerySet, User
from workflow.queries import CaseQuerySet

from .fields import Form

#: The largest key that is asked of a database.
MAX_KEY = 2**31 - 1


def _key() -> forms.IntegerField:
    return forms.IntegerField(
        required=False, min_value=1, max_value=MAX_KEY, widget=forms.HiddenInput, label=""
    )


def _choice(choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(required=False, choices=choices, widget=forms.HiddenInput)


def _period() -> Any:
    return forms.ModelChoiceField(
        queryset=Period.objects.all(), to_field_name="code", required=False, widget=forms.HiddenInput
    )


class FigureFields(Form):
    """Fields of a list of cases that only a figure fills in."""

    unit_key = _key()
    #: A unit that has the case, or whose rating opened it before a reorganisation handed it on.
    about = _key()
    unit_kind = _choice(UnitKind.choices)
    group = _choice(Group.choices)
    #: The period of the rating that opened a case; without it, any period between these two.
    period = _period()
    period_from = _period()
    period_to = _period()
    done = _choice(Done.choices)
    passed = _choice(Stage.choices)
    recurrence = forms.BooleanField(required=False, widget=forms.HiddenInput)
    held = _choice(Post.choices)
    assignee = _key()
    #: The units whose affairs the reader sees.
    visible: UnitQuerySet

    def given(self) -> dict[str, Any]:
        """What was understood, without what was left empty."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def apply_figures(self, cases: CaseQuerySet, *, on: date) -> CaseQuerySet:
        """The cases that the figure counted."""
        given = self.given()
        plain = {
            "unit_key": "unit",
            "unit_kind": "unit__kind",
            "group": "indicator__group",
            "assignee": "assignee",
            "period": "rating__assessment__period",
        }
        cases = cases.filter(**{path: given[name] for name, path in plain.items() if name in given})
        if "about" in given:
            opened_by = Rating.objects.filter(assessment__unit=given["about"])
            cases = cases.filter(Q(unit=given["about"]) | Q(rating__in=opened_by.values("pk")))
        if "period_from" in given:
            cases = opened_from(cases, given["period_from"])
        if "period_to" in given:
            cases = opened_until(cases, given["period_to"])
        if "recurrence" in given:
            cases = cases.filter(recurrence_of__isnull=False)
        if "done" in given:
            cases = with_days(cases).filter(is_done(given["done"]))
        if "passed" in given:
            cases = with_days(cases).filter(has_passed(given["passed"]))
        return with_post(cases, on=on).filter(post=given["held"]) if "held" in given else cases

    def figure(self) -> list[str]:
        """The narrowing in words, for whoever came from a figure."""
        return list(self._said())

    def figure_fields(self) -> list[Any]:
        """The fields to send along when the list is narrowed further."""
        return [self[name] for name in FigureFields.base_fields if name in self.given()]

    def _said(self) -> Iterator[str]:
        given = self.given()
        for name in ("unit_key", "about"):
            if name in given and (unit := self.visible.filter(pk=given[name]).first()):
                yield str(unit)
        if "unit_kind" in given:
            yield str(UnitKind(given["unit_kind"]).label)
        if "group" in given:
            yield str(Group(int(given["group"])).label)
        if "period" in given:
            yield _("mở theo đánh giá kỳ %(periods)s") % {"periods": given["period"]}
        if "period_from" in given or "period_to" in given:
            ends = [str(given.get(name, "…")) for name in ("period_from", "period_to")]
            yield _("mở theo đánh giá kỳ %(periods)s") % {"periods": " – ".join(dict.fromkeys(ends))}
        if "done" in given:
            yield str(Done(given["done"]).label)
        if "passed" in given:
            yield _("đã qua chặng %(stage)s") % {"stage": Stage(given["passed"]).label}
        if "recurrence" in given:
            yield _("tái diễn")
        if "assignee" in given and (person := self._person(given["assignee"])):
            yield str(person)
        if "held" in given:
            yield str(HELD[Post(given["held"])])

    def _person(self, key: int) -> User | None:
        """Somebody of the units the reader sees: of anybody else not even the name."""
        here = self.visible.order_by().values("pk")
        return User.objects.filter(pk=key, appointments__unit__in=here).first()


#: With whom the cases are, said of a list.
HELD = {
    Post.ASSIGNEE: gettext_lazy("người chủ trì đang giữ"),
    Post.CHAIR: gettext_lazy("chủ tịch đơn vị đang giữ"),
    Post.CITY: gettext_lazy("thành phố đang giữ"),
}
