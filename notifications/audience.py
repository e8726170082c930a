"""Who is told of what: each kind of event and the people it concerns."""

from __future__ import annotations

from collections.abc import Callable

from organisations.posts import People
from workflow.models import Event
from workflow.vocabulary import CLOCK_KINDS, Kind

from .company import Company

Whom = Callable[[Company, Event], People]

_DOERS: tuple[Whom, ...] = (Company.lead, Company.supporters)

#: Every kind, and who is told of it; an empty row is a decision to tell nobody.
AUDIENCE: dict[Kind, tuple[Whom, ...]] = {
    Kind.OPENED: (Company.chairs,),
    Kind.RATED_AGAIN: (Company.chairs, Company.lead),
    Kind.ASSIGNED: (*_DOERS, Company.former_doers),
    Kind.DECLINED: (Company.chairs, Company.former_doers),
    Kind.STARTED: (),
    Kind.SUBMITTED: (Company.verifiers,),
    Kind.VERIFIED: _DOERS,
    Kind.SENT_BACK: _DOERS,
    Kind.CONFIRMED: (*_DOERS, Company.chairs),
    Kind.REOPENED: (*_DOERS, Company.chairs),
    Kind.EXTENSION_REQUESTED: (Company.granters,),
    Kind.EXTENDED: _DOERS,
    Kind.EXTENSION_REFUSED: _DOERS,
    Kind.HANDED_UP: (Company.auditors, *_DOERS),
    Kind.ACCEPTED: (Company.chairs, *_DOERS),
    Kind.HANDED_DOWN: (Company.chairs, Company.former_doers),
    Kind.RESOLVED: (Company.chairs, *_DOERS),
    Kind.HANDED_OVER: (*_DOERS, Company.former_doers),
    Kind.CANCELLED: (*_DOERS, Company.chairs),
    Kind.TRANSFERRED: (*_DOERS, Company.chairs),
    Kind.FINISHED: (*_DOERS, Company.chairs),
    Kind.COMMENTED: (*_DOERS, Company.chairs),
    Kind.ANALYSIS_RECORDED: (),
    Kind.ACTION_PLANNED: (Company.owner,),
    Kind.ACTION_CHANGED: (Company.owner, Company.former_owner),
    Kind.ACTION_COMPLETED: (Company.lead,),
    Kind.ACTION_DROPPED: (Company.owner,),
    Kind.EVIDENCE_ADDED: (),
    Kind.EVIDENCE_WITHDRAWN: (),
    Kind.RESCHEDULED: (Company.whose_turn, Company.moved_owners),
    Kind.AUDIT_NOTED: (*_DOERS, Company.chairs),
    Kind.DUE_SOON: (Company.whose_turn,),
    Kind.DUE_TODAY: (Company.whose_turn,),
    Kind.OVERDUE: (Company.whose_turn, Company.supporters),
    Kind.ESCALATED: (Company.whose_turn, Company.supporters, Company.chairs, Company.auditors),
}

#: Working days overdue from which the chairperson is told as well.
_CHAIRS_FROM = 3
#: Kinds that wait for somebody's hand: where nobody holds the post, the one above is told.
WAITS_FOR_A_HAND = (*CLOCK_KINDS, Kind.OPENED, Kind.DECLINED, Kind.HANDED_DOWN, Kind.REOPENED)
#: The post one level up.
ABOVE: dict[Whom, Whom] = {
    Company.owner: Company.lead,
    Company.lead: Company.chairs,
    Company.granters: Company.auditors,
    Company.verifiers: Company.auditors,
    Company.chairs: Company.auditors,
    Company.auditors: Company.administrators,
}


def people_told(event: Event, company: Company) -> People:
    """Keys of everyone told of an event, deputies included, never the actor themselves."""
    posts = [_asked(event, company, whom)[-1] for whom in _audience(event, company)]
    return company.with_deputies(event, company.present(event, *posts)) - {event.actor_id}


def leaves_a_chair_empty(event: Event, company: Company) -> bool:
    """Whether the chair of the unit was to be told, and nobody holds it: the city is to fill it."""
    asked = [_asked(event, company, whom)[:-1] for whom in _audience(event, company)]
    return any(Company.chairs in posts for posts in asked)


def _asked(event: Event, company: Company, whom: Whom) -> list[Whom]:
    """The posts asked, each one level above the last, up to one that somebody holds today."""
    posts = [whom]
    while event.kind in WAITS_FOR_A_HAND and posts[-1] in ABOVE and not company.present(event, posts[-1]):
        posts.append(ABOVE[posts[-1]])
    return posts


def auditors_told(event: Event, company: Company) -> People:
    """Keys of the city's auditors and their deputies: they are told when a closed case comes back."""
    return company.with_deputies(event, company.present(event, Company.auditors))


def _audience(event: Event, company: Company) -> tuple[Whom, ...]:
    if event.kind not in CLOCK_KINDS:
        return AUDIENCE[Kind(event.kind)]
    if event.changes.get("corrective_action"):
        # A corrective action is its owner's; the case's own deadline speaks to the others.
        return (Company.owner,)
    whose_turn = company.post_of_turn(event)
    others = [whom for whom in AUDIENCE[Kind(event.kind)] if whom is not Company.whose_turn]
    if event.kind == Kind.OVERDUE and event.changes["milestone"][1] >= _CHAIRS_FROM:
        others.append(Company.chairs)
    return (*([whose_turn] if whose_turn else []), *others)
