"""When an address last had an automatic answer, and what such an answer would be about.

One row per address, taken in the statement that asks for it: of two processes that answer at once, one does.
"""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from frontdesk.domain.inbound import Address
from frontdesk.store import tables as t
from frontdesk.store.statement import Row, Statement, insert
from frontdesk.store.tx import ReadTx, Tx

P = sa.bindparam
_a, _m = t.automatic_answers, t.messages

_add = insert(_a).values(
    account_id=P("account"),
    scheme=P("scheme_is"),
    address=P("address_is"),
    message_id=P("message"),
    answered_at=P("at"),
)
_TAKE = Statement(
    _add.on_conflict_do_update(
        index_elements=[_a.c.account_id, _a.c.scheme, _a.c.address],
        set_={"message_id": _add.excluded.message_id, "answered_at": _add.excluded.answered_at},
        where=sa.or_(_a.c.answered_at <= P("before"), _a.c.message_id == _add.excluded.message_id),
    )
)
_ANSWERED = Statement(
    sa.select(_m.c.context, _m.c.created_at)
    .where(
        _m.c.conversation_id == P("conversation_id"),
        _m.c.seq < P("seq"),
        _m.c.direction == sa.literal_column("'incoming'"),
    )
    .order_by(_m.c.seq.desc())
    .limit(1)
)
_OWN = Statement(
    sa.select(t.inboxes.c.config).where(
        t.inboxes.c.account_id == P("account_id"),
        t.inboxes.c.channel == P("channel"),
        t.inboxes.c.deleted_at.is_(None),
    )
)
_END = Statement(sa.delete(_a).where(_a.c.answered_at <= P("before")))


def take(tx: Tx, account_id: UUID, address: Address, message_id: UUID, before: datetime) -> bool:
    """Note that a message answers an address by itself; false if another one did since `before`."""
    values = {"account": account_id, "scheme_is": address.scheme, "address_is": address.value}
    return bool(tx.run(_TAKE, **values, message=message_id, at=tx.now, before=before))


def answered(tx: ReadTx, conversation_id: UUID, seq: int) -> Row | None:
    """What the customer wrote last before a message of ours: `context`, `created_at`."""
    return tx.first(_ANSWERED, conversation_id=conversation_id, seq=seq)


def own_addresses(tx: ReadTx, account_id: UUID, channel: str, field: str) -> set[str]:
    """The addresses of an account's inboxes of a channel, as this field of their settings has them."""
    rows = tx.rows(_OWN, account_id=account_id, channel=channel)
    return {str(row.config.get(field) or "").lower() for row in rows} - {""}


def forget(tx: Tx, before: datetime) -> int:
    """Drop what is older than anything asks for; says how many."""
    return tx.run(_END, before=before)
