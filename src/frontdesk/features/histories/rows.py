"""Rows of the messages of a batch, collected and written at once."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from frontdesk.domain.content import content_adapter
from frontdesk.domain.history import HistoryDelivery, HistoryMessage
from frontdesk.domain.message import AuthorType, DeliveryStatus, Direction
from frontdesk.store import histories
from frontdesk.store.tx import Row, Tx

_AUTHORS = {Direction.INCOMING: AuthorType.CONTACT, Direction.ACTIVITY: AuthorType.SYSTEM}
_UNDER_WAY = frozenset({DeliveryStatus.QUEUED, DeliveryStatus.SENDING})


@dataclass(slots=True)
class Rows:
    """What a batch is going to write."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    deliveries: list[dict[str, Any]] = field(default_factory=list)
    references: list[dict[str, Any]] = field(default_factory=list)
    reactions: list[dict[str, Any]] = field(default_factory=list)
    editions: list[dict[str, Any]] = field(default_factory=list)
    _sources: set[tuple[UUID, str]] = field(default_factory=set)

    def has(self, inbox_id: UUID, source_id: str) -> bool:
        """Whether a message of the batch has this provider's id."""
        return (inbox_id, source_id) in self._sources

    def write(self, tx: Tx) -> None:
        """Write everything."""
        histories.add_messages(
            tx,
            messages=self.messages,
            deliveries=self.deliveries,
            references=self.references,
            reactions=self.reactions,
            editions=self.editions,
        )

    def add(
        self,
        conversation: Row,
        line: HistoryMessage,
        message_id: UUID,
        seq: int,
        *,
        source_id: str | None,
        reply_to_id: UUID | None,
    ) -> None:
        """Add a message with what hangs on it."""
        place = {"account_id": conversation.account_id, "inbox_id": conversation.inbox_id}
        here = {**place, "conversation_id": conversation.id}
        author = line.author
        context = None if line.context is None else line.context.model_dump(mode="json", exclude_unset=True)
        self.messages.append({
            **here, "id": message_id, "seq": seq, "direction": line.direction.value,
            "author_type": author.type if author else _AUTHORS.get(line.direction, AuthorType.AGENT).value,
            "author_id": author.id if author else None, "author_name": author.name if author else None,
            "kind": line.content.kind, "content": _stored(line.content), "context": context,
            "reply_to_id": reply_to_id, "source_id": source_id, "version": line.version,
            "starred": line.starred, "edited_at": line.edited_at, "deleted_at": line.deleted_at,
            "sent_at": line.sent_at, "created_at": line.created_at,
        })  # fmt: skip
        delivery_id = self._deliver(here, line, message_id, source_id)
        known_by = {source_id, line.delivery.source_id if line.delivery else None} - {None}
        for each in sorted(map(str, known_by)):
            self._sources.add((conversation.inbox_id, each))
            self.references.append({
                **place, "source_id": each, "message_id": message_id, "delivery_id": delivery_id,
                "created_at": line.created_at,
            })  # fmt: skip
        self._hang(conversation.account_id, line, message_id)

    def _deliver(
        self, here: dict[str, Any], line: HistoryMessage, message_id: UUID, source_id: str | None
    ) -> UUID | None:
        """Where an outgoing message stood. What was under way there is not sent from here: unknown."""
        if line.direction is not Direction.OUTGOING:
            return None
        said = line.delivery or HistoryDelivery(sent_at=line.sent_at or line.created_at, source_id=source_id)
        delivery_id = said.id or uuid5(message_id, "delivery")
        names = "source_id error_code error pricing sent_at delivered_at read_at failed_at"
        status = DeliveryStatus.UNKNOWN if said.status in _UNDER_WAY else said.status
        self.deliveries.append({
            **here, "id": delivery_id, "message_id": message_id, "status": status.value,
            "created_at": line.created_at, **{name: getattr(said, name) for name in names.split()},
        })  # fmt: skip
        return delivery_id

    def _hang(self, account_id: UUID, line: HistoryMessage, message_id: UUID) -> None:
        for reaction in line.reactions:
            self.reactions.append({
                "message_id": message_id, "author_key": reaction.author_key, "account_id": account_id,
                "emoji": reaction.emoji, "author_type": reaction.author.type.value,
                "author_id": reaction.author.id, "author_name": reaction.author.name,
                "created_at": reaction.created_at,
            })  # fmt: skip
        for edition in line.versions:
            self.editions.append({
                "message_id": message_id, "version": edition.version, "account_id": account_id,
                "content": _stored(edition.content), "replaced_at": edition.replaced_at,
            })  # fmt: skip


def _stored(content: Any) -> str:
    return content_adapter.dump_json(content, exclude_none=True).decode()
