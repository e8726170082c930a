"""What the entrance for machines remembers of its own: answers that may be asked for again."""

from django.conf import settings
from django.db import models


class Answer(models.Model):
    """What a request with an Idempotency-Key was answered, kept for a day.

    `key` and `request` are digests: of the key as sent, and of the address with what was asked.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=64)
    request = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=bytes)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="one_answer_a_key")]
