"""Threads: one line of talk between a contact and an inbox, and the keys by which it is found.

A key is the contact's address or a reference that the channel supplies; never a list of members, never the
contact's id. Whoever finds or opens a conversation, resolves or reopens one, locks the thread first.
"""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from frontdesk.domain.inbound import Address
from frontdesk.domain.participants import participants_id
from frontdesk.kit.ids import uuid7
from frontdesk.store import origins
from frontdesk.store import tables as t
from frontdesk.store.statement import Row, Statement, insert
from frontdesk.store.tx import ReadTx, Tx
from frontdesk.store.types import db_now

P = sa.bindparam
_t, _k, _c = t.threads, t.thread_keys, t.conversations
_mt, _p = t.merged_threads, t.thread_participants

_LOOK_UP = Statement(
    sa.select(
        _k.c.key,
        _t.c.id.label("thread_id"),
        _t.c.contact_id,
        t.contacts.c.name.label("contact_name"),
        _c.c.id.label("conversation_id"),
        _c.c.status,
    )
    .select_from(
        _k.join(_t, _t.c.id == _k.c.thread_id)
        .join(t.contacts, t.contacts.c.id == _t.c.contact_id)
        .outerjoin(_c, sa.and_(_c.c.thread_id == _t.c.id, _c.c.status != sa.literal_column("'resolved'")))
    )
    .where(
        _k.c.account_id == P("account_id"),
        _k.c.inbox_id == P("inbox_id"),
        _k.c.key.in_(P("keys", expanding=True)),
    )
)
_FIND = Statement(
    sa.select(_k.c.thread_id).where(
        _k.c.account_id == P("account_id"), _k.c.inbox_id == P("inbox_id"), _k.c.key == P("key")
    )
)
_OF_CONTACT = Statement(
    sa.select(_t)
    .where(
        _t.c.contact_id == P("contact_id"),
        _t.c.account_id == P("account_id"),
        _t.c.inbox_id == P("inbox_id"),
    )
    .order_by(_t.c.id)
)
_INBOXES_OF_CONTACT = Statement(
    sa.select(_t.c.inbox_id, sa.func.max(_c.c.last_message_at).label("last_message_at"))
    .join_from(_t, _c, _c.c.thread_id == _t.c.id)
    .where(_t.c.account_id == P("account_id"), _t.c.contact_id == P("contact_id"))
    .group_by(_t.c.inbox_id)
    .order_by(sa.func.max(_c.c.last_message_at).desc())
)
_OF_MESSAGE = Statement(
    sa.select(_c.c.thread_id)
    .select_from(t.messages.join(_c, _c.c.id == t.messages.c.conversation_id))
    .where(
        t.messages.c.id == P("message_id"),
        _c.c.account_id == P("account_id"),
        _c.c.inbox_id == P("inbox_id"),
    )
)
_OF_MESSAGES = Statement(
    sa.select(t.messages.c.id, t.messages.c.content, _t.c.id.label("thread_id"), _t.c.contact_id)
    .select_from(
        t.messages.join(_c, _c.c.id == t.messages.c.conversation_id).join(_t, _t.c.id == _c.c.thread_id)
    )
    .where(
        t.messages.c.id.in_(P("ids", expanding=True)),
        _t.c.account_id == P("account_id"),
        _t.c.inbox_id == P("inbox_id"),
    )
)
_CLAIM_KEY = Statement(
    insert(_k)
    .values(account_id=P("account_id"), inbox_id=P("inbox_id"), key=P("key"), thread_id=P("thread_id"))
    .on_conflict_do_nothing()
)
_ADD = Statement(
    insert(_t).values(
        id=P("id"),
        account_id=P("account_id"),
        inbox_id=P("inbox_id"),
        contact_id=P("contact_id"),
        scheme=P("scheme"),
        address=P("address"),
        created_at=db_now(),
    )
)
_LOCK = Statement(
    sa.select(_t)
    .where(_t.c.id == P("id"), _t.c.account_id == P("account_id"))
    .with_for_update(key_share=True)
)
_OF_ORIGIN = Statement(
    sa.select(_t)
    .where(
        _t.c.account_id == P("account_id"),
        _t.c.inbox_id == P("inbox_id"),
        sa.or_(
            sa.and_(_t.c.contact_id == P("contact_id"), ~sa.exists().where(_mt.c.thread_id == _t.c.id)),
            _t.c.id.in_(sa.select(_mt.c.thread_id).where(_mt.c.origin_id == P("contact_id"))),
        ),
    )
    .order_by(_t.c.id)
)
_ADD_ALIAS = Statement(
    insert(_p)
    .values(account_id=P("account_id"), participants_id=P("participants_id"), thread_id=P("thread_id"))
    .on_conflict_do_nothing()
)
_READDRESS = Statement(
    sa.update(_t).where(_t.c.id == P("id")).values(scheme=P("scheme"), address=P("address"))
)


def look_up(tx: ReadTx, account_id: UUID, inbox_id: UUID, keys: Sequence[str]) -> dict[str, Row]:
    """One read: key → thread → its open conversation (conversation_id and status, None if it has none)."""
    if not keys:
        return {}
    rows = tx.rows(_LOOK_UP, account_id=account_id, inbox_id=inbox_id, keys=keys)
    return {row.key: row for row in rows}


def of_messages(tx: ReadTx, account_id: UUID, inbox_id: UUID, ids: Sequence[UUID]) -> dict[UUID, Row]:
    """The thread and contact of each of these messages of an inbox, and what the message says."""
    if not ids:
        return {}
    rows = tx.rows(_OF_MESSAGES, account_id=account_id, inbox_id=inbox_id, ids=sorted(set(ids)))
    return {row.id: row for row in rows}


def find(tx: ReadTx, account_id: UUID, inbox_id: UUID, key: str) -> UUID | None:
    """The thread of a key."""
    found: UUID | None = tx.scalar(_FIND, account_id=account_id, inbox_id=inbox_id, key=key)
    return found


def of_message(tx: ReadTx, account_id: UUID, inbox_id: UUID, message_id: UUID) -> UUID | None:
    """The thread a message is in."""
    found: UUID | None = tx.scalar(
        _OF_MESSAGE, account_id=account_id, inbox_id=inbox_id, message_id=message_id
    )
    return found


def find_or_create(
    tx: Tx, account_id: UUID, inbox_id: UUID, key: str, *, contact_id: UUID, address: Address
) -> UUID:
    """The thread of this key; a new one if there is none. Many at the same time get the same one."""
    thread_id = find(tx, account_id, inbox_id, key)
    if thread_id is not None:
        return thread_id
    holder_id, merges = origins.settle(tx, account_id, contact_id)
    new = uuid7()
    if not tx.run(_CLAIM_KEY, account_id=account_id, inbox_id=inbox_id, key=key, thread_id=new):
        return UUID(bytes=tx.one(_FIND, account_id=account_id, inbox_id=inbox_id, key=key).thread_id.bytes)
    tx.run(
        _ADD,
        id=new,
        account_id=account_id,
        inbox_id=inbox_id,
        contact_id=holder_id,
        scheme=address.scheme,
        address=address.value,
    )
    origins.note_thread(tx, account_id, new, merges, contact_id)
    note_participants(tx, account_id, inbox_id, new, address)
    return new


def note_participants(tx: Tx, account_id: UUID, inbox_id: UUID, thread_id: UUID, address: Address) -> None:
    """Let a thread's conversations be listed by the participants id of this address."""
    alias = participants_id(account_id, inbox_id, (address,))
    tx.run(_ADD_ALIAS, account_id=account_id, participants_id=alias, thread_id=thread_id)


def add_key(tx: Tx, account_id: UUID, inbox_id: UUID, key: str, thread_id: UUID) -> bool:
    """Let a thread be found by one more key; says whether the key was free."""
    return bool(tx.run(_CLAIM_KEY, account_id=account_id, inbox_id=inbox_id, key=key, thread_id=thread_id))


def of_contact(tx: ReadTx, account_id: UUID, inbox_id: UUID, contact_id: UUID) -> list[Row]:
    """A contact's threads in an inbox, the oldest first."""
    return tx.rows(_OF_CONTACT, account_id=account_id, inbox_id=inbox_id, contact_id=contact_id)


def inboxes_of_contact(tx: ReadTx, account_id: UUID, contact_id: UUID) -> list[UUID]:
    """The inboxes that a contact has talked in, where it did last first."""
    rows = tx.rows(_INBOXES_OF_CONTACT, account_id=account_id, contact_id=contact_id)
    return [UUID(bytes=row.inbox_id.bytes) for row in rows]


def of_origin(tx: ReadTx, account_id: UUID, inbox_id: UUID, contact_id: UUID) -> list[Row]:
    """The threads in an inbox that this contact began, whoever has them now; the oldest first."""
    return tx.rows(_OF_ORIGIN, account_id=account_id, inbox_id=inbox_id, contact_id=contact_id)


def lock(tx: Tx, account_id: UUID, thread_id: UUID) -> Row:
    """The thread, locked until the commit.

    Raises:
        NotFound: The account has no such thread.
    """
    return tx.one(_LOCK, id=thread_id, account_id=account_id)


def readdress(tx: Tx, thread: Row, address: Address) -> None:
    """Answers of this thread go to this address from now on; it is listed by either."""
    tx.run(_READDRESS, id=thread.id, scheme=address.scheme, address=address.value)
    note_participants(tx, thread.account_id, thread.inbox_id, thread.id, address)
