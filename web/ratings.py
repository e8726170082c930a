"""An assessment being typed: what is on record, what somebody means to say instead, and what came between."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from indicators.comparison import last_before, ratings_of
from indicators.models import Assessment, Colour, Group, Indicator, Period, Rating
from indicators.operations import Row, as_lines
from organisations.models import Unit
from workflow.models import Case

from .forms.ratings import SAID, RatingForm

#: What an indicator says that nobody has rated.
NOTHING = (Colour.NOT_RATED.value, "", "")


class Draft(NamedTuple):
    """What somebody means to say of an indicator, from which rating, and what was wrong with it."""

    said: tuple[str, str, str]
    seen: int | None = None
    faults: tuple[tuple[str, str], ...] = ()


class Item(NamedTuple):
    """One indicator of the form; `newer` is what somebody else said since it was drawn."""

    indicator: Indicator
    form: RatingForm
    before: str
    newer: Rating | None
    case: Case | None
    #: (field, sentence) of what was wrong with it in a file.
    faults: tuple[tuple[str, str], ...]


class Sheet:
    """The 39 indicators of one unit, period and rater, with what is in force."""

    def __init__(self, unit: Unit, period: Period, kind: str) -> None:
        self.unit, self.period, self.kind = unit, period, kind
        self.indicators = list(Indicator.objects.all())
        self.assessment = Assessment.objects.filter(unit=unit, period__code=period.code, kind=kind).first()
        rows = Rating.objects.in_force().filter(assessment=self.assessment)
        found = rows.select_related("intake__recorded_by") if self.assessment else []
        self.in_force: dict[int, Rating] = {rating.indicator_id: rating for rating in found}

    def key(self, indicator: Indicator) -> int:
        """Key of the rating in force, 0 for none."""
        rating = self.in_force.get(indicator.pk)
        return rating.pk if rating else 0

    def drawn(self, drafts: Mapping[str, Draft] | None = None) -> list[RatingForm]:
        """The form as it stands on record, or with what somebody means to say instead."""
        forms = []
        for indicator in self.indicators:
            draft = (drafts or {}).get(indicator.code)
            said = draft.said if draft else said_by(self.in_force.get(indicator.pk))
            initial = dict(zip(SAID, said, strict=True)) | {"seen": self.key(indicator)}
            forms.append(RatingForm(indicator, initial=initial))
        return forms

    def sent(self, data: Any) -> list[RatingForm]:
        return [
            RatingForm(indicator, data, kept=said_by(self.in_force.get(indicator.pk)))
            for indicator in self.indicators
        ]

    def changed(self, forms: Iterable[RatingForm]) -> list[RatingForm]:
        """Of valid forms those that say otherwise than what they were drawn from."""
        forms = list(forms)
        seen = {form.cleaned_data["seen"] for form in forms}
        drawn_from = Rating.objects.filter(pk__in=seen, assessment=self.assessment) if seen else []
        base = {rating.pk: rating for rating in drawn_from}
        return [form for form in forms if form.said() != said_by(base.get(form.cleaned_data["seen"]))]

    def newer(self, indicator: Indicator, seen: int | None, said: tuple[str, str, str]) -> Rating | None:
        """What is in force instead of what was seen, unless it says the same."""
        rating = self.in_force.get(indicator.pk)
        if rating is None or seen is None or rating.pk == seen or said_by(rating) == said:
            return None
        return rating

    def groups(
        self,
        forms: Iterable[RatingForm],
        newer: Mapping[str, Rating],
        drafts: Mapping[str, Draft],
    ) -> list[tuple[Group, list[Item]]]:
        """The form in the order of the standard, with the last period and the case of each."""
        last = last_before([self.unit.pk], period=self.period, kind=self.kind)
        before = ratings_of(last.values())
        live = {case.indicator_id: case for case in Case.objects.live().filter(unit=self.unit)}
        items = []
        for form in forms:
            indicator, code = form.indicator, form.indicator.code
            earlier = before.get((self.unit.pk, indicator.pk))
            then = earlier.colour if earlier else ""
            faults = drafts[code].faults if code in drafts else ()
            items.append(Item(indicator, form, then, newer.get(code), live.get(indicator.pk), faults))
        return [(group, [i for i in items if i.indicator.group == group]) for group in Group]


def said_by(rating: Rating | None) -> tuple[str, str, str]:
    """Colour and words of a rating, with line ends as any form sends them back."""
    if rating is None:
        return NOTHING
    return rating.colour, as_lines(rating.finding), as_lines(rating.evidence_note)


def drafts_of_rows(rows: Iterable[Row]) -> dict[str, Draft]:
    """What waits to be confirmed, taken back into the form."""
    return {row.indicator: Draft((row.colour, row.finding, row.evidence_note), row.seen) for row in rows}
