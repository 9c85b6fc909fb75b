"""What an append takes and answers: drafts and outcomes. No SQL here; see messages."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from frontdesk.domain.message import Author, Direction
from frontdesk.kit.ids import uuid7
from frontdesk.store.idempotency import IdempotencyKey
from frontdesk.store.statement import Row, check_text


@dataclass(slots=True)
class Draft:
    """A message to append. Its ids are made before the first try, so that a second try cannot double it.

    Attributes:
        content: JSON text of the content.
        context: What surrounds it (MessageContext as JSON), or None.
        source_id: The provider's id. If the inbox knows it already, the outcome is `Duplicate`.
        expect_open: Refuse (`Closed`) when the conversation is resolved.
        queue: For outgoing messages: the queue of its delivery job ("deliver"). An outgoing message without
            a queue was sent elsewhere (an echo): its delivery starts as sent.
        idempotency: The client's key. If it was used before, the outcome is `Repeated`.
    """

    account_id: UUID
    conversation_id: UUID
    direction: Direction
    author: Author
    kind: str
    content: str
    preview: str
    context: dict[str, Any] | None = None
    reply_to_id: UUID | None = None
    source_id: str | None = None
    sent_at: datetime | None = None
    expect_open: bool = True
    queue: str | None = None
    idempotency: IdempotencyKey | None = None
    id: UUID = field(default_factory=uuid7)
    delivery_id: UUID = field(default_factory=uuid7)


@dataclass(slots=True)
class Appended:
    """The message is in. `position` is None where the log was numbered later or the outcome was looked up."""

    id: UUID
    seq: int
    position: int | None
    created_at: datetime
    delivery_id: UUID | None


@dataclass(slots=True)
class Duplicate:
    """The inbox knows this source id already; nothing was added."""

    message_id: UUID


@dataclass(slots=True)
class Closed:
    """The conversation is resolved; nothing was added."""

    conversation_id: UUID


@dataclass(slots=True)
class Missing:
    """The account has no such conversation."""


@dataclass(slots=True)
class Repeated:
    """The idempotency key was used before; the row tells route, body_hash, status, result_id and result."""

    row: Row


Outcome = Appended | Duplicate | Closed | Missing | Repeated


def check(draft: Draft) -> None:
    """Refuse what SQL cannot hold, before it meets its mates in a batch.

    Raises:
        Invalid: A text holds NUL or half of a surrogate pair.
        ValueError: It has both a source id and an idempotency key: which of them decides would be open.
    """
    if draft.source_id is not None and draft.idempotency is not None:
        raise ValueError("a draft has a source id or an idempotency key, not both")
    for text in (draft.content, draft.preview, draft.source_id, draft.author.name):
        if text is not None:
            check_text("content", text)
