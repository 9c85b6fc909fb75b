"""Deliveries: where each outgoing message stands. Its tries are in `attempts`.

Which status may follow which is the domain's rule; here rows are locked, read and written.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from frontdesk.domain.errors import NotFound
from frontdesk.domain.event import EventType
from frontdesk.domain.message import DeliveryStatus
from frontdesk.domain.scope import Scope
from frontdesk.store import opt_outs
from frontdesk.store import tables as t
from frontdesk.store.inbox_pages import InboxPage
from frontdesk.store.statement import Row, Statement
from frontdesk.store.tx import ReadTx, Tx

P = sa.bindparam
_d, _m = t.deliveries, t.messages

EVENT_OF = {
    DeliveryStatus.QUEUED: EventType.DELIVERY_QUEUED,
    DeliveryStatus.SENT: EventType.DELIVERY_SENT,
    DeliveryStatus.DELIVERED: EventType.DELIVERY_DELIVERED,
    DeliveryStatus.READ: EventType.DELIVERY_READ,
    DeliveryStatus.FAILED: EventType.DELIVERY_FAILED,
    DeliveryStatus.UNKNOWN: EventType.DELIVERY_UNKNOWN,
    DeliveryStatus.CANCELED: EventType.DELIVERY_CANCELED,
}
"""The event that tells of a status; `sending` passes in silence."""


@dataclass(slots=True)
class Delivery:
    """A locked delivery while a change works on it; `save` writes it back."""

    id: UUID
    account_id: UUID
    inbox_id: UUID
    conversation_id: UUID
    message_id: UUID
    status: DeliveryStatus
    source_id: str | None
    error_code: str | None
    error: str | None
    retryable: bool
    attempts: int
    open_attempt: UUID | None
    pricing: dict[str, Any] | None
    version: int
    created_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    failed_at: datetime | None
    due_at: datetime | None


_LOCK = Statement(
    sa.select(_d)
    .where(_d.c.id.in_(P("ids", expanding=True)))
    .order_by(_d.c.id)
    .with_for_update(key_share=True)
)
_SAVE = Statement(
    sa.update(_d)
    .where(_d.c.id == P("delivery"))
    .values(
        status=P("status"),
        source_id=P("source_id"),
        error_code=P("error_code"),
        error=P("error"),
        retryable=P("retryable"),
        attempts=P("attempts"),
        open_attempt=P("open_attempt"),
        pricing=P("pricing"),
        version=P("version"),
        sent_at=P("sent_at"),
        delivered_at=P("delivered_at"),
        read_at=P("read_at"),
        failed_at=P("failed_at"),
    )
)
_WAIT = Statement(sa.update(_d).where(_d.c.id == P("delivery")).values(due_at=P("due_at")))
_reply = _m.alias("reply")
_reply_delivery = _d.alias("reply_delivery")
_LETTER = Statement(
    sa.select(
        _m.c.kind,
        _m.c.content,
        _m.c.context,
        _m.c.seq,
        _m.c.deleted_at,
        _m.c.author_type,
        t.inboxes.c.channel,
        t.conversations.c.last_incoming_at,
        t.threads.c.id.label("thread_id"),
        _m.c.created_at,
        t.threads.c.scheme,
        t.threads.c.address,
        sa.func.coalesce(_reply.c.source_id, _reply_delivery.c.source_id).label("reply_to_source_id"),
        opt_outs.REFUSES.label("is_refused"),
    )
    .select_from(
        _m.join(t.conversations, t.conversations.c.id == _m.c.conversation_id)
        .join(t.threads, t.threads.c.id == t.conversations.c.thread_id)
        .join(t.inboxes, t.inboxes.c.id == t.threads.c.inbox_id)
        .outerjoin(_reply, _reply.c.id == _m.c.reply_to_id)
        .outerjoin(_reply_delivery, _reply_delivery.c.message_id == _m.c.reply_to_id)
    )
    .where(_m.c.id == P("message_id"))
)
_this = t.messages.alias("this")
_EARLIER = Statement(
    sa.select(
        sa.func.coalesce(_m.c.source_id, _d.c.source_id).label("source_id"), _m.c.content, _m.c.direction
    )
    .select_from(
        _this.join(
            _m, sa.and_(_m.c.conversation_id == _this.c.conversation_id, _m.c.seq < _this.c.seq)
        ).outerjoin(_d, _d.c.message_id == _m.c.id)
    )
    .where(
        _this.c.id == P("message_id"),
        _m.c.direction.in_([sa.literal_column("'incoming'"), sa.literal_column("'outgoing'")]),
        sa.func.coalesce(_m.c.source_id, _d.c.source_id).is_not(None),
    )
    .order_by(_m.c.seq.desc())
    .limit(20)
)
_SOURCE_OF = Statement(
    sa.select(sa.func.coalesce(_m.c.source_id, _d.c.source_id))
    .select_from(_m.outerjoin(_d, _d.c.message_id == _m.c.id))
    .where(_m.c.id == P("id"))
)
_OF_MESSAGE = Statement(
    sa.select(_d)
    .where(_d.c.message_id == P("message_id"), _d.c.account_id == P("account_id"))
    .order_by(_d.c.id)
)
_GET = Statement(sa.select(_d).where(_d.c.id == P("id"), _d.c.account_id == P("account_id")))
_IN_TROUBLE = InboxPage(
    _d,
    _d.c.status.in_([sa.literal_column("'failed'"), sa.literal_column("'unknown'")]),
    _d.c.status == P("status"),
)
_CONVERSATIONS_OF = Statement(
    sa.select(_d.c.conversation_id).where(_d.c.id.in_(P("ids", expanding=True))).distinct()
)
_SEQ_OF = Statement(sa.select(_m.c.id, _m.c.seq).where(_m.c.id.in_(P("ids", expanding=True))))
_INBOXES_OF = Statement(sa.select(_d.c.id, _d.c.inbox_id).where(_d.c.id.in_(P("ids", expanding=True))))
_STANDING = Statement(
    sa.select(_d.c.id, _d.c.inbox_id, _d.c.status, _d.c.source_id).where(_d.c.id == P("id"))
)


def lock(tx: Tx, ids: Iterable[UUID]) -> dict[UUID, Delivery]:
    """Deliveries by id, locked in order of their ids until the commit."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    return {row.id: _delivery(row) for row in tx.rows(_LOCK, ids=wanted)}


def save(tx: Tx, delivery: Delivery) -> None:
    """Write a locked delivery back."""
    values = {name: getattr(delivery, name) for name in _SAVED}
    tx.run(_SAVE, delivery=delivery.id, **values)


def wait(tx: Tx, delivery: Delivery, due_at: datetime | None) -> None:
    """Keep a locked delivery's turn under the limits of its number; None when it was taken."""
    delivery.due_at = due_at
    tx.run(_WAIT, delivery=delivery.id, due_at=due_at)


_SAVED = (
    "status", "source_id", "error_code", "error", "retryable", "attempts", "open_attempt", "pricing",
    "version", "sent_at", "delivered_at", "read_at", "failed_at",
)  # fmt: skip


def tell(tx: Tx, delivery: Delivery, seq: int | None = None, *, status: DeliveryStatus | None = None) -> None:
    """Add the event of a delivery's status (its present one, unless another is given) to the log."""
    said = status or delivery.status
    tx.emit(
        delivery.account_id,
        EVENT_OF[said],
        conversation_id=delivery.conversation_id,
        subject_id=delivery.message_id,
        seq=seq,
        facts={"delivery_id": str(delivery.id), "status": said.value, "version": delivery.version},
    )


def letter(tx: ReadTx, message_id: UUID) -> Row:
    """What is to be sent, and where: kind, content, context, thread, address, reply_to_source_id."""
    return tx.one(_LETTER, message_id=message_id)


def earlier(tx: ReadTx, message_id: UUID) -> list[Row]:
    """Up to twenty messages of a talk before this one, newest first: source_id, content, direction."""
    return tx.rows(_EARLIER, message_id=message_id)


def source_id_of(tx: ReadTx, message_id: UUID) -> str | None:
    """The provider's id of a message, incoming or sent."""
    found: str | None = tx.scalar(_SOURCE_OF, id=message_id)
    return found


def conversations_of(tx: ReadTx, ids: Sequence[UUID]) -> list[UUID]:
    """The conversations that these deliveries belong to."""
    return [row.conversation_id for row in tx.rows(_CONVERSATIONS_OF, ids=ids)] if ids else []


def seqs_of(tx: ReadTx, message_ids: Sequence[UUID]) -> dict[UUID, int]:
    """The seq of each of these messages."""
    return {row.id: row.seq for row in tx.rows(_SEQ_OF, ids=message_ids)} if message_ids else {}


def get(tx: ReadTx, scope: Scope, delivery_id: UUID) -> Row:
    """One delivery.

    Raises:
        NotFound: There is none, or not for this caller.
    """
    row = tx.one(_GET, id=delivery_id, account_id=scope.account_id)
    if scope.inbox_ids is not None and row.inbox_id not in scope.inbox_ids:
        raise NotFound("There is no such delivery.")
    return row


def of_message(tx: ReadTx, account_id: UUID, message_id: UUID) -> list[Row]:
    """The deliveries of a message, the oldest first."""
    return tx.rows(_OF_MESSAGE, account_id=account_id, message_id=message_id)


def in_trouble(
    tx: ReadTx, scope: Scope, status: DeliveryStatus, before: UUID | None = None, limit: int = 50
) -> list[Row]:
    """Failed or unknown deliveries of the caller's inboxes, newest first, older than the id `before`."""
    return _IN_TROUBLE.rows(tx, scope, before, limit, status=status.value)


def inboxes_of(tx: ReadTx, delivery_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The inbox by which each delivery goes; none for those that are gone."""
    ids = sorted(set(delivery_ids))
    return {row.id: row.inbox_id for row in tx.rows(_INBOXES_OF, ids=ids)} if ids else {}


def standing(tx: ReadTx, delivery_id: UUID) -> Row | None:
    """How a delivery stands: `id`, `inbox_id`, `status`, `source_id`."""
    return tx.first(_STANDING, id=delivery_id)


def _delivery(row: Row) -> Delivery:
    return Delivery(
        row.id, row.account_id, row.inbox_id, row.conversation_id, row.message_id, DeliveryStatus(row.status),
        row.source_id, row.error_code, row.error, bool(row.retryable), row.attempts, row.open_attempt,
        row.pricing, row.version, row.created_at, row.sent_at, row.delivered_at, row.read_at, row.failed_at,
        row.due_at,
    )  # fmt: skip
