"""A case, its record and its steps in JSON."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from indicators.models import Rating
from workflow.arrows import ASKED
from workflow.lateness import days_late
from workflow.models import Case, Event
from workflow.offers import Offer

from .fields import InstantField, ModelSerializer, PersonSerializer, Strict


class CaseSerializer(ModelSerializer):
    """A case as a list shows it."""

    unit = serializers.CharField(source="unit.code")
    unit_name = serializers.CharField(help_text="of a case that is over: on the day it ended")
    indicator = serializers.CharField(source="indicator.code")
    indicator_title = serializers.CharField(source="indicator.title")
    colour_label = serializers.CharField(source="get_colour_display")
    state_label = serializers.CharField(source="get_state_display")
    turn = serializers.CharField()
    held_by = serializers.CharField(help_text="unit or city: whose a missed deadline is; nobody when ended")
    assignee = PersonSerializer(allow_null=True)
    overdue = serializers.SerializerMethodField()
    recurrence_of = serializers.CharField(source="recurrence_of.number", default=None, allow_null=True)

    class Meta:
        model = Case
        fields: Any = (
            "number", "unit", "unit_name", "indicator", "indicator_title", "colour", "colour_label",
            "state", "state_label", "turn", "held_by", "turn_due_on", "overdue", "assignee", "due_on",
            "original_due_on", "extension_count", "reopening_count", "recurrence_of",
            "recurrence_count", "opened_at", "closed_at", "version",
        )  # fmt: skip
        read_only_fields = fields

    def get_overdue(self, case: Case) -> bool:
        return case.is_overdue(self.context["today"])


class OfferSerializer(Strict):
    """A step for this person: possible, or why not, and what it asks for."""

    step = serializers.CharField()
    label: Any = serializers.CharField(source="step.label")
    possible = serializers.BooleanField()
    why_not = serializers.ListField(child=serializers.CharField())
    asks = serializers.SerializerMethodField()

    def get_asks(self, offer: Offer) -> list[dict[str, Any]]:
        return [
            {"name": n.rstrip("?"), "required": not n.endswith("?"), "label": str(ASKED[n.rstrip("?")])}
            for n in offer.asks
        ]


class ReminderSerializer(Strict):
    at = InstantField(source="reminder.at")
    kind = serializers.CharField(source="reminder.kind")
    milestone = serializers.IntegerField(
        source="reminder.milestone", help_text="working days from the deadline"
    )
    due_on = serializers.DateField(source="reminder.due_on")
    corrective_action = serializers.IntegerField(source="reminder.corrective_action_number")
    told: Any = PersonSerializer(source="people", many=True, help_text="by the offices of today")


class StageSerializer(Strict):
    """A stretch of the case in one state: who held it, until when, and how late it ended."""

    state = serializers.CharField()
    held_by = serializers.CharField()
    began_on = serializers.DateField()
    ended_on = serializers.DateField(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    days_late = serializers.IntegerField(help_text="working days")


class RatingBriefSerializer(Strict):
    kind = serializers.CharField(source="assessment.kind")
    period = serializers.CharField(source="assessment.period.code")
    colour = serializers.CharField()
    finding = serializers.CharField()


# It describes what `look` tells, and a test holds that to it.
class CaseDetailSerializer(CaseSerializer):
    """A case with everything a person needs to act on it."""

    opened_by = RatingBriefSerializer(source="rating")
    latest_rating = RatingBriefSerializer()
    ratings = serializers.SerializerMethodField(help_text="what each rater says in the newest period")
    recurrences: Any = serializers.SlugRelatedField(slug_field="number", many=True, read_only=True)
    stages = serializers.SerializerMethodField()
    days_late = serializers.SerializerMethodField(help_text="working days, by who held the case")
    supporters = serializers.SerializerMethodField()
    missing = serializers.SerializerMethodField()
    steps = serializers.SerializerMethodField()
    reminders = serializers.SerializerMethodField()

    class Meta(CaseSerializer.Meta):
        fields: Any = (
            *CaseSerializer.Meta.fields, "assign_by", "verify_by", "check_on", "answer_by",
            "accepted_on", "city_due_on", "requested_due_on",
            "product", "authority", "opened_by", "latest_rating", "ratings", "recurrences", "supporters",
            "stages", "days_late", "missing", "steps", "reminders",
        )  # fmt: skip

    @extend_schema_field(PersonSerializer(many=True))
    def get_supporters(self, case: Case) -> list[dict[str, Any]]:
        return [PersonSerializer(p.user).data for p in case.supporters.select_related("user")]

    @extend_schema_field(RatingBriefSerializer(many=True))
    def get_ratings(self, case: Case) -> Any:
        return RatingBriefSerializer(Rating.objects.beside(case.latest_rating), many=True).data

    @extend_schema_field(StageSerializer(many=True))
    def get_stages(self, case: Case) -> Any:
        return StageSerializer(self.context["stages"](case), many=True).data

    def get_days_late(self, case: Case) -> dict[str, int]:
        return {who.value: count for who, count in days_late(self.context["stages"](case)).items()}

    def get_missing(self, case: Case) -> list[str]:
        return self.context["missing"](case)

    @extend_schema_field(OfferSerializer(many=True))
    def get_steps(self, case: Case) -> Any:
        return OfferSerializer(self.context["steps"](case), many=True).data

    @extend_schema_field(ReminderSerializer(many=True))
    def get_reminders(self, case: Case) -> Any:
        return ReminderSerializer(self.context["reminders"](case), many=True).data


class EventSerializer(ModelSerializer):
    """One link of the record, with what its hash is computed over."""

    actor = PersonSerializer(allow_null=True)
    kind_label = serializers.CharField(source="get_kind_display")

    class Meta:
        model = Event
        fields = (
            "seq", "kind", "kind_label", "actor", "at", "note", "changes", "once", "previous_hash", "hash",
        )  # fmt: skip
        read_only_fields = fields
