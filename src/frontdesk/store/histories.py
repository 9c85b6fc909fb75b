"""Importing a history: rows with the ids and dates they are said to have. Nothing is emitted or enqueued."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from frontdesk.domain.inbound import Address
from frontdesk.store import tables as t
from frontdesk.store import threads
from frontdesk.store.statement import Row, Statement, insert
from frontdesk.store.tx import ReadTx, Tx
from frontdesk.store.types import db_now

P = sa.bindparam
_c = t.conversations
Values = Mapping[str, Any]


def _insert(table: sa.Table, columns: str) -> Statement:
    return Statement(
        insert(table).values({name: P(name) for name in columns.split()}).on_conflict_do_nothing()
    )


_ADD_INBOX = Statement(
    insert(t.inboxes)
    .values(
        id=P("id"), account_id=P("account_id"), channel=P("channel"), name=P("name"), config=P("config"),
        public_key=P("public_key"), state="new", reopen_policy=P("reopen_policy"), greeting=P("greeting"),
        time_zone=P("time_zone"), simulated_origin=P("simulated_origin"), created_at=db_now(),
        deleted_at=P("deleted_at"),
    )
    .on_conflict_do_nothing()
)  # fmt: skip
_ADD_CONTACT = _insert(
    t.contacts, "id account_id name language attributes first_touch verified last_seen_at created_at"
)
_ADD_THREAD = _insert(t.threads, "id account_id inbox_id contact_id scheme address created_at")
_ADD_CONVERSATION = _insert(
    _c,
    "id account_id inbox_id thread_id contact_id status resolution assignee_id priority topic snoozed_until "
    "unread read_seq seen_seq last_message_at opened_at resolved_at",
)
_ADD_MESSAGE = _insert(
    t.messages,
    "id account_id inbox_id conversation_id seq direction author_type author_id author_name kind content "
    "context reply_to_id source_id version starred edited_at deleted_at sent_at created_at",
)
_ADD_DELIVERY = _insert(
    t.deliveries,
    "id account_id inbox_id conversation_id message_id status source_id error_code error pricing created_at "
    "sent_at delivered_at read_at failed_at",
)
_ADD_REFERENCE = _insert(t.source_refs, "inbox_id source_id account_id message_id delivery_id created_at")
_ADD_REACTION = _insert(
    t.reactions, "message_id author_key account_id emoji author_type author_id author_name created_at"
)
_ADD_EDITION = _insert(t.message_versions, "message_id version account_id content replaced_at")
_CONTACT = Statement(sa.select(t.contacts.c.account_id).where(t.contacts.c.id == P("id")))
_CONVERSATION = Statement(sa.select(_c).where(_c.c.id == P("id")).with_for_update(key_share=True))
_MESSAGES = Statement(
    sa.select(
        t.messages.c.id, t.messages.c.account_id, t.messages.c.conversation_id, t.messages.c.inbox_id
    ).where(t.messages.c.id.in_(P("ids", expanding=True)))
)
_ADD_FILE = _insert(
    t.attachments,
    "id account_id inbox_id conversation_id message_id state blob sha256 mime filename size scan threat "
    "created_at",
)
_FILES = Statement(
    sa.select(t.attachments.c.id, t.attachments.c.account_id).where(
        t.attachments.c.id.in_(P("ids", expanding=True))
    )
)
_ALONE = Statement(
    sa.select(t.accounts.c.id).where(t.accounts.c.id == P("id")).with_for_update(key_share=True)
)
_INBOXES = Statement(
    sa.select(
        t.inboxes.c.id, t.inboxes.c.account_id, t.inboxes.c.name, t.inboxes.c.channel, t.inboxes.c.deleted_at
    )
    .where(t.inboxes.c.account_id == P("account_id"))
    .order_by(t.inboxes.c.id)
)
_INBOX_OWNER = Statement(sa.select(t.inboxes.c.account_id).where(t.inboxes.c.id == P("id")))
GROWING = (
    "last_seq", "read_seq", "last_message_at", "last_incoming_at", "preview", "preview_kind",
    "preview_direction", "preview_author",
)  # fmt: skip
"""What of a conversation changes with its last message."""
_GROW = Statement(
    sa.update(_c)
    .where(_c.c.id == P("conversation"))
    .values(
        {name: P(name) for name in GROWING} | {"version": _c.c.version + P("added", type_=sa.BigInteger())}
    )
)


def contact_owner(tx: ReadTx, contact_id: UUID) -> UUID | None:
    """The account that has a contact of this id."""
    found: UUID | None = tx.scalar(_CONTACT, id=contact_id)
    return found


def conversation(tx: ReadTx, conversation_id: UUID) -> Row | None:
    """A conversation's own row, of any account, locked."""
    return tx.first(_CONVERSATION, id=conversation_id)


class Home(NamedTuple):
    """Where a message is."""

    account_id: UUID
    conversation_id: UUID
    inbox_id: UUID


def take_turns(tx: Tx, account_id: UUID) -> None:
    """Let nobody else import into the account until this batch is committed: each sees what is in."""
    tx.first(_ALONE, id=account_id)


def messages(tx: ReadTx, ids: Sequence[UUID]) -> dict[UUID, Home]:
    """Which of these messages there are, of any account, and where."""
    rows = tx.rows(_MESSAGES, ids=sorted(set(ids))) if ids else []
    return {row.id: Home(row.account_id, row.conversation_id, row.inbox_id) for row in rows}


def file_owners(tx: ReadTx, ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Which of these files are noted, and whose they are."""
    return {row.id: row.account_id for row in tx.rows(_FILES, ids=sorted(set(ids)))} if ids else {}


def add_file(tx: Tx, **values: Any) -> None:
    """Note a file of a message; its bytes are in the blob store."""
    tx.run(_ADD_FILE, state="stored", **values)


def inboxes(tx: ReadTx, account_id: UUID) -> list[Row]:
    """All inboxes of an account, deleted ones too."""
    return tx.rows(_INBOXES, account_id=account_id)


def inbox_owner(tx: ReadTx, inbox_id: UUID) -> UUID | None:
    """The account that has an inbox of this id."""
    found: UUID | None = tx.scalar(_INBOX_OWNER, id=inbox_id)
    return found


def add_inbox(tx: Tx, **values: Any) -> None:
    """Add an inbox that waits to be connected."""
    tx.run(_ADD_INBOX, **values)


def add_contact(tx: Tx, **values: Any) -> None:
    """Add a contact."""
    tx.run(_ADD_CONTACT, **values)


def thread_of(
    tx: Tx,
    account_id: UUID,
    inbox_id: UUID,
    contact_id: UUID,
    *,
    thread_id: UUID,
    keys: Sequence[str],
    address: Address,
    at: datetime,
) -> UUID:
    """The thread of any of these keys, else a new one that is found by all of them."""
    for key in keys:
        found = threads.find(tx, account_id, inbox_id, key)
        if found is not None:
            return found
    tx.run(
        _ADD_THREAD, id=thread_id, account_id=account_id, inbox_id=inbox_id, contact_id=contact_id,
        scheme=address.scheme, address=address.value, created_at=at,
    )  # fmt: skip
    for key in keys:
        threads.add_key(tx, account_id, inbox_id, key, thread_id)
    threads.note_participants(tx, account_id, inbox_id, thread_id, address)
    return thread_id


def add_conversation(tx: Tx, **values: Any) -> None:
    """Add a conversation without messages."""
    tx.run(_ADD_CONVERSATION, **values)


def add_messages(
    tx: Tx,
    *,
    messages: Sequence[Values],
    deliveries: Sequence[Values],
    references: Sequence[Values],
    reactions: Sequence[Values],
    editions: Sequence[Values],
) -> None:
    """Add messages with what hangs on them. What is there already stays as it is."""
    tx.run_many(_ADD_MESSAGE, messages)
    tx.run_many(_ADD_DELIVERY, deliveries)
    tx.run_many(_ADD_REFERENCE, references)
    tx.run_many(_ADD_REACTION, reactions)
    tx.run_many(_ADD_EDITION, editions)


def grow(tx: Tx, conversation_id: UUID, **values: Any) -> None:
    """Let a locked conversation end with what was added."""
    tx.run(_GROW, conversation=conversation_id, **values)
