"""Conversations, each one episode in a thread: found, opened and changed. Rules are not said here.

Everything but the hot append bumps `version` here. The lists read this table by keyset through its partial
indexes, so their cost does not grow with the number of messages.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from frontdesk.domain.conversation import ConversationStatus
from frontdesk.domain.errors import NotFound
from frontdesk.domain.scope import Scope
from frontdesk.store import opt_outs
from frontdesk.store import tables as t
from frontdesk.store.statement import Row, Statement, insert
from frontdesk.store.tx import ReadTx, Tx
from frontdesk.store.types import db_now

P = sa.bindparam
_c = t.conversations
_RESOLVED: sa.ColumnElement[str] = sa.literal_column("'resolved'")
"""Written out, because a partial index serves only a condition that repeats its own."""

READ = sa.select(
    _c,
    t.inboxes.c.name.label("inbox_name"),
    t.inboxes.c.channel.label("channel"),
    t.threads.c.contact_id.label("holder_id"),
    t.contacts.c.name.label("contact_name"),
    t.contacts.c.avatar_id.label("contact_avatar_id"),
    t.threads.c.scheme.label("scheme"),
    t.threads.c.address.label("address"),
    t.users.c.name.label("assignee_name"),
).select_from(
    _c.join(t.inboxes, t.inboxes.c.id == _c.c.inbox_id)
    .join(t.threads, t.threads.c.id == _c.c.thread_id)
    .join(t.contacts, t.contacts.c.id == t.threads.c.contact_id)
    .outerjoin(t.users, t.users.c.id == _c.c.assignee_id)
)
"""All that a conversation's reader sees, in one row.

`holder_id` is the contact who has the thread now; `contact_id` is the one who began it: merges do not change
it, and a visitor sees what their own contact began.
"""

_GET = Statement(READ.where(_c.c.id == P("id"), _c.c.account_id == P("account_id")))
_MANY = Statement(READ.where(_c.c.id.in_(P("ids", expanding=True)), _c.c.account_id == P("account_id")))
_PLACES = Statement(
    sa.select(
        _c.c.id,
        _c.c.account_id,
        _c.c.inbox_id,
        _c.c.thread_id,
        _c.c.contact_id,
        _c.c.last_incoming_at,
        t.inboxes.c.channel,
        t.inboxes.c.settings.label("inbox_settings"),
        sa.func.coalesce(t.inboxes.c.time_zone, t.accounts.c.time_zone).label("time_zone"),
        t.inboxes.c.deleted_at.label("inbox_deleted_at"),
        opt_outs.KINDS.label("refused"),
    )
    .join_from(_c, t.inboxes, t.inboxes.c.id == _c.c.inbox_id)
    .join(t.threads, t.threads.c.id == _c.c.thread_id)
    .outerjoin(t.accounts, t.accounts.c.id == _c.c.account_id)
    .where(_c.c.id.in_(P("ids", expanding=True)), _c.c.account_id == P("account_id"))
)
_LOCK = Statement(
    sa.select(_c)
    .where(_c.c.id == P("id"), _c.c.account_id == P("account_id"))
    .with_for_update(key_share=True)
)
_LOCK_MANY = Statement(
    sa.select(_c.c.id, _c.c.seen_seq)
    .where(_c.c.id.in_(P("ids", expanding=True)))
    .order_by(_c.c.id)
    .with_for_update(key_share=True)
)
_OPEN_OF_THREAD = Statement(sa.select(_c).where(_c.c.thread_id == P("thread_id"), _c.c.status != _RESOLVED))
_LATEST_OF_THREAD = Statement(
    sa.select(_c)
    .where(_c.c.thread_id == P("thread_id"))
    .order_by(_c.c.opened_at.desc(), _c.c.id.desc())
    .limit(1)
)
_OPEN = Statement(
    insert(_c).values(
        id=P("id"),
        account_id=P("account_id"),
        inbox_id=P("inbox_id"),
        thread_id=P("thread_id"),
        contact_id=P("contact_id"),
        status="open",
        last_message_at=db_now(),
        opened_at=db_now(),
    )
)
_SET_STATUS = Statement(
    sa.update(_c)
    .where(_c.c.id == P("id"))
    .values(
        status=P("status"),
        resolution=P("resolution"),
        snoozed_until=P("snoozed_until"),
        resolved_at=sa.case((P("is_resolved", type_=sa.Boolean) == sa.true(), db_now()), else_=sa.null()),
        version=_c.c.version + 1,
    )
)
_ASSIGN = Statement(
    sa.update(_c).where(_c.c.id == P("id")).values(assignee_id=P("assignee_id"), version=_c.c.version + 1)
)
_READ_UP_TO = Statement(
    sa.update(_c)
    .where(_c.c.id == P("id"))
    .values(read_seq=P("read_seq"), unread=P("unread"), version=_c.c.version + 1)
)
_SEEN_UP_TO = Statement(
    sa.update(_c).where(_c.c.id == P("id")).values(seen_seq=P("seq"), version=_c.c.version + 1)
)
_KEEP_PREVIEW = Statement(
    sa.update(_c)
    .where(_c.c.id == P("conversation"))
    .values(
        preview=P("preview"),
        preview_kind=P("preview_kind"),
        preview_direction=P("preview_direction"),
        preview_author=P("preview_author"),
        last_message_at=P("last_message_at"),
    )
)
_VERSION = Statement(sa.select(_c.c.version).where(_c.c.id == P("id")))
_COUNT_UNREAD = Statement(
    sa.select(sa.func.count())
    .select_from(t.messages)
    .where(
        t.messages.c.conversation_id == P("id"),
        t.messages.c.seq > P("seq"),
        t.messages.c.direction == "incoming",
    )
)
_LAST_INCOMING = Statement(
    sa.select(t.messages.c.source_id, t.messages.c.seq)
    .where(
        t.messages.c.conversation_id == P("id"),
        t.messages.c.seq <= P("seq"),
        t.messages.c.direction == "incoming",
        t.messages.c.kind != "reaction",
        t.messages.c.kind != "call",
        t.messages.c.source_id.not_like("desk:%"),
    )
    .order_by(t.messages.c.seq.desc())
    .limit(1)
)


def get(tx: ReadTx, scope: Scope, conversation_id: UUID) -> Row:
    """One conversation with the names that its reader sees.

    Raises:
        NotFound: There is none, or not for this caller.
    """
    return visible(scope, tx.first(_GET, id=conversation_id, account_id=scope.account_id))


def many(tx: ReadTx, account_id: UUID, ids: Sequence[UUID]) -> dict[UUID, Row]:
    """Conversations by id, as `get` gives them, whoever may see them."""
    return {row.id: row for row in tx.rows(_MANY, ids=ids, account_id=account_id)} if ids else {}


def place(tx: ReadTx, account_id: UUID, conversation_id: UUID) -> Row | None:
    """What never changes about a conversation (inbox, thread, channel), and when the customer last wrote."""
    return tx.first(_PLACES, ids=[conversation_id], account_id=account_id)


def places(tx: ReadTx, account_id: UUID, ids: Sequence[UUID]) -> dict[UUID, Row]:
    """The places of several conversations, by id."""
    return {row.id: row for row in tx.rows(_PLACES, ids=ids, account_id=account_id)} if ids else {}


def lock(tx: Tx, scope: Scope, conversation_id: UUID) -> Row:
    """The conversation's own row, locked until the commit.

    Raises:
        NotFound: There is none, or not for this caller.
    """
    return visible(scope, tx.first(_LOCK, id=conversation_id, account_id=scope.account_id))


def visible(scope: Scope, row: Row | None) -> Row:
    """The row, if there is one and the scope reaches its inbox.

    Raises:
        NotFound: Otherwise.
    """
    if row is None or (scope.inbox_ids is not None and row.inbox_id not in scope.inbox_ids):
        raise NotFound("There is no such conversation.")
    if scope.contact_id is not None and row.contact_id != scope.contact_id:
        raise NotFound("There is no such conversation.")
    return row


def open_of_thread(tx: ReadTx, thread_id: UUID) -> Row | None:
    """The thread's conversation that is not resolved: there is one at most."""
    return tx.first(_OPEN_OF_THREAD, thread_id=thread_id)


def latest_of_thread(tx: ReadTx, thread_id: UUID) -> Row | None:
    """The thread's newest conversation, whatever its status."""
    return tx.first(_LATEST_OF_THREAD, thread_id=thread_id)


def open_next(
    tx: Tx, *, conversation_id: UUID, account_id: UUID, inbox_id: UUID, thread_id: UUID, contact_id: UUID
) -> None:
    """Add an open conversation to a locked thread that has none open."""
    tx.run(
        _OPEN,
        id=conversation_id,
        account_id=account_id,
        inbox_id=inbox_id,
        thread_id=thread_id,
        contact_id=contact_id,
    )


def set_status(
    tx: Tx,
    conversation_id: UUID,
    status: ConversationStatus,
    *,
    resolution: str | None = None,
    snoozed_until: datetime | None = None,
) -> int:
    """Put a locked conversation into a status; answers its new version."""
    tx.run(
        _SET_STATUS,
        id=conversation_id,
        status=status.value,
        resolution=resolution,
        snoozed_until=snoozed_until,
        is_resolved=status is ConversationStatus.RESOLVED,
    )
    return version(tx, conversation_id)


def assign(tx: Tx, conversation_id: UUID, assignee_id: UUID | None) -> int:
    """Give a locked conversation to an agent, or to nobody; answers its new version."""
    tx.run(_ASSIGN, id=conversation_id, assignee_id=assignee_id)
    return version(tx, conversation_id)


def mark_read(tx: Tx, conversation_id: UUID, read_seq: int) -> int:
    """The agents have read a locked conversation up to `read_seq`; answers its new version."""
    unread = tx.scalar(_COUNT_UNREAD, id=conversation_id, seq=read_seq)
    tx.run(_READ_UP_TO, id=conversation_id, read_seq=read_seq, unread=unread)
    return version(tx, conversation_id)


def lock_many(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, int]:
    """Lock conversations in order of their ids; answers up to where each contact has read."""
    return {row.id: row.seen_seq for row in tx.rows(_LOCK_MANY, ids=sorted(ids))} if ids else {}


def mark_seen(tx: Tx, conversation_id: UUID, seq: int) -> int:
    """The contact has read a locked conversation up to `seq`; answers its new version."""
    tx.run(_SEEN_UP_TO, id=conversation_id, seq=seq)
    return version(tx, conversation_id)


def keep_preview(tx: Tx, row: Row) -> None:
    """Show a locked conversation in lists as it was: an activity is told in the timeline only."""
    tx.run(
        _KEEP_PREVIEW,
        conversation=row.id,
        preview=row.preview,
        preview_kind=row.preview_kind,
        preview_direction=row.preview_direction,
        preview_author=row.preview_author,
        last_message_at=row.last_message_at,
    )


def version(tx: ReadTx, conversation_id: UUID) -> int:
    """The conversation's version now."""
    return int(tx.scalar(_VERSION, id=conversation_id))


def last_incoming(tx: ReadTx, conversation_id: UUID, up_to_seq: int) -> Row | None:
    """The newest incoming message up to `up_to_seq` that can be marked as read: source_id, seq."""
    return tx.first(_LAST_INCOMING, id=conversation_id, seq=up_to_seq)


def facts(version_now: int, **more: Any) -> dict[str, Any]:
    """The facts of an event about a conversation."""
    return {"version": version_now, **{key: value for key, value in more.items() if value is not None}}
