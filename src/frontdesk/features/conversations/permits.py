"""May something be written into this conversation now, and what: the policy, explained to whoever asks."""

from datetime import datetime

from typing_extensions import TypedDict

from frontdesk.domain.template import MessageTemplate
from frontdesk.features.conversations import policy
from frontdesk.features.conversations.templating import offered
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
    """What a message may be."""

    kinds: list[str]
    max_text: int
    replies: bool
    reactions: bool
    media: dict[str, MediaLimit]


class CanSendRead(TypedDict):
    """Whether a message may be sent now. `reason` and `cure` are null if all that the channel can do may be.

    `templates` says whether a template may be sent now; with `free` anything within the limits. `offers` are
    the approved templates of the inbox while nothing else may be sent.
    """

    allowed: bool
    free: bool
    templates: bool
    window: WindowRead | None
    reason: str | None
    cure: str | None
    limits: LimitsRead
    offers: list[MessageTemplate]


_NOTHING = LimitsRead(kinds=[], max_text=0, replies=False, reactions=False, media={})


def explain(
    row: Row,
    place: Row | None,
    channel: Channel | None,
    now: datetime,
    templates: list[MessageTemplate],
) -> CanSendRead:
    """The policy for a conversation.

    Args:
        row: The conversation, of `store.conversations.get`.
        place: Where it is, of `store.conversations.place`.
        channel: Its inbox's channel; None if it is not installed any more.
        now: The database's clock.
        templates: Those of its inbox.
    """
    if place is None or place.inbox_deleted_at is not None:
        return _forbidden("The inbox of this conversation was deleted.", "Write from another inbox.")
    if channel is None:
        return _forbidden(f"The channel {row.channel} is not installed.", "Install its package again.")
    capabilities = channel.capabilities
    limits = _limits(capabilities)
    permit = policy.can_send(capabilities, row.last_incoming_at, now)
    window = _window(capabilities, permit)
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
        "limits": limits,
        "offers": offered(templates) if permit.templates and not permit.free else [],
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
        "limits": limits,
        "offers": [],
    }


def _window(capabilities: Capabilities, permit: policy.Permit) -> WindowRead | None:
    if capabilities.window_seconds is None:
        return None
    closes = permit.window_closes_at
    return {"seconds": capabilities.window_seconds, "is_open": permit.free, "closes_at": closes}


def _limits(capabilities: Capabilities) -> LimitsRead:
    bounded = sorted({*capabilities.media_max_bytes, *capabilities.media_mimes} & capabilities.kinds_out)
    return {
        "kinds": sorted(capabilities.kinds_out),
        "max_text": capabilities.max_text,
        "replies": capabilities.replies,
        "reactions": capabilities.reactions,
        "media": {kind: _media(capabilities, kind) for kind in bounded},
    }


def _media(capabilities: Capabilities, kind: str) -> MediaLimit:
    types = capabilities.media_mimes.get(kind)
    return {
        "max_bytes": capabilities.media_max_bytes.get(kind),
        "types": sorted(types) if types else None,
    }
