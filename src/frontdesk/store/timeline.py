"""Reading messages: pages of a conversation by seq, single ones, starred ones; each with what belongs to it.

A row has the message's own columns, its delivery's (prefixed `delivery_`), and of what it replies to
(prefixed `reply_`). Messages are changed in messages (append) and message_changes.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from frontdesk.domain.errors import NotFound
from frontdesk.domain.scope import Scope
from frontdesk.store import tables as t
from frontdesk.store.statement import Row, Statement
from frontdesk.store.tx import ReadTx

P = sa.bindparam
_m, _d = t.messages, t.deliveries
_reply = _m.alias("reply")

_READ = sa.select(
    _m,
    _d.c.status.label("delivery_status"),
    _d.c.source_id.label("delivery_source_id"),
    _d.c.error_code.label("delivery_error_code"),
    _d.c.error.label("delivery_error"),
    _d.c.retryable.label("delivery_retryable"),
    _d.c.pricing.label("delivery_pricing"),
    _d.c.version.label("delivery_version"),
    _reply.c.seq.label("reply_seq"),
    _reply.c.kind.label("reply_kind"),
    _reply.c.content.label("reply_content"),
    _reply.c.author_name.label("reply_author_name"),
    _reply.c.deleted_at.label("reply_deleted_at"),
).select_from(_m.outerjoin(_d, _d.c.message_id == _m.c.id).outerjoin(_reply, _reply.c.id == _m.c.reply_to_id))
_GET = Statement(_READ.where(_m.c.id == P("id"), _m.c.account_id == P("account_id")))
_MANY = Statement(_READ.where(_m.c.id.in_(P("ids", expanding=True)), _m.c.account_id == P("account_id")))
_BEFORE = Statement(
    _READ.where(_m.c.conversation_id == P("conversation_id"), _m.c.seq < P("seq"))
    .order_by(_m.c.seq.desc())
    .limit(P("limit"))
)
_AFTER = Statement(
    _READ.where(_m.c.conversation_id == P("conversation_id"), _m.c.seq > P("seq"))
    .order_by(_m.c.seq)
    .limit(P("limit"))
)
_starred = _READ.where(_m.c.account_id == P("account_id"), _m.c.starred, _m.c.id < P("before"))
_STARRED = Statement(_starred.order_by(_m.c.id.desc()).limit(P("limit")))
_STARRED_OF = Statement(
    _starred.where(_m.c.inbox_id.in_(P("inbox_ids", expanding=True)))
    .order_by(_m.c.id.desc())
    .limit(P("limit"))
)
_PLACE = Statement(
    sa.select(_m.c.id, _m.c.conversation_id, _m.c.inbox_id, _m.c.seq, _m.c.created_at).where(
        _m.c.id == P("id"), _m.c.account_id == P("account_id")
    )
)
_SPOKEN_BEFORE = Statement(
    _READ.where(
        _m.c.conversation_id == P("conversation_id"),
        _m.c.seq < P("seq"),
        sa.or_(_m.c.direction == "incoming", _m.c.direction == "outgoing"),
    )
    .order_by(_m.c.seq.desc())
    .limit(P("limit"))
)
_SPOKEN_AFTER = Statement(
    _READ.where(
        _m.c.conversation_id == P("conversation_id"),
        _m.c.seq > P("seq"),
        sa.or_(_m.c.direction == "incoming", _m.c.direction == "outgoing"),
    )
    .order_by(_m.c.seq)
    .limit(P("limit"))
)
_after = [_m.c.created_at, _m.c.conversation_id, _m.c.seq]


@lru_cache(maxsize=8)
def _of_contact(*, begun: bool, limited: bool, newest_first: bool) -> Statement:
    talks = (
        sa.select(t.conversations.c.id)
        .join_from(t.conversations, t.threads, t.threads.c.id == t.conversations.c.thread_id)
        .where(t.threads.c.account_id == P("account_id"), t.threads.c.contact_id == P("contact_id"))
    )
    query = _READ.where(_m.c.account_id == P("account_id"), _m.c.conversation_id.in_(talks))
    if limited:
        query = query.where(_m.c.inbox_id.in_(P("inbox_ids", expanding=True)))
    if begun:
        last = [
            P(name, type_=column.type) for name, column in zip(("at", "talk", "seq"), _after, strict=True)
        ]
        here, there = sa.tuple_(*_after), sa.tuple_(*last)
        query = query.where(here < there if newest_first else here > there)
    order = [column.desc() for column in _after] if newest_first else _after
    return Statement(query.order_by(*order).limit(P("limit")))


_NEWEST = (1 << 62) - 1


def page(
    tx: ReadTx,
    conversation_id: UUID,
    *,
    before: int | None = None,
    after: int | None = None,
    limit: int,
    spoken_only: bool = False,
) -> list[Row]:
    """Messages of a conversation, ascending by seq: those after `after`, else the last before `before`.

    Args:
        tx: Where to read.
        conversation_id: One that the caller may see.
        before: Only messages with a smaller seq; None means from the end.
        after: Only messages with a larger seq.
        limit: At most so many.
        spoken_only: Without notes and activities, as a visitor sees it.
    """
    if after is not None:
        later = _SPOKEN_AFTER if spoken_only else _AFTER
        return tx.rows(later, conversation_id=conversation_id, seq=after, limit=limit)
    earlier = _SPOKEN_BEFORE if spoken_only else _BEFORE
    seq = _NEWEST if before is None else before
    return tx.rows(earlier, conversation_id=conversation_id, seq=seq, limit=limit)[::-1]


def of_contact(
    tx: ReadTx,
    scope: Scope,
    contact_id: UUID,
    after: tuple[datetime, UUID, int] | None,
    limit: int,
    *,
    newest_first: bool = False,
) -> list[Row]:
    """What was said with a contact in all their threads.

    Args:
        tx: Where to read.
        scope: Only what is in its inboxes.
        contact_id: One that the caller may see.
        after: The message before the page: created_at, conversation_id and seq.
        limit: At most so many.
        newest_first: The other way round.
    """
    params: dict[str, Any] = {"account_id": scope.account_id, "contact_id": contact_id, "limit": limit}
    if scope.inbox_ids is not None:
        params["inbox_ids"] = sorted(scope.inbox_ids)
    if after is not None:
        params["at"], params["talk"], params["seq"] = after
    limited = scope.inbox_ids is not None
    found = _of_contact(begun=after is not None, limited=limited, newest_first=newest_first)
    return tx.rows(found, **params)


def get(tx: ReadTx, scope: Scope, message_id: UUID) -> Row:
    """One message.

    Raises:
        NotFound: There is none, or not for this caller.
    """
    return _visible(scope, tx.first(_GET, id=message_id, account_id=scope.account_id))


def place(tx: ReadTx, scope: Scope, message_id: UUID) -> Row:
    """Where a message stands: id, conversation_id, inbox_id, seq, created_at.

    Raises:
        NotFound: There is none, or not for this caller.
    """
    return _visible(scope, tx.first(_PLACE, id=message_id, account_id=scope.account_id))


def many(tx: ReadTx, account_id: UUID, ids: Sequence[UUID]) -> dict[UUID, Row]:
    """Messages by id, whoever may see them."""
    return {row.id: row for row in tx.rows(_MANY, ids=ids, account_id=account_id)} if ids else {}


def starred(tx: ReadTx, scope: Scope, before: UUID | None = None, limit: int = 50) -> list[Row]:
    """Starred messages, newest first, older than the one with id `before`."""
    params = {"account_id": scope.account_id, "before": before or UUID(int=(1 << 128) - 1), "limit": limit}
    if scope.inbox_ids is None:
        return tx.rows(_STARRED, **params)
    return tx.rows(_STARRED_OF, **params, inbox_ids=sorted(scope.inbox_ids))


def _visible(scope: Scope, row: Row | None) -> Row:
    if row is None or (scope.inbox_ids is not None and row.inbox_id not in scope.inbox_ids):
        raise NotFound("There is no such message.")
    return row
