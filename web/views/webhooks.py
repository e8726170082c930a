"""Webhooks: those a person keeps, a new one, and each with its log and what is done with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from notifications import deliveries, hooks
from notifications.keepers import units_kept, webhooks_kept
from notifications.models import Webhook
from notifications.signing import secret_of
from organisations.refusals import Refusal
from web import once
from web.attempts import answer, tried
from web.forms.webhooks import WebhookForm, told_of
from web.guards import by_posting, for_keepers_of_webhooks
from web.hands import PersonRequest, hand_of
from web.webhooks import ENDED_SHOWN, log_of

View = Callable[..., HttpResponse]


def fetched(handler: View) -> View:
    """The webhook, if the reader keeps it; whoever does not learns nothing."""

    @wraps(handler)
    def answer_with(request: PersonRequest, webhook: int, **given: Any) -> HttpResponse:
        found = get_object_or_404(webhooks_kept(hand_of(request)), pk=webhook)
        return handler(request, found, **given)

    return login_required(answer_with)


def posted(handler: View) -> View:
    """A change comes by POST; whoever only follows the address finds the webhook."""

    @wraps(handler)
    def answer_posts(request: PersonRequest, webhook: Webhook, **given: Any) -> HttpResponse:
        if request.method != "POST":
            return redirect("webhook", webhook=webhook.pk)
        return handler(request, webhook, **given)

    return fetched(answer_posts)


@for_keepers_of_webhooks
def index(request: PersonRequest) -> HttpResponse:
    return _list(request)


def _list(request: PersonRequest, form: WebhookForm | None = None, *, status: int = 200) -> HttpResponse:
    kept = webhooks_kept(hand_of(request))
    context = {
        "webhooks": list(kept.going()),
        "ended": list(kept.exclude(ended_at=None)[:ENDED_SHOWN]),
        "form": form or WebhookForm(units_kept(hand_of(request))),
    }
    return render(request, "web/webhooks.html", context, status=status)


@for_keepers_of_webhooks
@by_posting("webhooks")
def add(request: PersonRequest) -> HttpResponse:
    form, made = WebhookForm(units_kept(hand_of(request)), request.POST), []
    status = tried(
        request, form,
        do=lambda: made.append(hooks.make_webhook(by=request.user, **form.asked())),
        done=_("Đã lập webhook. Hãy chép khóa bí mật, rồi gửi thử."),
    )  # fmt: skip
    if status is not None:
        return _list(request, form, status=status)
    return _to_its_secret(request, made[0])


@fetched
def show(request: PersonRequest, webhook: Webhook) -> HttpResponse:
    """Just after its secret was made the page shows it, this once."""
    if once.take(request, _told(webhook)) != webhook.generation:
        return _page(request, webhook)
    return once.unstored(_page(request, webhook, secret=secret_of(webhook)))


def _page(request: PersonRequest, webhook: Webhook, *, status: int = 200, secret: str = "") -> HttpResponse:
    shown = {"webhook": webhook, "secret": secret, "kinds": told_of(webhook.kinds)}
    context = log_of(webhook, request.GET.get("after")) | shown
    return render(request, "web/webhook.html", context, status=status)


def _to_its_secret(request: PersonRequest, webhook: Webhook) -> HttpResponse:
    """What is kept is that the secret of this generation may be shown, not the secret."""
    once.keep(request, _told(webhook), webhook.generation)
    return redirect("webhook", webhook=webhook.pk)


def _told(webhook: Webhook) -> str:
    return f"secret of webhook {webhook.pk}"


@posted
def new_secret(request: PersonRequest, webhook: Webhook) -> HttpResponse:
    try:
        webhook = hooks.rotate_secret(webhook, by=request.user)
    except Refusal as refusal:
        return _page(request, webhook, status=answer(request, Form(), refusal))
    return _to_its_secret(request, webhook)


@posted
def ping(request: PersonRequest, webhook: Webhook) -> HttpResponse:
    return _do(request, webhook, deliveries.ping, _("Đã gửi thử; kết quả hiện ở nhật ký sau ít giây."))


@posted
def enable(request: PersonRequest, webhook: Webhook) -> HttpResponse:
    return _do(request, webhook, hooks.enable_webhook, _("Đã bật lại webhook, đứng tên bạn."))


@posted
def resend(request: PersonRequest, webhook: Webhook, delivery: int) -> HttpResponse:
    told = get_object_or_404(webhook.deliveries.select_related("webhook", "message"), pk=delivery)
    again: Any = lambda _webhook, *, by: deliveries.resend(told, by=by)  # noqa: E731
    return _do(request, webhook, again, _("Đã xếp hàng gửi lại."))


@fetched
def end(request: PersonRequest, webhook: Webhook) -> HttpResponse:
    """Ends only after asking."""
    if request.method != "POST":
        return render(request, "web/webhook-end.html", {"webhook": webhook})
    return _do(request, webhook, hooks.end_webhook, _("Đã kết thúc webhook."), back_to="webhooks")


def _do(
    request: PersonRequest, webhook: Webhook, deed: Callable[..., Any], done: str, *, back_to: str = ""
) -> HttpResponse:
    """Do it and go back; or show the webhook with the reason why not."""
    try:
        deed(webhook, by=request.user)
    except Refusal as refusal:
        return _page(request, webhook, status=answer(request, Form(), refusal))
    messages.success(request, done)
    return redirect(back_to) if back_to else redirect("webhook", webhook=webhook.pk)
