"""May something be written into this conversation now, and what: the policy, explained to whoever asks."""

from datetime import datetime, timedelta

from typing_extensions import TypedDict

from frontdesk.domain.consent import OptOutKind
from frontdesk.domain.message import Author, AuthorType
from frontdesk.domain.pace import Use, Whose
from frontdesk.domain.template import MessageTemplate
from frontdesk.features.conversations import policy
from frontdesk.features.conversations.places import Place
from frontdesk.features.conversations.prices import PriceRead
from frontdesk.features.conversations.standing import NONE, Standing
from frontdesk.features.conversations.templating import MARKETING, offered
from frontdesk.ports.channel import Capabilities, Channel
from frontdesk.store.tx import Row


class WindowRead(TypedDict):
    """How long after a customer's message free messages may be sent. `closes_at` is null if none began."""

    seconds: int
    is_open: bool
    closes_at: datetime | None


class MediaLimit(TypedDict):
    """What of a kind of file may be sent; nulls where the channel sets no bound."""

    max_bytes: int | None
    types: list[str] | None


class LimitsRead(TypedDict):
    """What a message may be. The provider takes one message to the same customer in `pair_seconds`."""

    kinds: list[str]
    max_text: int
    replies: bool
    reactions: bool
    pair_seconds: float | None
    media: dict[str, MediaLimit]


class RateRead(TypedDict):
    """A limit: `most` messages in so many seconds (null: in a day) from the number, or to this customer.

    `free_at` tells when the next may go; null: now. Beyond a pace messages wait; beyond a day's limit they
    are refused.
    """

    of: Whose
    most: int
    seconds: float | None
    used: int
    free_at: datetime | None


class CanSendRead(TypedDict):
    """Whether a message may be sent now. `reason` and `cure` are null if all that the channel can do may be.

    `templates` says whether a template may be sent now; with `free` anything within the limits. `offers` are
    the approved templates of the inbox while nothing else may be sent. `opt_outs` are the kinds of messages
    that the customer does not want. In quiet hours (`quiet_until`) people may write and are warned by
    `warning`; automatic messages are refused. `rates` are the limits per number and per customer. `price` is
    what is known of what it costs, null where there is no place to send to.
    """

    allowed: bool
    free: bool
    templates: bool
    window: WindowRead | None
    reason: str | None
    cure: str | None
    warning: str | None
    opt_outs: list[OptOutKind]
    quiet_until: datetime | None
    limits: LimitsRead
    rates: list[RateRead]
    price: PriceRead | None
    offers: list[MessageTemplate]


WORTH_TELLING = timedelta(seconds=2)
"""A message that waits longer for its turn is said to."""
_NOTHING = LimitsRead(kinds=[], max_text=0, replies=False, reactions=False, pair_seconds=None, media={})


def at(capabilities: Capabilities, place: Place, now: datetime, author: Author | None) -> policy.Permit:
    """What this author may write into a conversation at this time."""
    automatic = author is not None and author.type in {AuthorType.BOT, AuthorType.SYSTEM}
    return policy.can_send(
        capabilities, place.last_incoming_at, now, standing=place.standing, automatic=automatic
    )


def explain(  # noqa: PLR0917 - all that the policy looks at
    row: Row,
    place: Row | None,
    channel: Channel | None,
    now: datetime,
    templates: list[MessageTemplate],
    standing: Standing = NONE,
    price: PriceRead | None = None,
) -> CanSendRead:
    """The policy for a conversation.

    Args:
        row: The conversation, of `store.conversations.get`.
        place: Where it is, of `store.conversations.place`.
        channel: Its inbox's channel; None if it is not installed any more.
        now: The database's clock.
        templates: Those of its inbox.
        standing: What the customer does not want, when the inbox is quiet, and what is used of its limits.
        price: What is known of what it costs.
    """
    if place is None or place.inbox_deleted_at is not None:
        return _forbidden("The inbox of this conversation was deleted.", "Write from another inbox.")
    if channel is None:
        return _forbidden(f"The channel {row.channel} is not installed.", "Install its package again.")
    capabilities = channel.capabilities
    limits = _limits(capabilities)
    permit = policy.can_send(capabilities, row.last_incoming_at, now, standing=standing)
    window = _window(capabilities, permit, now)
    if row.status == "resolved":
        cure = "Reopen it, or start the next conversation."
        return _forbidden("The conversation is resolved.", cure, limits, window)
    return {
        "allowed": permit.free or permit.templates,
        "free": permit.free,
        "templates": permit.templates,
        "window": window,
        "reason": permit.reason,
        "cure": permit.cure,
        "warning": _warning(permit, standing, now),
        "opt_outs": sorted(standing.opt_outs),
        "quiet_until": permit.quiet_until,
        "limits": limits,
        "rates": [_rate(use) for use in standing.uses],
        "price": price,
        "offers": _offers(templates, permit) if permit.templates and not permit.free else [],
    }


def _forbidden(
    reason: str, cure: str, limits: LimitsRead = _NOTHING, window: WindowRead | None = None
) -> CanSendRead:
    return {
        "allowed": False,
        "free": False,
        "templates": False,
        "window": window,
        "reason": reason,
        "cure": cure,
        "warning": None,
        "opt_outs": [],
        "quiet_until": None,
        "limits": limits,
        "rates": [],
        "price": None,
        "offers": [],
    }


def _rate(use: Use) -> RateRead:
    return {
        "of": use.of,
        "most": use.most,
        "seconds": use.seconds,
        "used": use.used,
        "free_at": use.free_at,
    }


def _warning(permit: policy.Permit, standing: Standing, now: datetime) -> str | None:
    """What a person should know who may write nevertheless."""
    waits = max((use.free_at for use in standing.uses if use.free_at is not None), default=now)
    if (permit.free or permit.templates) and waits > now + WORTH_TELLING:
        return f"What you write now leaves after {waits:%H:%M:%S} UTC: so much may be sent at a time."
    if permit.free and permit.quiet_until is not None:
        return "It is quiet hours in this inbox; the customer may be asleep."
    if permit.templates and not permit.marketing:
        return "The customer wants no marketing by this channel."
    return None


def _offers(templates: list[MessageTemplate], permit: policy.Permit) -> list[MessageTemplate]:
    found = offered(templates)
    if permit.marketing:
        return found
    return [each for each in found if (each.category or "").lower() != MARKETING]


def _window(capabilities: Capabilities, permit: policy.Permit, now: datetime) -> WindowRead | None:
    if capabilities.window_seconds is None:
        return None
    closes = permit.window_closes_at
    is_open = permit.free or (closes is not None and now < closes)
    return {"seconds": capabilities.window_seconds, "is_open": is_open, "closes_at": closes}


def _limits(capabilities: Capabilities) -> LimitsRead:
    bounded = sorted({*capabilities.media_max_bytes, *capabilities.media_mimes} & capabilities.kinds_out)
    return {
        "kinds": sorted(capabilities.kinds_out),
        "max_text": capabilities.max_text,
        "replies": capabilities.replies,
        "reactions": capabilities.reactions,
        "pair_seconds": capabilities.pair_seconds,
        "media": {kind: _media(capabilities, kind) for kind in bounded},
    }


def _media(capabilities: Capabilities, kind: str) -> MediaLimit:
    types = capabilities.media_mimes.get(kind)
    return {
        "max_bytes": capabilities.media_max_bytes.get(kind),
        "types": sorted(types) if types else None,
    }
