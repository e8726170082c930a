"""What the heart hears from below: ratings that may open cases."""

from typing import Any

from django.dispatch import receiver

from indicators.models import Intake
from indicators.operations import Effect, NewRating
from indicators.signals import assessment_recorded

from .intake import open_cases


@receiver(assessment_recorded)
def open_cases_of_an_assessment(
    sender: type, *, intake: Intake, ratings: list[NewRating], **kwargs: Any
) -> list[Effect]:
    return open_cases(intake, ratings)
