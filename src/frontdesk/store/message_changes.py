"""What may happen to a message after it was appended: edits, taking back, stars. What was before is kept."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from frontdesk.domain.event import EventType
from frontdesk.store import tables as t
from frontdesk.store.statement import Row, Statement, insert
from frontdesk.store.tx import ReadTx, Tx
from frontdesk.store.types import db_now

TAKEN_BACK = "canceled"
"""What a conversation's `preview_kind` says where all that was said was taken back before it left."""

P = sa.bindparam
_m, _v, _c = t.messages, t.message_versions, t.conversations

_LOCK = Statement(sa.select(_m).where(_m.c.id == P("id")).with_for_update(key_share=True))
_CONVERSATION = Statement(sa.select(_m.c.conversation_id).where(_m.c.id == P("id")))
_KEEP = Statement(
    insert(_v)
    .values(
        message_id=P("message_id"),
        version=P("version"),
        account_id=P("account_id"),
        content=P("content"),
        replaced_at=db_now(),
    )
    .on_conflict_do_nothing()
)
_EDIT = Statement(
    sa.update(_m)
    .where(_m.c.id == P("message"))
    .values(content=P("content"), kind=P("kind"), edited_at=db_now(), version=_m.c.version + 1)
)
_DELETE = Statement(
    sa.update(_m).where(_m.c.id == P("message")).values(deleted_at=db_now(), version=_m.c.version + 1)
)
_STAR = Statement(
    sa.update(_m).where(_m.c.id == P("message")).values(starred=P("starred"), version=_m.c.version + 1)
)
_BUMP = Statement(sa.update(_m).where(_m.c.id == P("message")).values(version=_m.c.version + 1))
_PREVIEW = Statement(
    sa.update(_c)
    .where(_c.c.id == P("conversation"), _c.c.last_seq == P("seq"))
    .values(preview=P("preview"), version=_c.c.version + 1)
)
_told = _m.outerjoin(t.deliveries, t.deliveries.c.message_id == _m.c.id)
_is_told = sa.and_(
    _m.c.conversation_id == P("conversation_id"),
    _m.c.direction != "activity",
    sa.func.coalesce(t.deliveries.c.status, "") != "canceled",
)
_BEFORE = Statement(
    sa.select(_m.c.kind, _m.c.direction, _m.c.author_name, _m.c.content, _m.c.deleted_at)
    .select_from(_told)
    .where(_is_told, _m.c.seq < P("seq"))
    .order_by(_m.c.seq.desc())
    .limit(1)
)
_STEP_BACK = Statement(
    sa.update(_c)
    .where(_c.c.id == P("conversation"))
    .values(
        preview=P("preview"),
        preview_kind=P("kind"),
        preview_direction=P("direction"),
        preview_author=P("author"),
        version=_c.c.version + 1,
    )
)
_IS_LAST = Statement(sa.select(sa.func.count()).select_from(_told).where(_is_told, _m.c.seq > P("seq")))
_VERSIONS = Statement(
    sa.select(_v)
    .where(_v.c.message_id == P("message_id"), _v.c.account_id == P("account_id"))
    .order_by(_v.c.version)
)


def place(tx: ReadTx, message_id: UUID) -> UUID:
    """The conversation of a message.

    Raises:
        NotFound: There is none.
    """
    found: UUID = tx.one(_CONVERSATION, id=message_id).conversation_id
    return found


def lock(tx: Tx, message_id: UUID) -> Row:
    """A message's own row, locked until the commit; lock its conversation first.

    Raises:
        NotFound: There is none.
    """
    return tx.one(_LOCK, id=message_id)


def edit(tx: Tx, message: Row, content: str, kind: str, preview: str) -> None:
    """Give a locked message other content; what it said before is kept as a version."""
    _keep(tx, message)
    tx.run(_EDIT, message=message.id, content=content, kind=kind)
    tx.run(_PREVIEW, conversation=message.conversation_id, seq=message.seq, preview=preview)
    _tell(tx, message, EventType.MESSAGE_EDITED)


def delete(tx: Tx, message: Row, preview: str) -> None:
    """Mark a locked message as taken back; what it said stays in its versions."""
    _keep(tx, message)
    tx.run(_DELETE, message=message.id)
    tx.run(_PREVIEW, conversation=message.conversation_id, seq=message.seq, preview=preview)
    _tell(tx, message, EventType.MESSAGE_DELETED)


def star(tx: Tx, message: Row, *, starred: bool) -> None:
    """Set or take the star of a locked message."""
    tx.run(_STAR, message=message.id, starred=starred)
    _tell(tx, message, EventType.MESSAGE_STARRED, starred=starred)


def before_last(tx: ReadTx, conversation_id: UUID, seq: int) -> tuple[bool, Row | None]:
    """Whether a message is the last of a conversation, and the one that lists show if it is taken away.

    The row has kind, direction, author_name, content and deleted_at; it is None where nothing was said.
    """
    if tx.scalar(_IS_LAST, conversation_id=conversation_id, seq=seq):
        return False, None
    return True, tx.first(_BEFORE, conversation_id=conversation_id, seq=seq)


def show_before(tx: Tx, conversation_id: UUID, row: Row | None, preview: str) -> None:
    """Let lists show the message of `before_last` for a locked conversation; without one, leave it out.

    What is said next shows it again.
    """
    tx.run(
        _STEP_BACK,
        conversation=conversation_id,
        preview=preview,
        kind=row.kind if row else TAKEN_BACK,
        direction=row.direction if row else None,
        author=row.author_name if row else None,
    )


def reacted(tx: Tx, message: Row) -> None:
    """Note that the reactions on a locked message changed."""
    tx.run(_BUMP, message=message.id)
    _tell(tx, message, EventType.MESSAGE_REACTED)


def file_changed(tx: Tx, message: Row, event: EventType, attachment_id: UUID, content: str | None) -> None:
    """Note that a file of a locked message was stored or failed; `content` names the file from now on."""
    if content is not None:
        tx.run(_NAME_FILE, message=message.id, content=content)
    else:
        tx.run(_BUMP, message=message.id)
    _tell(tx, message, event, attachment_id=str(attachment_id))


_NAME_FILE = Statement(
    sa.update(_m).where(_m.c.id == P("message")).values(content=P("content"), version=_m.c.version + 1)
)


def versions(tx: ReadTx, account_id: UUID, message_id: UUID) -> list[Row]:
    """What a message said before, the oldest first: version, content, replaced_at."""
    return tx.rows(_VERSIONS, account_id=account_id, message_id=message_id)


def _keep(tx: Tx, message: Row) -> None:
    tx.run(
        _KEEP,
        message_id=message.id,
        version=message.version,
        account_id=message.account_id,
        content=message.content,
    )


def _tell(tx: Tx, message: Row, event: EventType, **more: Any) -> None:
    tx.emit(
        message.account_id,
        event,
        conversation_id=message.conversation_id,
        subject_id=message.id,
        seq=message.seq,
        facts={"version": message.version + 1, **more},
    )
