"""Messages: directions, authors, and the lattice of delivery states. Pure rules and data."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from frontdesk.domain.content import LongStr, ShortStr, UrlStr


class Direction(StrEnum):
    """Which way a message goes. A note and an activity never leave the desk."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"
    NOTE = "note"
    ACTIVITY = "activity"


class AuthorType(StrEnum):
    """Who wrote a message."""

    CONTACT = "contact"
    AGENT = "agent"
    BOT = "bot"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Author:
    """The writer of a message.

    A contact's, user's or token's id, and the name shown at the time of writing.
    """

    type: AuthorType
    id: UUID | None = None
    name: str | None = None


class DeliveryStatus(StrEnum):
    """Where an outgoing message stands."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    UNKNOWN = "unknown"


_ALLOWED: dict[DeliveryStatus, frozenset[DeliveryStatus]] = {
    DeliveryStatus.QUEUED: frozenset(
        {
            DeliveryStatus.SENDING,
            DeliveryStatus.SENT,
            DeliveryStatus.DELIVERED,
            DeliveryStatus.READ,
            DeliveryStatus.FAILED,
        }
    ),
    DeliveryStatus.SENDING: frozenset(
        {
            DeliveryStatus.QUEUED,
            DeliveryStatus.SENT,
            DeliveryStatus.DELIVERED,
            DeliveryStatus.READ,
            DeliveryStatus.FAILED,
            DeliveryStatus.UNKNOWN,
        }
    ),
    DeliveryStatus.SENT: frozenset({DeliveryStatus.DELIVERED, DeliveryStatus.READ, DeliveryStatus.FAILED}),
    DeliveryStatus.DELIVERED: frozenset({DeliveryStatus.READ}),
    DeliveryStatus.READ: frozenset(),
    DeliveryStatus.FAILED: frozenset({DeliveryStatus.DELIVERED, DeliveryStatus.READ}),
    DeliveryStatus.UNKNOWN: frozenset(
        {DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.READ, DeliveryStatus.FAILED}
    ),
}


def may_move(old: DeliveryStatus, new: DeliveryStatus) -> bool:
    """Whether a delivery in `old` may go to `new`.

    Every other report is recorded and ignored, so a status never goes back.

    `sending → queued` is our own planned retry, never a provider's report.
    """
    return new in _ALLOWED[old]


class Referral(BaseModel):
    """Where the customer came from: an ad or a post (Meta's referral object)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source_id: ShortStr | None = None
    source_type: ShortStr | None = None
    source_url: UrlStr | None = None
    headline: LongStr | None = None
    body: LongStr | None = None
    media_type: ShortStr | None = None
    media_url: UrlStr | None = None
    thumbnail_url: UrlStr | None = None
    ctwa_clid: ShortStr | None = None


class ReferredProduct(BaseModel):
    """The catalogue product a message asks about."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    catalog_id: ShortStr
    sku: ShortStr


class Pricing(BaseModel):
    """What a provider says it charges for one message."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    billable: bool | None = None
    model: ShortStr | None = None
    category: ShortStr | None = None
    type: ShortStr | None = None
    expires_at: ShortStr | None = None
    conversation_id: ShortStr | None = None


class MessageContext(BaseModel):
    """What surrounds a message besides its content; stored in the message's `context` column."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    referral: Referral | None = None
    referred_product: ReferredProduct | None = None
    forwarded: bool = False
    frequently_forwarded: bool = False
    reply_to_source_id: ShortStr | None = None
    subtype: ShortStr | None = Field(default=None, description="canned_response or null")
    canned_response_id: UUID | None = None
    errors: tuple[dict[str, str | int | None], ...] = ()


NO_CONTEXT = MessageContext()
"""The context of most messages: none."""
