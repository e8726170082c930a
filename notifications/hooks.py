"""What is done with a webhook: made, given a new secret, switched off and on again, ended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from organisations.hands import Hand
from organisations.ledger import ADDITION, CHANGE, enter
from organisations.models import Unit, User
from organisations.offices import hold_unit
from organisations.refusals import Invalid, NotNow, NotYours
from workflow.vocabulary import Kind

from .addresses import Unreachable, target_of
from .keepers import hears, keeps_webhooks_of
from .subscriptions import LONGEST_REASON, LONGEST_URL, Webhook
from .waiting import wake

#: Webhooks that one unit, or one city, has at a time.
MAX_PER_UNIT = 10
#: How long the former secret signs beside the new one, while the receiver changes over.
BOTH_FOR = timedelta(hours=24)


def make_webhook(
    url: str, *, unit: Unit, kinds: Iterable[str] = (), by: User, now: datetime | None = None
) -> Webhook:
    """Tell an address of what happens in a unit, or in all units of a city: of every kind if none is named.

    Raises NotYours, Invalid, NotNow.
    """
    now = now or timezone.now()
    on, url, chosen = timezone.localdate(now), url.strip(), list(dict.fromkeys(kinds))
    _refuse_strangers(unit, by, on)
    # Before anything is held: a name is looked up somewhere on the Internet.
    if errors := _wrong(url, chosen):
        raise Invalid(errors=errors)
    with transaction.atomic():
        unit = hold_unit(unit)
        _refuse_more(unit, on)
        _refuse_the_same(unit, url)
        webhook = Webhook.objects.create(owner=by, unit=unit, url=url, kinds=chosen, created_at=now)
        enter(webhook, ADDITION, f"{unit.code}: {' '.join(chosen) or 'all'}", by=by)
    return webhook


def _wrong(url: str, kinds: list[str]) -> dict[str, list[str]]:
    errors = {}
    if not set(kinds) <= set(Kind.values):
        errors["kinds"] = [_("Chọn loại sự kiện trong danh sách.")]
    try:
        target_of(url)
    except Unreachable as why:
        errors["url"] = [str(why)]
    if len(url) > LONGEST_URL:
        errors["url"] = [_("Không quá %(count)s ký tự.") % {"count": LONGEST_URL}]
    return errors


def _refuse_more(unit: Unit, on: date) -> None:
    if unit.is_dissolved(on):
        raise NotNow(_("%(unit)s đã giải thể.") % {"unit": unit})
    if Webhook.objects.going().filter(unit=unit).count() >= MAX_PER_UNIT:
        said = _("%(unit)s đã có %(count)s webhook; hãy kết thúc bớt trước khi thêm.")
        raise NotNow(said % {"unit": unit, "count": MAX_PER_UNIT})


def _refuse_the_same(unit: Unit, url: str) -> None:
    """Whoever presses twice makes one; the unit is held while this is asked."""
    if Webhook.objects.going().filter(unit=unit, url=url).exists():
        raise NotNow(_("%(unit)s đã có webhook tới địa chỉ này.") % {"unit": unit})


@transaction.atomic
def rotate_secret(webhook: Webhook, *, by: User, now: datetime | None = None) -> Webhook:
    """Give it a new secret; the one before signs as well for a day, those older no more.

    Raises NotYours, NotNow.
    """
    now = now or timezone.now()
    webhook = hold_webhook(webhook, by, now)
    webhook.generation += 1
    webhook.previous_until = now + BOTH_FOR
    webhook.save(update_fields=["generation", "previous_until"])
    enter(webhook, CHANGE, f"secret {webhook.generation}", by=by)
    return webhook


@transaction.atomic
def enable_webhook(webhook: Webhook, *, by: User, now: datetime | None = None) -> Webhook:
    """Switch it on again, in the name of whoever does: also where its owner has left. What waited for
    it is told.

    Raises NotYours, NotNow.
    """
    now = now or timezone.now()
    webhook = hold_webhook(webhook, by, now)
    is_heard = Webhook.objects.filter(hears(timezone.localdate(now)), pk=webhook.pk).exists()
    if webhook.is_live and is_heard:
        raise NotNow(_("Webhook này đang hoạt động."))
    webhook.owner, webhook.disabled_at, webhook.disabled_because = by, None, ""
    webhook.save(update_fields=["owner", "disabled_at", "disabled_because"])
    wake(webhook, now=now)
    enter(webhook, CHANGE, "enabled", by=by)
    return webhook


@transaction.atomic
def end_webhook(webhook: Webhook, *, by: User, now: datetime | None = None) -> Webhook:
    """It is told of nothing any more, for good; what it was told stays to be read.

    Raises NotYours, NotNow.
    """
    now = now or timezone.now()
    webhook = hold_webhook(webhook, by, now)
    webhook.ended_at = now
    webhook.save(update_fields=["ended_at"])
    enter(webhook, CHANGE, "ended", by=by)
    return webhook


def hold_webhook(webhook: Webhook, by: User, now: datetime) -> Webhook:
    """The webhook, locked, if it is for `by` to change and has not ended."""
    rows = Webhook.objects.select_for_update(no_key=True, of=("self",)).select_related("unit__parent")
    webhook = rows.get(pk=webhook.pk)
    _refuse_strangers(webhook.unit, by, timezone.localdate(now))
    if webhook.ended_at:
        raise NotNow(_("Webhook này đã kết thúc."))
    return webhook


def _refuse_strangers(unit: Unit, by: User, on: date) -> None:
    if keeps_webhooks_of(Hand(by, on=on), unit):
        return
    if unit.parent_id is None:
        raise NotYours(_("Chỉ quản trị của thành phố lập webhook cho thành phố."))
    raise NotYours(_("Chỉ người đứng đầu, đầu mối ISO của đơn vị hoặc quản trị lập webhook cho đơn vị."))


def disable_webhook(webhook: Webhook, *, because: str, now: datetime) -> bool:
    """Switch one off that cannot be reached, and say why; its keepers see it and switch it on again."""
    live = Webhook.objects.live().filter(pk=webhook.pk)
    return bool(live.update(disabled_at=now, disabled_because=because[:LONGEST_REASON]))
