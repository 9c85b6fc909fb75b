"""Idempotency keys: one effect and one answer per (account, actor, key), kept in the commit of the effect."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from frontdesk.store import tables as t
from frontdesk.store.failures import KeyTaken
from frontdesk.store.statement import Row, Statement, insert
from frontdesk.store.tx import ReadTx, Tx
from frontdesk.store.types import db_now

P = sa.bindparam
_keys = t.idempotency_keys

_FIND = Statement(
    sa.select(
        _keys.c.route,
        _keys.c.body_hash,
        _keys.c.status,
        _keys.c.result_id,
        _keys.c.result,
        _keys.c.created_at,
    ).where(_keys.c.account_id == P("account_id"), _keys.c.actor_id == P("actor_id"), _keys.c.key == P("key"))
)
_REMEMBER = Statement(
    insert(_keys)
    .values(
        account_id=P("account_id"),
        actor_id=P("actor_id"),
        key=P("key"),
        route=P("route"),
        body_hash=P("body_hash"),
        status=P("status"),
        result_id=P("result_id"),
        result=P("result"),
        created_at=db_now(),
    )
    .on_conflict_do_nothing()
)
_OLD = (
    sa.select(_keys.c.account_id, _keys.c.actor_id, _keys.c.key)
    .where(_keys.c.created_at < P("before"))
    .limit(P("limit"))
)
_FORGET = Statement(
    sa.delete(_keys).where(sa.tuple_(_keys.c.account_id, _keys.c.actor_id, _keys.c.key).in_(_OLD))
)


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """A client's key, with what it was used for: the route and the SHA-256 of the body."""

    account_id: UUID
    actor_id: UUID
    key: str
    route: str
    body_hash: bytes


def find(tx: ReadTx, key: IdempotencyKey) -> Row | None:
    """The stored answer (route, body_hash, status, result_id, result, created_at), or None."""
    return tx.first(_FIND, account_id=key.account_id, actor_id=key.actor_id, key=key.key)


def remember(
    tx: Tx, key: IdempotencyKey, status: int, result_id: UUID | None = None, result: Any = None
) -> None:
    """Keep the answer of this change. Call it last: nothing but the log is locked after it.

    Raises:
        KeyTaken: Another request used the key meanwhile. The change is undone; read again with `find`.
    """
    stored = tx.run(
        _REMEMBER,
        account_id=key.account_id,
        actor_id=key.actor_id,
        key=key.key,
        route=key.route,
        body_hash=key.body_hash,
        status=status,
        result_id=result_id,
        result=result,
    )
    if not stored:
        raise KeyTaken("This Idempotency-Key was used by another request at the same time.")


def forget(tx: Tx, before: datetime, limit: int = 1000) -> int:
    """Drop keys from before this instant (they are kept for 7 days), at most `limit`; answers how many."""
    return tx.run(_FORGET, before=before, limit=limit)
