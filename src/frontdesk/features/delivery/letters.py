"""A message ready to go, as it stands at the moment in which it leaves."""

from dataclasses import dataclass
from uuid import UUID

from frontdesk.domain.content import Content, Reaction, content_adapter
from frontdesk.domain.message import MessageContext
from frontdesk.features.delivery import loops
from frontdesk.store import deliveries
from frontdesk.store.deliveries import Delivery
from frontdesk.store.tx import Row, Tx


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready to go, and the try that is open for it."""

    attempt_id: UUID
    delivery_id: UUID
    message_id: UUID
    account_id: UUID
    inbox_id: UUID
    seq: int
    content: Content
    context: MessageContext
    scheme: str
    address: str
    reply_to_source_id: str | None
    target_source_id: str | None
    automatic: bool = False
    unasked: bool = False
    """It answers nothing that the customer wrote."""


def write(tx: Tx, delivery: Delivery, attempt_id: UUID, row: Row) -> Letter:
    """The letter of a try, from a row of `deliveries.letter`."""
    content = content_adapter.validate_json(row.content)
    target = content.target_source_id if isinstance(content, Reaction) else None
    if isinstance(content, Reaction) and content.target_id is not None and target is None:
        target = deliveries.source_id_of(tx, content.target_id)
    return Letter(
        attempt_id,
        delivery.id,
        delivery.message_id,
        delivery.account_id,
        delivery.inbox_id,
        row.seq,
        content,
        MessageContext.model_validate(row.context or {}),
        row.scheme,
        row.address,
        row.reply_to_source_id,
        target,
        loops.is_automatic(row),
        loops.is_unasked(tx, row),
    )
