"""Provider ids: which message and delivery each stands for, and reports that came before the id was known.

A status, an echo and our own send's answer may come in any order: whoever is first makes the row, whoever is
second finds it. A report about an unknown id waits in `pending`.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from frontdesk.store import tables as t
from frontdesk.store.statement import Row, Statement, insert
from frontdesk.store.tx import ReadTx, Tx
from frontdesk.store.types import db_now

P = sa.bindparam
_s = t.source_refs

_FIND = Statement(
    sa.select(_s.c.source_id, _s.c.message_id, _s.c.delivery_id, _s.c.pending).where(
        _s.c.inbox_id == P("inbox_id"), _s.c.source_id.in_(P("source_ids", expanding=True))
    )
)
_WAITING = Statement(
    sa.select(_s.c.source_id, _s.c.message_id, _s.c.delivery_id, _s.c.pending)
    .where(
        _s.c.inbox_id == P("inbox_id"),
        _s.c.source_id.in_(P("source_ids", expanding=True)),
        _s.c.pending.is_not(None),
    )
    .order_by(_s.c.source_id)
    .with_for_update(key_share=True)
)
_HOLD = Statement(
    insert(_s)
    .values(
        inbox_id=P("inbox_id"),
        source_id=P("source_id"),
        account_id=P("account_id"),
        pending=P("pending"),
        created_at=db_now(),
    )
    .on_conflict_do_nothing()
)
_LOCK = Statement(
    sa.select(_s.c.message_id, _s.c.delivery_id, _s.c.pending)
    .where(_s.c.inbox_id == P("inbox_id"), _s.c.source_id == P("source_id"))
    .with_for_update(key_share=True)
)
_SET_PENDING = Statement(
    sa.update(_s)
    .where(_s.c.inbox_id == P("inbox_id"), _s.c.source_id == P("source_id"))
    .values(pending=P("pending"))
)
_CLAIM = Statement(
    insert(_s)
    .values(
        inbox_id=P("inbox_id"),
        source_id=P("source_id"),
        account_id=P("account_id"),
        message_id=P("message_id"),
        delivery_id=P("delivery_id"),
        created_at=db_now(),
    )
    .on_conflict_do_nothing()
)
_BIND = Statement(
    sa.update(_s)
    .where(_s.c.inbox_id == P("inbox_id"), _s.c.source_id == P("source_id"))
    .values(message_id=P("message_id"), delivery_id=P("delivery_id"), pending=None)
)


def find(tx: ReadTx, inbox_id: UUID, source_ids: Sequence[str]) -> dict[str, Row]:
    """What is known of these ids: message_id and delivery_id (either may be None), pending."""
    if not source_ids:
        return {}
    rows = tx.rows(_FIND, inbox_id=inbox_id, source_ids=sorted(set(source_ids)))
    return {row.source_id: row for row in rows}


def hold(tx: Tx, account_id: UUID, inbox_id: UUID, source_id: str, report: dict[str, Any]) -> bool:
    """Keep a report until its message is known.

    Returns:
        False if the message is known by now: nothing was kept, find it and apply the report.
    """
    key = {"inbox_id": inbox_id, "source_id": source_id}
    if tx.run(_HOLD, **key, account_id=account_id, pending=[report]):
        return True
    seen = find(tx, inbox_id, [source_id]).get(source_id)
    if seen is not None and seen.message_id is not None:
        return False
    row = tx.one(_LOCK, **key)
    if row.message_id is not None:
        return False
    held = row.pending or []
    if report not in held:
        tx.run(_SET_PENDING, **key, pending=[*held, report])
    return True


def bind(
    tx: Tx,
    account_id: UUID,
    inbox_id: UUID,
    source_id: str,
    *,
    message_id: UUID,
    delivery_id: UUID | None,
) -> list[dict[str, Any]] | None:
    """Say which message a provider's id stands for.

    Returns:
        The reports that waited for it; None if the id already stands for another message.
    """
    key = {"inbox_id": inbox_id, "source_id": source_id}
    if tx.run(_CLAIM, **key, account_id=account_id, message_id=message_id, delivery_id=delivery_id):
        return []
    row = tx.one(_LOCK, **key)
    if row.message_id not in (None, message_id):
        return None
    tx.run(_BIND, **key, message_id=message_id, delivery_id=delivery_id or row.delivery_id)
    return list(row.pending or [])


def take_waiting(tx: Tx, inbox_id: UUID, source_ids: Sequence[str]) -> list[Row]:
    """The rows of these ids that hold reports, emptied: source_id, message_id, delivery_id, pending."""
    if not source_ids:
        return []
    rows = tx.rows(_WAITING, inbox_id=inbox_id, source_ids=sorted(set(source_ids)))
    for row in rows:
        tx.run(_SET_PENDING, inbox_id=inbox_id, source_id=row.source_id, pending=None)
    return rows
