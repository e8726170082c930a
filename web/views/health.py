"""Whether the service is alive, and whether it is ready to work: for machines that watch it."""

from collections.abc import Callable
from typing import Any

from celery import current_app
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from notifications.listening import WEBHOOK
from notifications.models import Message, MessageState
from notifications.settling import SETTLED
from workflow import rounds
from workflow.clock import database_now
from workflow.models import Timer

#: How long the broker may take to answer.
BROKER_SECONDS = 2


@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 when everything a step needs is there; 503 names what is not. Either says, as far as the
    database answers, what was last heard of each round and what has been waiting since when."""
    answers = _answers(
        database=_database, migrations=_migrations, broker=_broker, clock=_clock, worker=_worker
    )
    is_ready = all(answer == "ok" for answer in answers.values())
    has_words = answers["database"] == "ok"
    told = _answers(rounds=_rounds, since=_waiting_since, unsettled=_unsettled) if has_words else {}
    return JsonResponse({"ready": is_ready, **answers, **told}, status=200 if is_ready else 503)


def _answers(**checks: Callable[[], Any]) -> dict[str, Any]:
    return {name: _answer(check) for name, check in checks.items()}


def _answer(check: Callable[[], Any]) -> Any:
    try:
        return check()
    except Exception as error:
        return type(error).__name__


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(plan)} waiting" if plan else "ok"


def _broker() -> str:
    with current_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, timeout=BROKER_SECONDS)
    return "ok"


def _clock() -> str:
    """A clock that never began is not ready either: who forgot to start one would not be told by
    anybody else. Nothing of ours waits for this answer before it starts; for that there is `alive`.
    """
    return rounds.why_silent(rounds.heard(), now=database_now()) or "ok"


def _worker() -> str:
    return rounds.why_idle(rounds.heard()) or "ok"


def _rounds() -> dict[str, dict[str, Any]]:
    """When the clock last asked for each round, and when a worker last finished it."""
    return {
        round.name: {
            "is_on": round.is_on,
            "asked_at": round.asked_at and round.asked_at.isoformat(),
            "ran_at": round.ran_at and round.ran_at.isoformat(),
        }
        for round in rounds.heard()
    }


def _unsettled() -> dict[str, int]:
    """Messages that wait for an administrator; what webhooks did not take is on a page of their own."""
    stuck = Message.objects.filter(state__in=SETTLED, settled_at=None).exclude(channel=WEBHOOK)
    counted = dict(stuck.values_list("state").annotate(count=Count("pk")).order_by())
    return {state.value: counted.get(state, 0) for state in SETTLED}


def _waiting_since() -> dict[str, str | None]:
    """The oldest timer that should have rung, and the oldest mail and webhook that should have gone.

    Outside office hours timers wait by design, so this is told and not judged.
    """
    now = timezone.now()
    timer = Timer.objects.filter(next_at__lte=now).order_by("next_at").values_list("next_at", flat=True)
    waiting = Message.objects.filter(state=MessageState.PENDING, next_at__lte=now).order_by("next_at")
    sent = waiting.values_list("next_at", flat=True)
    oldest = {
        "timer": timer.first(),
        "mail": sent.exclude(channel=WEBHOOK).first(),
        "webhook": sent.filter(channel=WEBHOOK).first(),
    }
    return {name: at.isoformat() if at else None for name, at in oldest.items()}
