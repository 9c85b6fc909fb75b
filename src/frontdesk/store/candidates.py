"""Which deliveries a provider's word may be about, when it names them by other than their own id."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from frontdesk.store import tables as t
from frontdesk.store.statement import Row, Statement
from frontdesk.store.tx import ReadTx

P = sa.bindparam
_d, _a, _m = t.deliveries, t.delivery_attempts, t.messages

_UNPROVEN = Statement(
    sa.select(_d.c.id, _d.c.message_id, _m.c.content)
    .join_from(_d, _m, _m.c.id == _d.c.message_id)
    .where(
        _m.c.conversation_id == P("conversation_id"),
        _m.c.seq
        > sa.select(t.conversations.c.last_seq - P("back", type_=sa.BigInteger))
        .where(t.conversations.c.id == P("conversation_id"))
        .scalar_subquery(),
        sa.or_(_d.c.status == "sending", _d.c.status == "unknown"),
        _d.c.source_id.is_(None),
    )
    .order_by(_m.c.seq)
)
_ON_ITS_WAY = Statement(
    sa.select(_d.c.source_id)
    .join_from(_d, _m, _m.c.id == _d.c.message_id)
    .where(
        _d.c.conversation_id == P("conversation_id"),
        _d.c.source_id.is_not(None),
        sa.or_(_d.c.status == "sent", _d.c.status == "delivered"),
        _m.c.created_at <= P("at"),
        _d.c.sent_at <= P("answered_by"),
    )
    .order_by(_m.c.seq)
)
_CLAIMABLE = Statement(
    sa.select(_d.c.id).where(
        _d.c.id.in_(P("ids", expanding=True)),
        _d.c.account_id == P("account_id"),
        _d.c.inbox_id == P("inbox_id"),
        _d.c.source_id.is_(None),
        sa.exists().where(_a.c.delivery_id == _d.c.id),
    )
)
_UNREAD_UP_TO = Statement(
    sa.select(_d.c.id)
    .join_from(_m, _d, _d.c.message_id == _m.c.id)
    .where(
        _m.c.conversation_id == P("conversation_id"),
        _m.c.seq <= P("seq"),
        _m.c.seq > P("after_seq"),
        _m.c.direction == "outgoing",
    )
    .order_by(_d.c.id)
)


def unproven(tx: ReadTx, conversation_id: UUID, back: int) -> list[Row]:
    """Open sends among the last `back` messages, the oldest first: id, message_id, content."""
    return tx.rows(_UNPROVEN, conversation_id=conversation_id, back=back)


def on_their_way(tx: ReadTx, conversation_id: UUID, at: datetime, answered_by: datetime) -> list[str]:
    """Provider ids of sends written until `at` and taken until `answered_by`, not yet read, in order."""
    rows = tx.rows(_ON_ITS_WAY, conversation_id=conversation_id, at=at, answered_by=answered_by)
    return [row.source_id for row in rows]


def claimable(tx: ReadTx, account_id: UUID, inbox_id: UUID, ids: Iterable[UUID]) -> set[UUID]:
    """Which of these are deliveries of this inbox that were tried and have no provider's id yet."""
    wanted = sorted(set(ids))
    if not wanted:
        return set()
    return {row.id for row in tx.rows(_CLAIMABLE, account_id=account_id, inbox_id=inbox_id, ids=wanted)}


def between(tx: ReadTx, conversation_id: UUID, after_seq: int, seq: int) -> list[UUID]:
    """Deliveries of outgoing messages with after_seq < their seq <= seq."""
    rows = tx.rows(_UNREAD_UP_TO, conversation_id=conversation_id, after_seq=after_seq, seq=seq)
    return [row.id for row in rows]
