"""Small pieces that many pages draw: colours, states, deadlines, icons."""

from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from indicators.comparison import Change
from indicators.models import Catalogue, Colour, Indicator
from notifications.dispatches import (
    Waiting,
    detail_of,
    label_of,
    missed_before,
    outcome_of,
    waiting_of,
    waits_for,
)
from notifications.letters import address, is_of_a_post, said_of
from notifications.models import Dispatch, Notification
from organisations.models import User
from web.deadlines import Today, milestone_in_words
from workflow.models import Case
from workflow.vocabulary import State

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """A drawing beside a word, never instead of one."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("web/icons.svg"),
        name,
    )


@register.simple_tag
def colour(value: str) -> SafeString:
    """A rating as shape and word."""
    return format_html('<span class="chip chip-{}">{}{}</span>', value, icon(value), Colour(value).label)


@register.simple_tag
def state(value: str) -> SafeString:
    """Where a case stands."""
    return format_html('<span class="state state-{}">{}</span>', value, State(value).label)


@register.inclusion_tag("web/parts/left.html")
def left(due_on: Any, today: Today) -> dict[str, Any]:
    """A deadline with what is left of it in words."""
    return {"left": today.left(due_on) if due_on else None}


@register.filter
def owned_by(case: Case, user: User) -> bool:
    return case.assignee_id == user.pk


@register.filter
def said(notification: Notification) -> str:
    """What a notification is about, in the words of the letter."""
    return str(said_of(notification))


@register.filter
def outcome(way: Dispatch) -> str:
    """What became of a notification by one channel."""
    return str(outcome_of(way).label)


@register.filter
def why(way: Dispatch) -> str:
    """Why it was not sent, or what the other side said last."""
    return detail_of(way)


@register.simple_tag
def waiting(way: Dispatch, today: Today) -> Waiting | None:
    """When it is to go, and what it waits for."""
    return waiting_of(way, today.days)


@register.filter
def channel(way: Dispatch) -> str:
    return label_of(way)


@register.filter
def for_whoever_keeps(way: Dispatch, cities: frozenset[int]) -> bool:
    """Whether whoever administers these cities is to say what became of it."""
    return waits_for(way, cities)


@register.filter
def missed(notification: Notification) -> str:
    """Milestones that passed unsaid before the one that was said."""
    return "; ".join(milestone_in_words(milestone) for milestone in missed_before(notification))


@register.filter
def milestone(count: int) -> str:
    return milestone_in_words(count)


@register.filter
def leads_to(notification: Notification) -> str:
    """Where a notification leads, as its letter does."""
    return address(notification)


@register.filter
def of_a_post(notification: Notification) -> bool:
    """Whether it speaks of a post, and of no case."""
    return is_of_a_post(notification)


@register.filter
def field(form: Any, name: str) -> Any:
    """A field of a form by its name."""
    return form[name]


@register.inclusion_tag("web/parts/catalogue_note.html")
def catalogue_note() -> dict[str, bool]:
    """Says that titles of indicators are a working list until they are compared with TCVN."""
    used = Indicator.objects.values("catalogue")
    return {"is_open": Catalogue.objects.filter(pk__in=used, compared_on=None).exists()}


@register.simple_tag(takes_context=True)
def here(context: template.Context, name: str) -> str:
    """Marks the entry of the navigation that the reader is on."""
    match = getattr(context.get("request"), "resolver_match", None)
    return SafeString('aria-current="page"') if match and match.url_name == name else ""


@register.simple_tag
def counted_colour(value: str, count: int) -> SafeString:
    """How many ratings have a colour."""
    said = '<span class="chip chip-{}">{}{} {}</span>'
    return format_html(said, value, icon(value), count, Colour(value).label)


@register.simple_tag
def change(value: str) -> SafeString:
    """How an indicator has moved, as shape and word."""
    said = '<span class="change change-{}">{}{}</span>'
    return format_html(said, value, icon(value), Change(value).label)
