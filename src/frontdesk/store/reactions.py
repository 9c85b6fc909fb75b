"""Reactions: which emoji each person has on a message now. The reaction messages themselves are messages."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from frontdesk.domain.message import Author
from frontdesk.store import tables as t
from frontdesk.store.statement import Row, Statement, insert
from frontdesk.store.tx import ReadTx, Tx
from frontdesk.store.types import db_now

P = sa.bindparam
_r = t.reactions

_REMOVE = Statement(
    sa.delete(_r).where(_r.c.message_id == P("message_id"), _r.c.author_key == P("author_key"))
)
_ADD = Statement(
    insert(_r).values(
        message_id=P("message_id"),
        author_key=P("author_key"),
        account_id=P("account_id"),
        emoji=P("emoji"),
        author_type=P("author_type"),
        author_id=P("author_id"),
        author_name=P("author_name"),
        created_at=db_now(),
    )
)
_OF = Statement(
    sa.select(_r)
    .where(_r.c.message_id.in_(P("ids", expanding=True)))
    .order_by(_r.c.message_id, _r.c.created_at, _r.c.author_key)
)


def put(tx: Tx, account_id: UUID, message_id: UUID, author: Author, emoji: str | None) -> None:
    """An author's one emoji on a message from now on; None takes it back.

    The desk has one voice outside: whichever agent reacts, the customer sees the desk's one reaction.
    """
    author_key = "contact" if author.type == "contact" else "desk"
    tx.run(_REMOVE, message_id=message_id, author_key=author_key)
    if emoji:
        tx.run(
            _ADD,
            message_id=message_id,
            author_key=author_key,
            account_id=account_id,
            emoji=emoji,
            author_type=author.type.value,
            author_id=author.id,
            author_name=author.name,
        )


def of_messages(tx: ReadTx, ids: Sequence[UUID]) -> dict[UUID, list[Row]]:
    """The reactions on these messages."""
    out: dict[UUID, list[Row]] = {}
    for row in tx.rows(_OF, ids=ids) if ids else ():
        out.setdefault(row.message_id, []).append(row)
    return out
