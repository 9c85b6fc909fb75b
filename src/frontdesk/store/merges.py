"""Merging contacts and undoing it: threads and addresses move, conversations are never joined.

Each merge keeps what it moved, so that undoing it puts back exactly that, and what came to it since.
"""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from frontdesk.domain.errors import NotFound
from frontdesk.store import origins
from frontdesk.store import tables as t
from frontdesk.store.statement import Row, Statement, insert
from frontdesk.store.tx import ReadTx, Tx
from frontdesk.store.types import db_now

P = sa.bindparam
_g, _mi, _mt = t.contact_merges, t.merged_identities, t.merged_threads
_c, _i, _th, _v = t.contacts, t.identities, t.threads, t.conversations

_ADD = Statement(
    insert(_g).values(
        id=P("id"),
        account_id=P("account_id"),
        contact_id=P("contact_id"),
        merged_id=P("merged_id"),
        filled=P("filled"),
        merged_by=P("merged_by"),
        merged_at=db_now(),
    )
)
_LOCK = Statement(
    sa.select(_g)
    .where(_g.c.id == P("id"), _g.c.account_id == P("account_id"))
    .with_for_update(key_share=True)
)
_UNDO = Statement(sa.update(_g).where(_g.c.id == P("id")).values(undone_at=db_now()))
_OF_CONTACT = Statement(
    sa.select(_g.c.id, _g.c.merged_id, _g.c.merged_at, _g.c.merged_by, _c.c.name)
    .join_from(_g, _c, _c.c.id == _g.c.merged_id)
    .where(_g.c.account_id == P("account_id"), _g.c.contact_id == P("contact_id"), _g.c.undone_at.is_(None))
    .order_by(_g.c.id.desc())
    .limit(100)
)
_LOCK_CONTACTS = Statement(
    sa.select(_c)
    .where(_c.c.account_id == P("account_id"), _c.c.id.in_(P("ids", expanding=True)))
    .order_by(_c.c.id)
    .with_for_update(key_share=True)
)
_FILL = Statement(
    sa.update(_c)
    .where(_c.c.id == P("contact"))
    .values(
        name=P("name"),
        language=P("language"),
        country=P("country"),
        avatar_id=P("avatar_id"),
        attributes=P("attributes"),
        first_touch=P("first_touch"),
        version=_c.c.version + 1,
    )
)
_IDENTITIES = Statement(
    sa.select(_i.c.scheme, _i.c.address)
    .where(_i.c.account_id == P("account_id"), _i.c.contact_id == P("contact_id"))
    .order_by(_i.c.scheme, _i.c.address)
)
_THREADS = Statement(
    sa.select(_th.c.id, _th.c.inbox_id)
    .where(_th.c.account_id == P("account_id"), _th.c.contact_id == P("contact_id"))
    .order_by(_th.c.id)
    .with_for_update(key_share=True)
)
_MOVE_IDENTITY = Statement(
    sa.update(_i)
    .where(
        _i.c.account_id == P("account_id"),
        _i.c.scheme == P("of_scheme"),
        _i.c.address == P("of_address"),
        _i.c.contact_id == P("old"),
    )
    .values(contact_id=P("new"))
)
_MOVE_THREAD = Statement(
    sa.update(_th).where(_th.c.id == P("thread"), _th.c.contact_id == P("old")).values(contact_id=P("new"))
)
_TOUCH_CONVERSATIONS = Statement(
    sa.update(_v).where(_v.c.thread_id == P("thread")).values(version=_v.c.version + 1)
)
_NOTE_IDENTITY = Statement(
    insert(_mi).values(
        account_id=P("account_id"),
        scheme=P("scheme"),
        address=P("address"),
        merge_id=P("merge_id"),
        origin_id=P("origin_id"),
    )
)
_NOTE_THREAD = Statement(
    insert(_mt).values(
        thread_id=P("thread_id"),
        merge_id=P("merge_id"),
        account_id=P("account_id"),
        origin_id=P("origin_id"),
    )
)
_ORIGINS = Statement(
    sa.select(_mi.c.scheme, _mi.c.address, _mi.c.origin_id)
    .join_from(
        _mi,
        _i,
        sa.and_(
            _i.c.account_id == _mi.c.account_id, _i.c.scheme == _mi.c.scheme, _i.c.address == _mi.c.address
        ),
    )
    .where(_mi.c.account_id == P("account_id"), _i.c.contact_id == P("contact_id"))
)
_MOVED_IDENTITIES = Statement(
    sa.select(_mi.c.scheme, _mi.c.address)
    .where(_mi.c.merge_id == P("merge_id"))
    .order_by(_mi.c.scheme, _mi.c.address)
)
_MOVED_THREADS = Statement(sa.select(_mt.c.thread_id).where(_mt.c.merge_id == P("merge_id")))
_BEGUN_SINCE = Statement(
    sa.select(_th.c.id)
    .join_from(
        _th,
        _mi,
        sa.and_(
            _mi.c.account_id == _th.c.account_id,
            _mi.c.scheme == _th.c.scheme,
            _mi.c.address == _th.c.address,
        ),
    )
    .where(
        _mi.c.merge_id == P("merge_id"),
        _th.c.contact_id == P("contact_id"),
        _th.c.created_at >= P("since", type_=_th.c.created_at.type),
    )
)
_FORGET_IDENTITIES = Statement(sa.delete(_mi).where(_mi.c.merge_id == P("merge_id")))
_FORGET_THREADS = Statement(sa.delete(_mt).where(_mt.c.merge_id == P("merge_id")))


def lock_contacts(tx: Tx, account_id: UUID, ids: list[UUID]) -> dict[UUID, Row]:
    """These contacts, locked in order of their ids."""
    return {row.id: row for row in tx.rows(_LOCK_CONTACTS, account_id=account_id, ids=sorted(ids))}


def of_contact(tx: ReadTx, account_id: UUID, contact_id: UUID) -> list[Row]:
    """The standing merges into a contact, the newest first: id, merged_id, name, merged_at, merged_by."""
    return tx.rows(_OF_CONTACT, account_id=account_id, contact_id=contact_id)


def lock(tx: Tx, account_id: UUID, merge_id: UUID) -> Row:
    """A merge, locked until the commit.

    Raises:
        NotFound: The account has no such merge.
    """
    row = tx.first(_LOCK, id=merge_id, account_id=account_id)
    if row is None:
        raise NotFound("There is no such merge.")
    return row


def threads_of(tx: Tx, account_id: UUID, contact_id: UUID) -> list[Row]:
    """A contact's threads (id, inbox_id), locked in order of their ids."""
    return tx.rows(_THREADS, account_id=account_id, contact_id=contact_id)


def add(
    tx: Tx,
    account_id: UUID,
    merge_id: UUID,
    *,
    contact_id: UUID,
    merged_id: UUID,
    filled: dict[str, Any],
    merged_by: UUID | None,
) -> None:
    """Keep a merge, and move what the merged contact has: addresses and threads."""
    tx.run(
        _ADD,
        id=merge_id,
        account_id=account_id,
        contact_id=contact_id,
        merged_id=merged_id,
        filled=filled,
        merged_by=merged_by,
    )
    before = {
        (row.scheme, row.address): row.origin_id
        for row in tx.rows(_ORIGINS, account_id=account_id, contact_id=merged_id)
    }
    for row in tx.rows(_IDENTITIES, account_id=account_id, contact_id=merged_id):
        _move_identity(tx, account_id, row, merged_id, contact_id)
        tx.run(
            _NOTE_IDENTITY,
            account_id=account_id,
            scheme=row.scheme,
            address=row.address,
            merge_id=merge_id,
            origin_id=before.get((row.scheme, row.address), merged_id),
        )
    moved = [row.id for row in threads_of(tx, account_id, merged_id)]
    begun_by = origins.of_threads(tx, moved)
    for thread_id in moved:
        origin_id = begun_by.get(thread_id, merged_id)
        tx.run(
            _NOTE_THREAD, thread_id=thread_id, merge_id=merge_id, account_id=account_id, origin_id=origin_id
        )
        _move_thread(tx, thread_id, merged_id, contact_id)


def undo(tx: Tx, merge: Row) -> None:
    """Move back what a locked merge moved, and the threads that its addresses began since."""
    for row in tx.rows(_MOVED_IDENTITIES, merge_id=merge.id):
        _move_identity(tx, merge.account_id, row, merge.contact_id, merge.merged_id)
    begun = tx.rows(_BEGUN_SINCE, merge_id=merge.id, contact_id=merge.contact_id, since=merge.merged_at)
    moved = {row.thread_id for row in tx.rows(_MOVED_THREADS, merge_id=merge.id)}
    mine = [row.id for row in threads_of(tx, merge.account_id, merge.contact_id)]
    for thread_id in mine:
        if thread_id in moved or any(row.id == thread_id for row in begun):
            _move_thread(tx, thread_id, merge.contact_id, merge.merged_id)
    tx.run(_FORGET_IDENTITIES, merge_id=merge.id)
    tx.run(_FORGET_THREADS, merge_id=merge.id)
    tx.run(_UNDO, id=merge.id)


def fill(tx: Tx, contact_id: UUID, values: dict[str, Any]) -> None:
    """Set what a locked contact is said to be; counts as a new version."""
    tx.run(_FILL, contact=contact_id, **values)


def _move_identity(tx: Tx, account_id: UUID, row: Row, old: UUID, new: UUID) -> None:
    tx.run(
        _MOVE_IDENTITY, account_id=account_id, of_scheme=row.scheme, of_address=row.address, old=old, new=new
    )


def _move_thread(tx: Tx, thread_id: UUID, old: UUID, new: UUID) -> None:
    if tx.run(_MOVE_THREAD, thread=thread_id, old=old, new=new):
        tx.run(_TOUCH_CONVERSATIONS, thread=thread_id)
