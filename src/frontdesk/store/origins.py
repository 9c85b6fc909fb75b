"""Whose a thread or an address was before contacts were merged, and the contact that a merged one is now.

A merge notes every thread and address that it moves, with the contact who had it first (its origin). Notes
stand as long as the merge does. A visitor of the widget sees the threads of their own origin only, whatever
agents merge.
"""

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa

from frontdesk.domain.inbound import Address
from frontdesk.store import tables as t
from frontdesk.store.statement import Statement, insert
from frontdesk.store.tx import ReadTx, Tx

P = sa.bindparam
_g, _mi, _mt = t.contact_merges, t.merged_identities, t.merged_threads

_MERGE_OF = Statement(
    sa.select(_g.c.id, _g.c.contact_id).where(
        _g.c.account_id == P("account_id"), _g.c.merged_id == P("contact_id"), _g.c.undone_at.is_(None)
    )
)
_LOCK_CONTACT = Statement(
    sa.select(t.contacts.c.id)
    .where(t.contacts.c.id == P("id"), t.contacts.c.account_id == P("account_id"))
    .with_for_update(key_share=True)
)
_NOTE_THREAD = Statement(
    insert(_mt)
    .values(
        thread_id=P("thread_id"),
        merge_id=P("merge_id"),
        account_id=P("account_id"),
        origin_id=P("origin_id"),
    )
    .on_conflict_do_nothing()
)
_OF_THREADS = Statement(
    sa.select(_mt.c.thread_id, _mt.c.origin_id).where(_mt.c.thread_id.in_(P("ids", expanding=True)))
)
_OF_ADDRESS = Statement(
    sa.select(_mi.c.merge_id, _mi.c.origin_id).where(
        _mi.c.account_id == P("account_id"), _mi.c.scheme == P("scheme"), _mi.c.address == P("address")
    )
)
_NOTE_ADDRESS = Statement(
    insert(_mi)
    .values(
        account_id=P("account_id"),
        scheme=P("scheme"),
        address=P("address"),
        merge_id=P("merge_id"),
        origin_id=P("origin_id"),
    )
    .on_conflict_do_nothing()
)


def settle(tx: Tx, account_id: UUID, contact_id: UUID) -> tuple[UUID, list[UUID]]:
    """Who this contact is now, and the merges that lead there in order; fixed until the commit.

    A contact who was not merged is who they are.
    """
    merges: list[UUID] = []
    while True:
        tx.first(_LOCK_CONTACT, id=contact_id, account_id=account_id)
        row = tx.first(_MERGE_OF, account_id=account_id, contact_id=contact_id)
        if row is None:
            return contact_id, merges
        merges.append(row.id)
        contact_id = row.contact_id


def merged_into(tx: ReadTx, account_id: UUID, contact_id: UUID) -> UUID | None:
    """The contact that this one was merged into."""
    row = tx.first(_MERGE_OF, account_id=account_id, contact_id=contact_id)
    return None if row is None else UUID(bytes=row.contact_id.bytes)


def note_thread(tx: Tx, account_id: UUID, thread_id: UUID, merges: Iterable[UUID], origin_id: UUID) -> None:
    """A thread that somebody who was merged began since: it goes back with what these merges moved."""
    for merge_id in merges:
        tx.run(
            _NOTE_THREAD, thread_id=thread_id, merge_id=merge_id, account_id=account_id, origin_id=origin_id
        )


def of_threads(tx: ReadTx, thread_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The origin of each of these threads that a merge moved."""
    ids = sorted(set(thread_ids))
    return {row.thread_id: row.origin_id for row in tx.rows(_OF_THREADS, ids=ids)} if ids else {}


def of_address(tx: ReadTx, account_id: UUID, address: Address) -> UUID | None:
    """The origin of an address that a merge moved."""
    row = tx.first(_OF_ADDRESS, account_id=account_id, scheme=address.scheme, address=address.value)
    return None if row is None else UUID(bytes=row.origin_id.bytes)


def follow(tx: Tx, account_id: UUID, known: Address, new: Iterable[Address]) -> None:
    """Addresses that came by a known one go back with it when a merge is undone."""
    for row in tx.rows(_OF_ADDRESS, account_id=account_id, scheme=known.scheme, address=known.value):
        for each in new:
            tx.run(
                _NOTE_ADDRESS,
                account_id=account_id,
                scheme=each.scheme,
                address=each.value,
                merge_id=row.merge_id,
                origin_id=row.origin_id,
            )
