"""Messages: appending them in order, and reading them back.

Append is the hot path. It locks the conversations in order of their ids, refuses resolved ones, lets known
source ids and idempotency keys fall out before anything is numbered, and gives only the survivors a `seq`: a
redelivery burns no number and fails no mate.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from frontdesk.store import append_postgres, append_sqlite
from frontdesk.store import tables as t
from frontdesk.store.drafts import Appended, Closed, Draft, Duplicate, Missing, Outcome, Repeated, check
from frontdesk.store.statement import Row, Statement
from frontdesk.store.tx import ReadTx, Tx

__all__ = [
    "Appended",
    "Closed",
    "Draft",
    "Duplicate",
    "Missing",
    "Outcome",
    "Repeated",
    "append",
    "by_source",
    "get",
    "many",
    "page",
    "starred",
    "versions",
]

P = sa.bindparam
_m = t.messages

_GET = Statement(sa.select(_m).where(_m.c.id == P("id"), _m.c.account_id == P("account_id")))
_MANY = Statement(
    sa.select(_m).where(_m.c.id.in_(P("ids", expanding=True)), _m.c.account_id == P("account_id"))
)
_BY_SOURCE = Statement(
    sa.select(_m)
    .join(t.source_refs, t.source_refs.c.message_id == _m.c.id)
    .where(
        t.source_refs.c.inbox_id == P("inbox_id"),
        t.source_refs.c.source_id == P("source_id"),
        _m.c.account_id == P("account_id"),
    )
)
_VERSIONS = Statement(
    sa.select(t.message_versions)
    .where(
        t.message_versions.c.message_id == P("message_id"),
        t.message_versions.c.account_id == P("account_id"),
    )
    .order_by(t.message_versions.c.version)
)
_STARRED = Statement(
    sa.select(_m)
    .where(_m.c.account_id == P("account_id"), _m.c.starred.is_(sa.true()), _m.c.id < P("before"))
    .order_by(_m.c.id.desc())
    .limit(P("limit"))
)


def append(tx: Tx, drafts: Sequence[Draft]) -> list[Outcome]:
    """Append drafts inside a general change; one outcome each, in order. Their events go into `tx`.

    Where nothing else is to be done in the change, `Store.append` is the fast way.

    Raises:
        Invalid: A text holds NUL.
    """
    for draft in drafts:
        check(draft)
    if not drafts:
        return []
    if tx.dialect == "postgresql":
        return append_postgres.append(tx, drafts)
    return append_sqlite.append(tx, drafts)


def get(tx: ReadTx, account_id: UUID, message_id: UUID) -> Row:
    """One message: all columns of the table.

    Raises:
        NotFound: The account has no such message.
    """
    return tx.one(_GET, id=message_id, account_id=account_id)


def many(tx: ReadTx, account_id: UUID, ids: Sequence[UUID]) -> dict[UUID, Row]:
    """The account's messages among these ids."""
    return {row.id: row for row in tx.rows(_MANY, ids=ids, account_id=account_id)} if ids else {}


def by_source(tx: ReadTx, account_id: UUID, inbox_id: UUID, source_id: str) -> Row | None:
    """The message that a provider's id refers to, or None."""
    return tx.first(_BY_SOURCE, account_id=account_id, inbox_id=inbox_id, source_id=source_id)


def page(
    tx: ReadTx,
    account_id: UUID,
    conversation_id: UUID,
    *,
    before: int | None = None,
    after: int | None = None,
    limit: int = 50,
) -> list[Row]:
    """Messages of a conversation, ascending by seq: those before or after a seq, or the newest."""
    params: dict[str, Any] = {"account_id": account_id, "conversation_id": conversation_id, "limit": limit}
    if after is not None:
        return tx.rows(_page("after"), **params, seq=after)
    if before is not None:
        return tx.rows(_page("before"), **params, seq=before)[::-1]
    return tx.rows(_page("newest"), **params)[::-1]


@lru_cache
def _page(shape: str) -> Statement:
    select = (
        sa.select(_m)
        .where(_m.c.conversation_id == P("conversation_id"), _m.c.account_id == P("account_id"))
        .limit(P("limit"))
    )
    match shape:
        case "after":
            return Statement(select.where(_m.c.seq > P("seq")).order_by(_m.c.seq))
        case "before":
            return Statement(select.where(_m.c.seq < P("seq")).order_by(_m.c.seq.desc()))
        case _:
            return Statement(select.order_by(_m.c.seq.desc()))


def versions(tx: ReadTx, account_id: UUID, message_id: UUID) -> list[Row]:
    """What a message said before each edit or deletion, oldest first."""
    return tx.rows(_VERSIONS, account_id=account_id, message_id=message_id)


def starred(tx: ReadTx, account_id: UUID, before: UUID | None = None, limit: int = 50) -> list[Row]:
    """Starred messages, newest first, older than the message `before`."""
    newest = UUID(int=(1 << 128) - 1)
    return tx.rows(_STARRED, account_id=account_id, before=before or newest, limit=limit)
