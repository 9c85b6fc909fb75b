"""Messages: the model with its invariants, directions, authors, and the lattice of delivery states.

Pure rules and data. How a message is made of a hook, a request or a row is in `factory`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from frontdesk.domain.content import Content, LongStr, ShortStr, UrlStr
from frontdesk.domain.errors import Conflict, Invalid
from frontdesk.domain.times import zone_of
from frontdesk.kit.ids import uuid7


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
    CANCELED = "canceled"


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
    DeliveryStatus.CANCELED: frozenset(),
}


def may_move(old: DeliveryStatus, new: DeliveryStatus) -> bool:
    """Whether a delivery in `old` may go to `new`.

    Every other report is recorded and ignored, so a status never goes back.

    `sending → queued` is our own planned retry, never a provider's report. `canceled` is no report either: a
    person takes back what has not left.
    """
    return new in _ALLOWED[old]


class Referral(BaseModel):
    """Where the customer came from: an ad or a post (Meta's referral object)."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

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

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    catalog_id: ShortStr
    sku: ShortStr


class Pricing(BaseModel):
    """What a provider says it charges for one message."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    billable: bool | None = None
    model: ShortStr | None = None
    category: ShortStr | None = None
    type: ShortStr | None = None
    expires_at: ShortStr | None = None
    conversation_id: ShortStr | None = None
    amount: ShortStr | None = Field(default=None, description="What it costs, as the provider writes it.")
    currency: ShortStr | None = None
    segments: int | None = Field(default=None, ge=0, description="Parts of an SMS.")


class SavedTemplate(BaseModel):
    """The template that a message would have been, had free text not been allowed."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    name: ShortStr
    language: ShortStr


class MessageContext(BaseModel):
    """What surrounds a message besides its content; stored in the message's `context` column."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    referral: Referral | None = None
    referred_product: ReferredProduct | None = None
    forwarded: bool = False
    frequently_forwarded: bool = False
    reply_to_source_id: ShortStr | None = None
    subtype: ShortStr | None = Field(default=None, description="canned_response or null")
    canned_response_id: UUID | None = None
    saved_template: SavedTemplate | None = None
    hold_seconds: int | None = Field(default=None, ge=1, description="How long it could be taken back.")
    errors: tuple[dict[str, str | int | None], ...] = ()
    by_machine: bool = Field(
        default=False, description="A machine or a list wrote it: nothing answers by itself"
    )


NO_CONTEXT = MessageContext()
"""The context of most messages: none."""

LONGEST_HOLD_SECONDS = 60
"""What a customer is to get, later messages of the conversation wait for; so a hold is short."""


def held_until(created_at: datetime, context: Mapping[str, Any] | None) -> datetime | None:
    """Until when a message waits so that it can be taken back; None for one that goes at once."""
    seconds = context.get("hold_seconds") if context else None
    return created_at + timedelta(seconds=seconds) if seconds else None


Subtype = Literal["template", "canned_response"]
Utc = Annotated[AwareDatetime, AfterValidator(lambda at: at.astimezone(UTC))]


def check_subtype(content: Content, subtype: str | None, canned_response_id: UUID | None) -> None:
    """That a message of a subtype names what it was made from.

    Raises:
        Invalid: A template without its template, or a canned response without its id.
    """
    if subtype == "template" and content.kind != "template":
        raise Invalid(
            "a message of subtype template needs its template",
            field="content",
            hint='Send content of kind "template" with name and language.',
        )
    if subtype == "canned_response" and canned_response_id is None:
        raise Invalid(
            "a message of subtype canned_response needs its id",
            field="canned_response_id",
            hint="Name the canned response it was made from.",
        )


class Message(BaseModel):
    """A message with its invariants; frozen, so a change is a new one.

    `sent_by` names who wrote for our side: required for outgoing messages, always None for incoming ones.
    `status` is None for all that is never delivered (incoming, notes, activities). Times are UTC.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    id: UUID = Field(default_factory=uuid7)
    conversation_id: UUID | None = None
    seq: int | None = Field(default=None, ge=1)
    direction: Direction
    author: Author = Author(AuthorType.SYSTEM)
    sent_by: ShortStr | None = None
    content: Content
    context: MessageContext = NO_CONTEXT
    status: DeliveryStatus | None = None
    error_code: ShortStr | None = None
    error: LongStr | None = None
    reply_to_id: UUID | None = None
    source_id: ShortStr | None = None
    starred: bool = False
    sent_at: Utc | None = None
    created_at: Utc

    @model_validator(mode="before")
    @classmethod
    def _settle(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        if values.get("direction") != Direction.OUTGOING:
            return {**values, "status": None} | (
                {"sent_by": None} if values.get("direction") == Direction.INCOMING else {}
            )
        return values if values.get("status") else {**values, "status": DeliveryStatus.QUEUED}

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.direction is Direction.OUTGOING and not self.sent_by:
            msg = "an outgoing message needs sent_by, the agent who wrote it"
            raise ValueError(msg)
        if (self.content.kind == "activity") != (self.direction is Direction.ACTIVITY):
            msg = "an activity, and only an activity, has the direction activity"
            raise ValueError(msg)
        try:
            check_subtype(self.content, self.context.subtype, self.context.canned_response_id)
        except Invalid as error:
            raise ValueError(error.message) from error
        return self

    @property
    def kind(self) -> str:
        """The kind of its content."""
        return self.content.kind

    def with_status(
        self, status: DeliveryStatus, *, error_code: str | None = None, error: str | None = None
    ) -> Self:
        """The message after a report about its delivery; itself when the report would lead back."""
        if self.status is None or status is DeliveryStatus.QUEUED or not may_move(self.status, status):
            return self
        failed = status is DeliveryStatus.FAILED
        return self.model_copy(
            update={
                "status": status,
                "error_code": error_code if failed else None,
                "error": error if failed else None,
            }
        )

    def retried(self) -> Self:
        """The message waiting once more.

        Raises:
            Conflict: It did not fail, so sending again could double it.
        """
        if self.status is not DeliveryStatus.FAILED:
            raise Conflict("only a failed message can be sent again")
        return self.model_copy(update={"status": DeliveryStatus.QUEUED, "error_code": None, "error": None})

    def rendered(self, timezone: str = "UTC") -> dict[str, Any]:
        """The message as JSON values, its times in this IANA zone.

        Raises:
            Invalid: There is no such zone.
        """
        zone = zone_of(timezone)
        told = self.model_dump(mode="json")
        for name in ("sent_at", "created_at"):
            at: datetime | None = getattr(self, name)
            told[name] = None if at is None else at.astimezone(zone).isoformat()
        return told
