"""Where agents follow conversations: how far each inbox has shown its account's log, and in which threads."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from frontdesk.store import events
from frontdesk.store import tables as t
from frontdesk.store.statement import Row, Statement, insert
from frontdesk.store.tx import ReadTx, Tx
from frontdesk.store.types import db_now

P = sa.bindparam
_m, _t, _r = t.mirrors, t.mirror_threads, t.mirror_replies
QUEUE = "mirror"
_WAITING = 2
"""One job may be at work; one more behind it sees what came meanwhile, and a third would see nothing new."""

_of_mirror = (_m.c.account_id == P("account_id"), _m.c.inbox_id == P("inbox_id"))
_of_threads = (_t.c.account_id == P("account_id"), _t.c.inbox_id == P("inbox_id"))
_ALL = Statement(sa.select(_m.c.inbox_id, _m.c.account_id, _m.c.place))
_GET = Statement(sa.select(_m).where(*_of_mirror))
_BEHIND = Statement(
    sa.select(_m.c.inbox_id, _m.c.account_id)
    .join_from(_m, t.account_log, t.account_log.c.account_id == _m.c.account_id)
    .outerjoin(t.lanes, sa.and_(t.lanes.c.queue == QUEUE, t.lanes.c.key == _m.c.inbox_id))
    .where(_m.c.position < t.account_log.c.head, sa.func.coalesce(t.lanes.c.pending, 0) < _WAITING)
    .order_by(_m.c.inbox_id)
)
_ADD = Statement(
    insert(_m)
    .values(
        inbox_id=P("inbox_id"), account_id=P("account_id"), place=P("place"), position=P("position"),
        created_at=db_now(),
    )
    .on_conflict_do_nothing()
)  # fmt: skip
_MOVE = Statement(
    sa.update(_m).where(_m.c.account_id == P("account"), _m.c.inbox_id == P("inbox")).values(place=P("place"))
)
_ADVANCE = Statement(
    sa.update(_m)
    .where(_m.c.account_id == P("account"), _m.c.inbox_id == P("inbox"))
    .values(position=P("position"))
)
_DROP = Statement(sa.delete(_m).where(*_of_mirror))
_DROP_THREADS = Statement(sa.delete(_t).where(*_of_threads))
_THREAD = Statement(sa.select(_t.c.thread).where(*_of_threads, _t.c.conversation_id == P("conversation_id")))
_CONVERSATION = Statement(sa.select(_t.c.conversation_id).where(*_of_threads, _t.c.thread == P("thread")))
_new_thread = insert(_t).values(
    inbox_id=P("inbox_id"), conversation_id=P("conversation_id"), account_id=P("account_id"),
    thread=P("thread"), created_at=db_now(),
)  # fmt: skip
_KEEP_THREAD = Statement(
    _new_thread.on_conflict_do_update(
        index_elements=[_t.c.inbox_id, _t.c.conversation_id], set_={"thread": _new_thread.excluded.thread}
    )
)
_of_replies = (_r.c.account_id == P("account_id"), _r.c.inbox_id == P("inbox_id"))
_REPLY = Statement(sa.select(_r.c.source_id).where(*_of_replies, _r.c.source_id == P("source_id")))
_KEEP_REPLY = Statement(
    insert(_r)
    .values(
        inbox_id=P("inbox_id"), source_id=P("source_id"), account_id=P("account_id"),
        message_id=P("message_id"), created_at=db_now(),
    )
    .on_conflict_do_nothing()
)  # fmt: skip
_REPLIED = Statement(
    sa.select(_r.c.message_id).where(*_of_replies, _r.c.message_id.in_(P("message_ids", expanding=True)))
)


def every(tx: ReadTx) -> list[Row]:
    """All accounts' mirroring inboxes (inbox_id, account_id, place), for workers."""
    return tx.rows(_ALL)


def behind(tx: ReadTx) -> list[Row]:
    """Inboxes (inbox_id, account_id) that have not shown all of their account's log and need a job."""
    return tx.rows(_BEHIND)


def get(tx: ReadTx, account_id: UUID, inbox_id: UUID) -> Row | None:
    """How far an inbox has come; None if it does not mirror."""
    return tx.first(_GET, account_id=account_id, inbox_id=inbox_id)


def begin(tx: Tx, account_id: UUID, inbox_id: UUID, place: str) -> None:
    """Have an inbox show from now on what happens; in another place than before, threads begin anew."""
    old = get(tx, account_id, inbox_id)
    if old is None:
        head = events.head(tx, account_id)
        tx.run(_ADD, inbox_id=inbox_id, account_id=account_id, place=place, position=head)
    elif old.place != place:
        tx.run(_DROP_THREADS, account_id=account_id, inbox_id=inbox_id)
        tx.run(_MOVE, account=account_id, inbox=inbox_id, place=place)


def end(tx: Tx, account_id: UUID, inbox_id: UUID) -> None:
    """An inbox shows nothing any more; its threads are nobody's."""
    tx.run(_DROP_THREADS, account_id=account_id, inbox_id=inbox_id)
    tx.run(_DROP, account_id=account_id, inbox_id=inbox_id)


def advance(tx: Tx, account_id: UUID, inbox_id: UUID, position: int) -> None:
    """Everything up to this position of the log was shown."""
    tx.run(_ADVANCE, account=account_id, inbox=inbox_id, position=position)


def thread_of(tx: ReadTx, account_id: UUID, inbox_id: UUID, conversation_id: UUID) -> str | None:
    """The thread in which a conversation is shown."""
    found: str | None = tx.scalar(
        _THREAD, account_id=account_id, inbox_id=inbox_id, conversation_id=conversation_id
    )
    return found


def conversation_of(tx: ReadTx, account_id: UUID, inbox_id: UUID, thread: str) -> UUID | None:
    """The conversation that a thread shows."""
    found: UUID | None = tx.scalar(_CONVERSATION, account_id=account_id, inbox_id=inbox_id, thread=thread)
    return found


def keep_thread(tx: Tx, account_id: UUID, inbox_id: UUID, conversation_id: UUID, thread: str) -> None:
    """A conversation is shown in this thread from now on."""
    tx.run(
        _KEEP_THREAD, inbox_id=inbox_id, conversation_id=conversation_id, account_id=account_id, thread=thread
    )


def is_known_reply(tx: ReadTx, account_id: UUID, inbox_id: UUID, source_id: str) -> bool:
    """Whether an agent's answer was dealt with."""
    return tx.first(_REPLY, account_id=account_id, inbox_id=inbox_id, source_id=source_id) is not None


def keep_reply(tx: Tx, account_id: UUID, inbox_id: UUID, source_id: str, message_id: UUID | None) -> None:
    """An agent's answer was dealt with: sent as this message, or refused."""
    tx.run(_KEEP_REPLY, inbox_id=inbox_id, source_id=source_id, account_id=account_id, message_id=message_id)


def replied(tx: ReadTx, account_id: UUID, inbox_id: UUID, message_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these messages were written in the inbox's own threads, and stand there already."""
    if not message_ids:
        return set()
    rows = tx.rows(_REPLIED, account_id=account_id, inbox_id=inbox_id, message_ids=list(message_ids))
    return {row.message_id for row in rows}
