"""What readers get: the shapes of conversations and messages, the same over REST and the live line.

Plain typed dictionaries: they are built once from a row and written out once, so enums are their values.
"""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from typing_extensions import TypedDict

from frontdesk.domain.origin import Origin

StatusName = Literal["open", "pending", "snoozed", "resolved"]
ResolutionName = Literal["resolved", "unresolved", "unclassified", "handed_to_room"]
AuthorName = Literal["contact", "agent", "bot", "system"]
DirectionName = Literal["incoming", "outgoing", "note", "activity"]
DeliveryName = Literal["queued", "sending", "sent", "delivered", "read", "failed", "unknown", "canceled"]


class AuthorRead(TypedDict):
    """Who wrote: `id` is a contact's, a user's or a token's."""

    type: AuthorName
    id: UUID | None
    name: str | None


class InboxBrief(TypedDict):
    """The inbox of a conversation."""

    id: UUID
    name: str
    channel: str


class ContactBrief(TypedDict):
    """The contact of a conversation; `address` is where answers go, of the kind that `scheme` names."""

    id: UUID
    name: str | None
    avatar_url: str | None
    scheme: str
    address: str


class AgentBrief(TypedDict):
    """An agent."""

    id: UUID
    name: str | None


class PreviewRead(TypedDict):
    """The last message in one line.

    `kind` is `canceled` where all that was said was taken back before it left: lists leave such a
    conversation out until something is said in it, and so do counts of those that are not resolved.
    """

    text: str
    kind: str | None
    direction: DirectionName | None
    author: str | None


class ConversationRead(TypedDict):
    """A conversation.

    `participants_id` is an alias made of the addresses; `window_closes_at` is null where there is no window
    or none was opened.
    """

    id: UUID
    inbox: InboxBrief
    thread_id: UUID
    participants_id: UUID
    contact: ContactBrief
    status: StatusName
    resolution: ResolutionName | None
    assignee: AgentBrief | None
    priority: str | None
    topic: str | None
    unread: int
    read_seq: int
    seen_seq: int
    last_seq: int
    last_message_at: datetime
    preview: PreviewRead
    snoozed_until: datetime | None
    opened_at: datetime
    resolved_at: datetime | None
    window_closes_at: datetime | None
    can_send_text: bool
    version: int


class FailureRead(TypedDict):
    """Why a message was not delivered."""

    code: str | None
    message: str | None
    retryable: bool


class ReplyRead(TypedDict):
    """The message that is replied to, in short."""

    id: UUID
    seq: int
    kind: str
    preview: str
    author_name: str | None


class ReactionRead(TypedDict):
    """One person's emoji."""

    emoji: str
    author: AuthorRead


class MessageRead(TypedDict):
    """A message. `content` is the stored content; its `media` has a `url` and a `state` once it is ours.

    `status` is that of the delivery: null for what is not sent out. Until `held_until` a message waits and
    can be taken back; `canceled` is one that was, and no customer has seen it.
    """

    id: UUID
    conversation_id: UUID
    seq: int
    direction: DirectionName
    author: AuthorRead
    content: dict[str, Any]
    status: DeliveryName | None
    failure: FailureRead | None
    held_until: datetime | None
    reply_to: ReplyRead | None
    reactions: list[ReactionRead]
    context: dict[str, Any]
    origin: Origin | None
    starred: bool
    source_id: str | None
    pricing: dict[str, Any] | None
    version: int
    edited_at: datetime | None
    deleted_at: datetime | None
    sent_at: datetime | None
    created_at: datetime


class MessagePage(TypedDict):
    """Messages in ascending order of seq; `previous` leads to older ones, `next` to newer ones."""

    items: list[MessageRead]
    previous: str | None
    next: str | None


class VisitorAuthor(TypedDict):
    """Who wrote, as a visitor may know it."""

    type: AuthorName
    name: str | None


class VisitorReaction(TypedDict):
    """One person's emoji, as a visitor may know it."""

    emoji: str
    author: VisitorAuthor


class VisitorReply(TypedDict):
    """The message that is replied to, as a visitor may know it."""

    id: UUID
    seq: int
    kind: str
    preview: str
    author_name: str | None


class VisitorMessage(TypedDict):
    """A message as the visitor of the widget sees it: never a note, an activity or an agent's id.

    `status` of what the visitor wrote is `delivered`, and `read` once an agent has read it.
    """

    id: UUID
    conversation_id: UUID
    seq: int
    direction: DirectionName
    author: VisitorAuthor
    content: dict[str, Any]
    status: DeliveryName | None
    reply_to: VisitorReply | None
    reactions: list[VisitorReaction]
    version: int
    created_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None


class VisitorPage(TypedDict):
    """A visitor's messages in ascending order of seq."""

    items: list[VisitorMessage]
    previous: str | None
    next: str | None
